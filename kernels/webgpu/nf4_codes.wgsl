// NF4 codes, eight in a word: of each element times the reciprocal of its block's maximum the number of thresholds below it.
// The functions of exact_float.wgsl stand before this.
override BLOCK: u32;
override SMALLEST: u32; // maxima up to this one, as bits, ...
override LARGEST_RECIPROCAL: u32; // ... have this reciprocal
override ZERO_CODE: u32; // fills the last byte of an odd number of elements

struct Parameters {
  elements: u32,
}

@group(0) @binding(0) var<storage, read> weight: array<u32>;
@group(0) @binding(1) var<storage, read> maxima: array<u32>;
@group(0) @binding(2) var<storage, read> thresholds: array<f32>;
@group(0) @binding(3) var<storage, read_write> codes: array<u32>;
@group(0) @binding(4) var<uniform> parameters: Parameters;

const THREADS = 64u;

fn reciprocal(block: u32) -> u32 {
  let absmax = maxima[block];
  if (absmax <= SMALLEST) { return LARGEST_RECIPROCAL; }
  return quotient(0x3f800000u, absmax);
}

fn nearest_code(x: f32) -> u32 {
  var code = select(0u, 8u, x > thresholds[7]);
  if (x > thresholds[code + 3u]) { code += 4u; }
  if (x > thresholds[code + 1u]) { code += 2u; }
  if (x > thresholds[code]) { code += 1u; }
  return code;
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let word = (group.x + group.y * groups.x) * THREADS + thread;
  if (8u * word >= parameters.elements) { return; }
  var block = 8u * word / BLOCK;
  var factor = reciprocal(block);
  var packed = 0u;
  for (var k = 0u; k < 8u; k += 1u) {
    let i = 8u * word + k;
    var code = ZERO_CODE;
    if (i < parameters.elements) {
      if (i / BLOCK != block) {
        block = i / BLOCK;
        factor = reciprocal(block);
      }
      code = nearest_code(bitcast<f32>(product(weight[i], factor)));
    }
    packed |= code << (4u * (k ^ 1u)); // the first of two in the high half of their byte
  }
  codes[word] = packed;
}
