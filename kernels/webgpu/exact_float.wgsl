// Products, quotients and the order of float32 values by their bits. Adapters may divide inexactly, flush subnormal values to 0 and
// take it that there are neither NaN nor infinities; these are rounded as IEEE 754 says, on all of them.

const MAGNITUDE = 0x7fffffffu;
const SIGN = 0x80000000u;
const INFINITE = 0x7f800000u;
const NOT_A_NUMBER = 0x7fc00000u; // the only NaN that is given

// whole · 2^exponent, whole within 2^23 and 2^24
struct Parts {
  whole: u32,
  exponent: i32,
}

// A finite magnitude other than 0.
fn parts(magnitude: u32) -> Parts {
  let fraction = magnitude & 0x7fffffu;
  if (magnitude > fraction) {
    return Parts(fraction | 0x800000u, i32(magnitude >> 23u) - 150);
  }
  let shift = countLeadingZeros(fraction) - 8u;
  return Parts(fraction << shift, -149 - i32(shift));
}

// The magnitude nearest to (whole + rest / unit) · 2^exponent, ties to even; whole is within 2^23 and 2^24, rest below unit.
fn nearest(whole: u32, rest: u32, unit: u32, exponent: i32) -> u32 {
  let cut = max(-149 - exponent, 0); // bits that subnormal values lack
  if (cut > 24) { return 0u; }
  let shift = u32(cut);
  var result = whole >> shift;
  // twice what is cut off, against a unit of the result
  var part = rest;
  var rival = unit - rest;
  if (shift > 0u) {
    let low = whole - (result << shift);
    part = 2u * low + select(0u, 1u, rest > 0u);
    rival = 1u << shift;
  }
  if (part > rival || (part == rival && (result & 1u) == 1u)) { result += 1u; }
  let field = exponent + cut + 149;
  if (field >= 255) { return INFINITE; }
  return min((u32(field) << 23u) + result, INFINITE);
}

// a · b
fn product(a: u32, b: u32) -> u32 {
  let sign = (a ^ b) & SIGN;
  let x = a & MAGNITUDE;
  let y = b & MAGNITUDE;
  if (max(x, y) > INFINITE || (max(x, y) == INFINITE && min(x, y) == 0u)) { return NOT_A_NUMBER; }
  if (max(x, y) == INFINITE) { return sign | INFINITE; }
  if (min(x, y) == 0u) { return sign; }
  let p = parts(x);
  let q = parts(y);
  // 48 bits, high · 2^24 + low, from halves of 12 bits
  let middle = (p.whole >> 12u) * (q.whole & 4095u) + (p.whole & 4095u) * (q.whole >> 12u);
  let lowest = (p.whole & 4095u) * (q.whole & 4095u) + ((middle & 4095u) << 12u);
  let high = (p.whole >> 12u) * (q.whole >> 12u) + (middle >> 12u) + (lowest >> 24u);
  let low = lowest & 0xffffffu;
  let exponent = p.exponent + q.exponent;
  if (high >= 0x800000u) { return sign | nearest(high, low, 1u << 24u, exponent + 24); }
  let whole = (high << 1u) | (low >> 23u);
  return sign | nearest(whole, low & 0x7fffffu, 1u << 23u, exponent + 23);
}

// a / b
fn quotient(a: u32, b: u32) -> u32 {
  let sign = (a ^ b) & SIGN;
  let x = a & MAGNITUDE;
  let y = b & MAGNITUDE;
  if (max(x, y) > INFINITE || (x == y && (x == 0u || x == INFINITE))) { return NOT_A_NUMBER; }
  if (x == INFINITE || y == 0u) { return sign | INFINITE; }
  if (x == 0u || y == INFINITE) { return sign; }
  let p = parts(x);
  let q = parts(y);
  let shift = select(23u, 24u, p.whole < q.whole); // so that the quotient has 24 bits
  var whole = u32(f32(p.whole) / f32(q.whole) * f32(1u << shift)); // a few units off
  var rest = i32((p.whole << shift) - whole * q.whole); // wraps, but for a few times q.whole
  while (rest < 0) {
    whole -= 1u;
    rest += i32(q.whole);
  }
  while (rest >= i32(q.whole)) {
    whole += 1u;
    rest -= i32(q.whole);
  }
  return sign | nearest(whole, u32(rest), q.whole, p.exponent - q.exponent - i32(shift));
}

// A whole number that orders as the value does: NaN last, -0 equal to 0.
fn order_key(bits: u32) -> u32 {
  let magnitude = bits & MAGNITUDE;
  if (magnitude > INFINITE) { return 0xffffffffu; }
  if (magnitude == 0u) { return SIGN; }
  return select(bits | SIGN, ~bits, (bits & SIGN) != 0u);
}
