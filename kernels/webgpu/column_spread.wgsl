// Adds tokens to the sums and the sums of squares of what each sample's columns are away from a number near their mean: one thread for a
// column of a segment. compensated.wgsl stands before this.
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
@group(0) @binding(2) var<storage, read> sums: array<vec4f>; // of whole samples
@group(0) @binding(3) var<storage, read_write> spreads: array<vec4f>; // sum and sum of squares
@group(0) @binding(4) var<uniform> parameters: Parameters;

const THREADS = 64u;

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  if (column >= COLUMNS) { return; }
  let segment = segments[id.y];
  let at = segment.sample * COLUMNS + column;
  let near = rounded(sums[at].x / f32(segment.tokens)); // a few units off does not matter
  var sum = spreads[at].xy;
  var squares = spreads[at].zw;
  for (var token = segment.first; token < segment.end; token += 1u) {
    let away = plus(vec2f(inputs[token * COLUMNS + column], 0.0), -near);
    sum = plus(plus(sum, away.x), away.y);
    squares = plus(plus_square(squares, away.x), 2.0 * away.x * away.y);
  }
  spreads[at] = vec4f(sum, squares);
}
