// W as the values that pruning kept, one below the other; for 32 columns a word of mask and the number of values before them.
const STEP_QUADS = 8u;
@group(0) @binding(2) var<storage, read> masks: array<vec2u>; // [rows, quads/8]: mask, values before it
@group(0) @binding(3) var<storage, read> values: array<f32>;
@group(0) @binding(4) var<uniform> shape: Shape;

fn prepare(thread: u32) {}

fn quad(row: u32, q: u32) -> vec4f {
  let block = masks[row * (shape.quads / 8u) + q / 8u];
  let shift = q % 8u * 4u;
  let kept = (vec4u(block.x >> shift) & vec4u(1u, 2u, 4u, 8u)) != vec4u();
  let before = vec4u(block.x >> shift) & vec4u(0u, 1u, 3u, 7u);
  let at = block.y + countOneBits(block.x & ((1u << shift) - 1u)) + countOneBits(before);
  return select(vec4f(), vec4f(values[at.x], values[at.y], values[at.z], values[at.w]), kept);
}

fn step_dot(row: u32, step: u32) -> f32 {
  let block = masks[row * (shape.quads / 8u) + step];
  var mask = block.x;
  var at = block.y;
  var sum = 0.0;
  while (mask != 0u) {
    let column = countTrailingZeros(mask);
    sum += values[at] * x[input_first + column / 4u][column % 4u];
    mask &= mask - 1u;
    at++;
  }
  return sum;
}
