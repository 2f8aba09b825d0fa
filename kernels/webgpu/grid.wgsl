// Quotients rounded as IEEE 754 rounds them. A division in WGSL may be 2.5 steps off, which next to a tie is another code.

/// The upper half of a number's bits: its product with a whole number below 2^12 is exact.
fn upperHalf(x: f32) -> f32 {
  return bitcast<f32>(bitcast<u32>(x) & 0xfffff000u);
}

/// The float32 next to a / m, for m a whole number below 2^9: what a rough quotient leaves of `a` is exact.
fn quotient(a: f32, m: f32) -> f32 {
  let rough = a / m;
  let high = upperHalf(rough);
  let rest = (a - high * m) - (rough - high) * m;
  return rough + rest / m;
}

/// The whole number next to the float32 that is next to x / scale; ties to even. At most 512.
fn roundedQuotient(x: f32, scale: f32) -> f32 {
  let below = floor(min(abs(x) / scale, 512.0));
  let tie = below + 0.5;
  let high = upperHalf(scale);
  let beyond = (abs(x) - high * tie) - (scale - high) * tie; // exact next to the tie
  // half the distance from the tie to the float32 above it, and below it
  let upperStep = bitcast<f32>(((bitcast<u32>(tie) >> 23u) - 24u) << 23u) * scale;
  let lowerStep = select(upperStep, 0.5 * upperStep, below == 0.0);
  let even = 2.0 * floor(0.5 * below + 0.5);
  var rounded = even;
  if (beyond > upperStep) { rounded = below + 1.0; }
  if (beyond < -lowerStep) { rounded = below; }
  return select(rounded, -rounded, x < 0.0);
}

/// The code of the grid's value that is nearest to x.
fn gridCode(x: f32, scale: f32, zero: f32, maxCode: f32) -> f32 {
  return clamp(roundedQuotient(x, scale) + zero, 0.0, maxCode);
}
