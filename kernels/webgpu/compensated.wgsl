// Sums of float32 values with about twice float32's digits: the sum is x + y of a vector. `parameters.zero` is 0, but compilers cannot
// know; so none of them takes the roundings away that the errors are computed from.

fn rounded(x: f32) -> f32 {
  return bitcast<f32>(bitcast<u32>(x) ^ parameters.zero);
}

// The rounded sum, and what it lacks (Knuth's TwoSum).
fn plus(sum: vec2f, x: f32) -> vec2f {
  let s = rounded(sum.x + x);
  let part = rounded(s - sum.x);
  let lost = rounded(sum.x - rounded(s - part)) + rounded(x - part);
  return vec2f(s, sum.y + lost);
}

// Adds x², whose halves' products are exact.
fn plus_square(sum: vec2f, x: f32) -> vec2f {
  let high = bitcast<f32>(bitcast<u32>(x) & 0xfffff000u);
  let low = rounded(x - high);
  return plus(plus(plus(sum, high * high), 2.0 * high * low), low * low);
}
