// W as codes of BITS bits, element = scale · (code - zero): 32 columns are BITS words, lowest bits first.
override BITS: u32; // 2, 3, 4 or 8
override GROUP_STEPS: u32; // steps of a group
override NARROW: u32; // 1: scale and zero are two float16 in a word; 0: two float32
const STEP_QUADS = 8u;
@group(0) @binding(2) var<storage, read> codes: array<u32>;
@group(0) @binding(3) var<storage, read> grids: array<u32>;
@group(0) @binding(4) var<uniform> shape: Shape;

fn prepare(thread: u32) {}

fn grid(row: u32, step: u32) -> vec2f {
  let at = row * shape.groups + step / GROUP_STEPS;
  if (NARROW == 1u) {
    return unpack2x16float(grids[at]);
  }
  return bitcast<vec2f>(vec2u(grids[2u * at], grids[2u * at + 1u]));
}

// codes of quad q of the 32 columns whose words begin at `word`; of 3 bits, quads 2 and 5 straddle words
fn code_quad(word: u32, q: u32) -> vec4f {
  let at = word + q * BITS / 8u;
  let shift = q * BITS % 8u * 4u;
  var field = codes[at] >> shift;
  if (shift + 4u * BITS > 32u) {
    field |= codes[at + 1u] << (32u - shift);
  }
  return vec4f((vec4u(field) >> vec4u(0u, BITS, 2u * BITS, 3u * BITS)) & vec4u((1u << BITS) - 1u));
}

fn quad(row: u32, q: u32) -> vec4f {
  let step = q / 8u;
  let g = grid(row, step);
  return g.x * (code_quad((row * (shape.quads / 8u) + step) * BITS, q % 8u) - g.y);
}

fn step_dot(row: u32, step: u32) -> f32 {
  let word = (row * (shape.quads / 8u) + step) * BITS;
  var sum = 0.0;
  for (var q = 0u; q < 8u; q++) {
    sum += dot(code_quad(word, q), input[q]);
  }
  let g = grid(row, step);
  return g.x * (sum - g.y * input_sum); // Σ scale (code - zero) x
}
