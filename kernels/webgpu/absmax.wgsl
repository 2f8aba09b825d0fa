// The largest magnitude of each column, as bits: NaN and infinities are larger than all others. One thread for a column of TOKENS tokens.
override COLUMNS: u32;

struct Parameters {
  tokens: u32,
}

@group(0) @binding(0) var<storage, read> inputs: array<u32>;
@group(0) @binding(1) var<storage, read_write> largest: array<atomic<u32>>;
@group(0) @binding(2) var<uniform> parameters: Parameters;

const THREADS = 64u;
const TOKENS = 64u;

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  if (column >= COLUMNS) { return; }
  let end = min((id.y + 1u) * TOKENS, parameters.tokens);
  var most = 0u;
  for (var token = id.y * TOKENS; token < end; token += 1u) {
    most = max(most, inputs[token * COLUMNS + column] & 0x7fffffffu);
  }
  atomicMax(&largest[column], most);
}
