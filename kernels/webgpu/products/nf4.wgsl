// W as NF4, element = level[code] · absmax of its block; blocks of BLOCK run over the row-major matrix. Codes [rows, quads/2] are
// eight to a word, the first in the lowest bits, each row padded to whole words.
override BLOCK: u32;
override ALIGNED: u32; // 1: no block begins or ends within a step
const STEP_QUADS = 8u;
@group(0) @binding(2) var<storage, read> codes: array<u32>;
@group(0) @binding(3) var<storage, read> absmax: array<f32>;
@group(0) @binding(4) var<uniform> shape: Shape;

var<workgroup> levels: array<f32, 16>;

fn prepare(thread: u32) {
  var all = array<f32, 16>(
    -1.0, -0.6961928, -0.52507305, -0.3949175, -0.28444138, -0.18477343, -0.091050036, 0.0,
    0.0795803, 0.1609302, 0.2461123, 0.33791524, 0.44070983, 0.562617, 0.72295684, 1.0);
  if (thread < 16u) {
    levels[thread] = all[thread];
  }
  workgroupBarrier();
}

fn scale(row: u32, column: u32) -> f32 {
  let block = (shape.offset + row * shape.columns + column) / BLOCK;
  return absmax[min(block, arrayLength(&absmax) - 1u)]; // padded columns of the last row lie behind the last block
}

fn level_quad(row: u32, q: u32) -> vec4f {
  let word = codes[row * (shape.quads / 2u) + q / 2u] >> (q % 2u * 16u);
  return vec4f(
    levels[word & 15u], levels[(word >> 4u) & 15u], levels[(word >> 8u) & 15u], levels[(word >> 12u) & 15u]);
}

fn quad(row: u32, q: u32) -> vec4f {
  let c = 4u * q;
  if (ALIGNED == 1u) {
    return scale(row, c) * level_quad(row, q);
  }
  return level_quad(row, q) *
    vec4f(scale(row, c), scale(row, c + 1u), scale(row, c + 2u), scale(row, c + 3u));
}

fn step_dot(row: u32, step: u32) -> f32 {
  var sum = 0.0;
  if (ALIGNED == 1u) {
    for (var q = 0u; q < 8u; q++) {
      sum += dot(level_quad(row, 8u * step + q), input[q]);
    }
    return scale(row, 32u * step) * sum;
  }
  for (var q = 0u; q < 8u; q++) {
    sum += dot(quad(row, 8u * step + q), input[q]);
  }
  return sum;
}
