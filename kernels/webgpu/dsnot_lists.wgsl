// DSnoT's rows and their lists. A list is not sorted: whoever takes a column from it asks for the next key behind the one that was
// taken last, upwards or downwards. The functions of exact_float.wgsl stand before this.

struct Parameters {
  rows: u32,
  columns: u32,
  run: u32, // columns of a run of an n:m mask; 0 for unstructured masks
  cycles: u32, // most cycles
  resumed: u32, // whether rows that have stopped go on, for as many cycles as the longest row took
  rest: u32, // whether rows that have stopped leave the mask as it is
  same_sign: u32,
  threshold: u32, // float32
  zero: u32, // 0, but compilers cannot know
}

// A row. Pairs are of the front and the back of a list: how many columns were taken there, and which was the last.
struct Row {
  error: u32, // float32
  alive: u32,
  swaps: u32,
  cycles: u32,
  failed: u32, // the list that is used up, REGROW or PRUNE
  first_sign: u32,
  regrown: vec2u,
  last_regrown: vec2u,
  pruned: vec2u,
  last_pruned: vec2u,
  kept: u32, // by the first mask; length of the list to prune
  negative: u32, // of these, M < 0: the front of the list
  positive: u32, // of these, M > 0: the back of the list
  smallest: u32, // of these, the smallest metric: what stands between front and back
}

@group(0) @binding(0) var<storage, read> weight: array<u32>;
@group(0) @binding(1) var<storage, read> statistics: array<u32>; // norms, sums, variances to the power
@group(0) @binding(2) var<storage, read_write> mask: array<u32>; // a byte an element, rows begin at words
@group(0) @binding(3) var<storage, read_write> regrow_keys: array<u32>; // of M / variance, that of kept ones 0
@group(0) @binding(4) var<storage, read_write> prune_keys: array<u32>; // of kept ones: metric, SIGN added if M > 0
@group(0) @binding(5) var<storage, read_write> rows: array<Row>;
@group(0) @binding(6) var<storage, read_write> longest: atomic<u32>; // cycles
@group(0) @binding(7) var<uniform> parameters: Parameters;

const THREADS = 64u;
const REGROW = 1u;
const PRUNE = 2u;
const NOBODY = 0xffffffffu; // key of what is not in the list to prune
const NAN_SIGN = 3u;

// Which column is looked for: the next behind `last`, of those from `first` to before `end` with keys from `lowest` to `highest`.
struct Search {
  first: u32,
  end: u32,
  lowest: u32,
  highest: u32,
  flip: u32, // 0 = upwards, all ones = downwards
  fresh: u32, // whether there is no last one yet
  last: u32, // column
  place: u32, // list and end, within 0 and 4
}

var<workgroup> row: Row;
var<workgroup> best: array<vec2u, THREADS>;
var<private> found: array<vec2u, 4>; // what each thread found last, for each list and end

fn key_of(list: u32, at: u32) -> u32 {
  if (list == REGROW) { return regrow_keys[at]; }
  return prune_keys[at];
}

fn is_before(a: vec2u, b: vec2u) -> bool {
  return a.x < b.x || (a.x == b.x && a.y < b.y);
}

// The column that is looked for among those of one thread, flipped; all ones if it has none.
fn scan(list: u32, search: Search, last: vec2u, start: u32, thread: u32) -> vec2u {
  var own = vec2u(NOBODY);
  for (var j = search.first + thread; j < search.end; j += THREADS) {
    let key = key_of(list, start + j);
    let candidate = vec2u(key, j) ^ vec2u(search.flip);
    if (
      key >= search.lowest && key <= search.highest && is_before(candidate, own) &&
      (search.fresh == 1u || is_before(last, candidate))
    ) { own = candidate; }
  }
  return own;
}

// Called by all threads with the same arguments. What a thread found before is still its next, unless it was taken.
fn next_column(list: u32, search: Search, start: u32, thread: u32) -> u32 {
  let last = vec2u(key_of(list, start + search.last), search.last) ^ vec2u(search.flip);
  var own = found[search.place];
  if (search.fresh == 1u || !is_before(last, own)) {
    own = scan(list, search, last, start, thread);
    found[search.place] = own;
  }
  best[thread] = own;
  for (var width = THREADS / 2u; width > 0u; width /= 2u) {
    workgroupBarrier();
    if (thread < width && is_before(best[thread + width], best[thread])) {
      best[thread] = best[thread + width];
    }
  }
  let next = workgroupUniformLoad(&best[0]);
  return next.y ^ search.flip;
}

// 0, 1 for positive, 2 for negative values
fn sign_of(bits: u32) -> u32 {
  let magnitude = bits & MAGNITUDE;
  if (magnitude > INFINITE) { return NAN_SIGN; }
  if (magnitude == 0u) { return 0u; }
  return 1u + (bits >> 31u);
}

fn metric(start: u32, j: u32) -> u32 {
  return product(weight[start + j] & MAGNITUDE, statistics[j] & MAGNITUDE);
}

// M: what pruning a weight takes from its output
fn pruned_share(start: u32, j: u32) -> u32 {
  return product(weight[start + j], statistics[parameters.columns + j]);
}

fn is_kept(index: u32, j: u32) -> bool {
  let words = (parameters.columns + 3u) / 4u;
  return ((mask[index * words + j / 4u] >> (8u * (j % 4u))) & 1u) == 1u;
}

fn keep(index: u32, j: u32, kept: bool) {
  let word = index * ((parameters.columns + 3u) / 4u) + j / 4u;
  let bit = 1u << (8u * (j % 4u));
  mask[word] = select(mask[word] & ~bit, mask[word] | bit, kept);
}
