// @ts-nocheck AssemblyScript: compiled by build.ts, not run by Deno.
// deno-lint-ignore-file
/**
 * NF4: the largest magnitude of each block and its codes, two a byte, the first in the high half.
 *
 * A float32's bits without the sign order as its magnitude does, infinities and NaN above all others.
 * @module
 */

const LEVELS: i32 = 16;
const SMALLEST_ABSMAX: f64 = 1e-38; // below it, a reciprocal would leave the float32 range
const MAGNITUDE: i32 = 0x7fffffff;

/** The bits of the largest magnitude of the values from `at` to before `end`. */
function largestBits(at: usize, end: usize): i32 {
  const magnitude = i32x4.splat(MAGNITUDE);
  let four = i32x4.splat(0);
  for (; at + 16 <= end; at += 16) {
    four = i32x4.max_s(four, v128.and(v128.load(at), magnitude));
  }
  let largest = max(
    max(i32x4.extract_lane(four, 0), i32x4.extract_lane(four, 1)),
    max(i32x4.extract_lane(four, 2), i32x4.extract_lane(four, 3)),
  );
  for (; at < end; at += 4) largest = max(largest, load<i32>(at) & MAGNITUDE);
  return largest;
}

/** How many of the thresholds lie below x. */
function codeOf(x: f32, thresholds: usize): i32 {
  let code = 0;
  for (let k = 0; k < LEVELS - 1; k++) code += <i32> (x > load<f32>(thresholds + (<usize> k << 2)));
  return code;
}

/** Writes the code of the element at place `i`; an even place must be written before the odd one behind it. */
function storeCode(i: i32, data: usize, reciprocal: f32, thresholds: usize, codes: usize): void {
  const code = codeOf(load<f32>(data + (<usize> i << 2)) * reciprocal, thresholds);
  const at = codes + (<usize> i >> 1);
  store<u8>(at, i & 1 ? load<u8>(at) | code : code << 4);
}

/** Writes the codes of 16 elements, 8 bytes. */
function storeSixteen(data: usize, reciprocal: v128, thresholds: usize, codes: usize): void {
  const a = f32x4.mul(v128.load(data, 0), reciprocal);
  const b = f32x4.mul(v128.load(data, 16), reciprocal);
  const c = f32x4.mul(v128.load(data, 32), reciprocal);
  const d = f32x4.mul(v128.load(data, 48), reciprocal);
  let codeA = i32x4.splat(0), codeB = codeA, codeC = codeA, codeD = codeA;
  for (const end = thresholds + <usize> (LEVELS - 1) * 4; thresholds < end; thresholds += 4) {
    const threshold = v128.load32_splat(thresholds);
    codeA = i32x4.sub(codeA, f32x4.gt(a, threshold)); // true is -1
    codeB = i32x4.sub(codeB, f32x4.gt(b, threshold));
    codeC = i32x4.sub(codeC, f32x4.gt(c, threshold));
    codeD = i32x4.sub(codeD, f32x4.gt(d, threshold));
  }
  const bytes = i8x16.narrow_i16x8_u(
    i16x8.narrow_i32x4_u(codeA, codeB),
    i16x8.narrow_i32x4_u(codeC, codeD),
  );
  const pairs = v128.or(i16x8.shl(bytes, 4), i16x8.shr_u(bytes, 8)); // even codes are the low bytes
  const packed = i8x16.narrow_i16x8_u(v128.and(pairs, i16x8.splat(255)), pairs);
  v128.store64_lane(codes, packed, 0);
}

/**
 * Quantises elements that begin with a block and at an even place of the matrix.
 *
 * @param count elements; the last block may be short, and an odd count leaves the low half of the last byte 0.
 * @param thresholds 15, ascending, float32.
 * @param absmax largest magnitude of each block; infinity or NaN where a value is one of them, and then codes mean nothing.
 */
export function quantise(
  count: i32,
  blockSize: i32,
  data: usize,
  thresholds: usize,
  absmax: usize,
  codes: usize,
): void {
  for (let i = 0; i < count; absmax += 4) {
    const end = min(blockSize, count - i) + i;
    const bits = largestBits(data + (<usize> i << 2), data + (<usize> end << 2));
    store<i32>(absmax, bits);
    const largest = <f64> reinterpret<f32>(bits);
    const reciprocal = <f32> (1 / max(largest, SMALLEST_ABSMAX));
    if (i & 1) storeCode(i++, data, reciprocal, thresholds, codes);
    const four = f32x4.splat(reciprocal);
    for (; i + 16 <= end; i += 16) {
      storeSixteen(data + (<usize> i << 2), four, thresholds, codes + (<usize> i >> 1));
    }
    for (; i < end; i++) storeCode(i, data, reciprocal, thresholds, codes);
  }
}
