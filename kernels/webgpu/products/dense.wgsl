// W as float32 [rows, quads].
const STEP_QUADS = 1u;
@group(0) @binding(2) var<storage, read> values: array<vec4f>;
@group(0) @binding(3) var<uniform> shape: Shape;

fn prepare(thread: u32) {}

fn quad(row: u32, q: u32) -> vec4f {
  return values[row * shape.quads + q];
}

fn step_dot(row: u32, step: u32) -> f32 {
  return dot(quad(row, step), input[0]);
}
