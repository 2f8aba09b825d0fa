// W pruned n of every m columns: 32 columns have a word of mask and KEPT values.
override KEPT: u32; // a multiple of 4
const STEP_QUADS = 8u;
@group(0) @binding(2) var<storage, read> masks: array<u32>; // [rows, quads/8]
@group(0) @binding(3) var<storage, read> values: array<vec4f>; // [rows, quads/8, KEPT/4]
@group(0) @binding(4) var<uniform> shape: Shape;

fn prepare(thread: u32) {}

fn value(at: u32) -> f32 {
  return values[at / 4u][at % 4u];
}

fn quad(row: u32, q: u32) -> vec4f {
  let block = row * (shape.quads / 8u) + q / 8u;
  let mask = masks[block];
  let shift = q % 8u * 4u;
  let kept = (vec4u(mask >> shift) & vec4u(1u, 2u, 4u, 8u)) != vec4u();
  let before = vec4u(mask >> shift) & vec4u(0u, 1u, 3u, 7u);
  let at = block * KEPT + countOneBits(mask & ((1u << shift) - 1u)) + countOneBits(before);
  return select(vec4f(), vec4f(value(at.x), value(at.y), value(at.z), value(at.w)), kept);
}

fn step_dot(row: u32, step: u32) -> f32 {
  let block = row * (shape.quads / 8u) + step;
  var mask = masks[block];
  var sum = 0.0;
  for (var k = 0u; k < KEPT / 4u; k++) {
    var inputs = vec4f(); // x of the next four columns that were kept
    for (var i = 0u; i < 4u; i++) {
      let column = countTrailingZeros(mask);
      inputs[i] = x[input_first + column / 4u][column % 4u];
      mask &= mask - 1u;
    }
    sum += dot(values[block * (KEPT / 4u) + k], inputs);
  }
  return sum;
}
