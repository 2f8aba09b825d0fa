// Wanda's mask of the k smallest |weight| · norm of each row, one workgroup a row. Metrics and columns together are different numbers
// of 64 bits; the k-th smallest is found a byte at a time, from the highest down, by counting.
// The functions of exact_float.wgsl stand before this.

struct Parameters {
  rows: u32,
  columns: u32,
  k: u32, // to prune in each row, within 1 and columns
}

@group(0) @binding(0) var<storage, read> weight: array<u32>;
@group(0) @binding(1) var<storage, read> norms: array<u32>;
@group(0) @binding(2) var<storage, read_write> mask: array<u32>; // a byte an element, rows begin at words
@group(0) @binding(3) var<uniform> parameters: Parameters;

const THREADS = 256u;
const VALUES = 256u; // of a byte
var<workgroup> counts: array<atomic<u32>, VALUES>;
var<workgroup> chosen: vec2u; // the byte of the k-th smallest, its rank among those with the same bytes so far

fn metric(start: u32, column: u32) -> u32 {
  return product(weight[start + column] & MAGNITUDE, norms[column] & MAGNITUDE);
}

fn count(start: u32, thread: u32, found: vec2u, shift: u32, by_column: bool) {
  for (var j = thread; j < parameters.columns; j += THREADS) {
    let key = metric(start, j);
    let digits = select(key, j, by_column);
    let before = select(found.x, found.y, by_column);
    // two shifts, since one of 32 is not allowed
    let same = (digits >> shift) >> 8u == (before >> shift) >> 8u && (!by_column || key == found.x);
    if (same) { atomicAdd(&counts[(digits >> shift) & 255u], 1u); }
  }
}

fn choose(rank: u32) {
  var left = rank;
  var digit = 0u;
  for (; digit < VALUES - 1u; digit += 1u) {
    let here = atomicLoad(&counts[digit]);
    if (here >= left) { break; }
    left -= here;
  }
  chosen = vec2u(digit, left);
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let row = group.x + group.y * groups.x;
  if (row >= parameters.rows) { return; }
  let start = row * parameters.columns;
  let column_bytes = (39u - countLeadingZeros(parameters.columns - 1u)) / 8u; // of the largest column
  var found = vec2u(0u); // metric and column of the k-th smallest
  var rank = parameters.k;
  for (var turn = 0u; turn < 4u + column_bytes; turn += 1u) {
    let by_column = turn >= 4u;
    let shift = 8u * select(3u - turn, 3u + column_bytes - turn, by_column);
    for (var v = thread; v < VALUES; v += THREADS) { atomicStore(&counts[v], 0u); }
    workgroupBarrier();
    count(start, thread, found, shift, by_column);
    workgroupBarrier();
    if (thread == 0u) { choose(rank); }
    let choice = workgroupUniformLoad(&chosen);
    rank = choice.y;
    if (by_column) { found.y |= choice.x << shift; } else { found.x |= choice.x << shift; }
  }
  let words = (parameters.columns + 3u) / 4u;
  for (var word = thread; word < words; word += THREADS) {
    var kept = 0u;
    for (var j = 4u * word; j < min(4u * word + 4u, parameters.columns); j += 1u) {
      let key = metric(start, j);
      if (key > found.x || (key == found.x && j > found.y)) { kept |= 1u << (8u * (j % 4u)); }
    }
    mask[row * words + word] = kept;
  }
}
