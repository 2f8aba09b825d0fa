// Adds tokens to the sums and the sums of squares of each sample's columns: one thread for a column of a segment, which is what a
// panel has of a sample. compensated.wgsl stands before this.
override COLUMNS: u32;

struct Parameters {
  zero: u32,
}

// Tokens from `first` to before `end` of the panel, of a sample that has `tokens`.
struct Segment {
  sample: u32,
  first: u32,
  end: u32,
  tokens: u32,
}

@group(0) @binding(0) var<storage, read> inputs: array<f32>;
@group(0) @binding(1) var<storage, read> segments: array<Segment>;
@group(0) @binding(2) var<storage, read_write> sums: array<vec4f>; // sum and sum of squares
@group(0) @binding(3) var<uniform> parameters: Parameters;

const THREADS = 64u;

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  if (column >= COLUMNS) { return; }
  let segment = segments[id.y];
  let at = segment.sample * COLUMNS + column;
  var sum = sums[at].xy;
  var squares = sums[at].zw;
  for (var token = segment.first; token < segment.end; token += 1u) {
    let x = inputs[token * COLUMNS + column];
    sum = plus(sum, x);
    squares = plus_square(squares, x);
  }
  sums[at] = vec4f(sum, squares);
}
