// Wanda's mask of the n smallest |weight| · norm of each run of M columns, one thread for four columns of a row: an element is pruned if
// fewer than n of its run come before it. The functions of exact_float.wgsl stand before this.
override M: u32;

struct Parameters {
  rows: u32,
  columns: u32,
  n: u32, // to prune in each run
}

@group(0) @binding(0) var<storage, read> weight: array<u32>;
@group(0) @binding(1) var<storage, read> norms: array<u32>;
@group(0) @binding(2) var<storage, read_write> mask: array<u32>; // a byte an element, rows begin at words
@group(0) @binding(3) var<uniform> parameters: Parameters;

const THREADS = 64u;

fn metric(start: u32, column: u32) -> u32 {
  return product(weight[start + column] & MAGNITUDE, norms[column] & MAGNITUDE);
}

fn is_kept(start: u32, column: u32) -> bool {
  let own = metric(start, column);
  let first = column - column % M;
  var before = 0u;
  for (var j = first; j < first + M && before < parameters.n; j += 1u) {
    let other = metric(start, j);
    if (other < own || (other == own && j < column)) { before += 1u; }
  }
  return before >= parameters.n;
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let word = (group.x + group.y * groups.x) * THREADS + thread;
  let words = (parameters.columns + 3u) / 4u;
  let row = word / words;
  if (row >= parameters.rows) { return; }
  let column = word % words * 4u;
  var kept = 0u;
  for (var j = column; j < min(column + 4u, parameters.columns); j += 1u) {
    if (is_kept(row * parameters.columns, j)) { kept |= 1u << (8u * (j % 4u)); }
  }
  mask[word] = kept;
}
