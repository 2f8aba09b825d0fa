// @ts-nocheck AssemblyScript: compiled by build.ts, not run by Deno.
// deno-lint-ignore-file
/**
 * What GPTQ does to columns of one panel within a block.
 * @module
 */
import { fours, loadFour, storeFour } from "./panels.ts";
import { madd, PANEL_BYTES } from "./simd.ts";

/** e = (w - ŵ) / d of four rows, where `restored` is ŵ. */
function storeErrors<T>(w: usize, half: i32, restored: v128, d: v128, errors: usize): void {
  if (sizeof<T>() === 4) {
    const at = <usize> half * 16;
    v128.store(errors + at, f32x4.div(f32x4.sub(v128.load(w + at), restored), d));
  } else {
    const low = f64x2.promote_low_f32x4(restored);
    const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(restored, restored, 2, 3, 2, 3));
    v128.store(errors, f64x2.div(f64x2.sub(v128.load(w, 0), low), d), 0);
    v128.store(errors, f64x2.div(f64x2.sub(v128.load(w, 16), high), d), 16);
  }
}

/** Puts codes in the place of one column's weights and leaves their errors, divided by Uᵢᵢ. */
export function quantiseColumn<T>(
  w: usize,
  diagonal: T,
  scaleAt: usize,
  zeroAt: usize,
  maxCode: f32,
  mask: usize,
  errors: usize,
): void {
  const d = v128.splat<T>(diagonal);
  for (let half = 0; half < fours<T>(); half++) {
    const scale = v128.load(scaleAt + <usize> half * 16);
    const zero = v128.load(zeroAt + <usize> half * 16);
    const nearest = f32x4.nearest(f32x4.div(loadFour<T>(w, half), scale));
    let code = f32x4.pmin(f32x4.splat(maxCode), f32x4.add(nearest, zero));
    code = f32x4.pmax(f32x4.splat(0), code);
    if (mask) {
      const bytes = i16x8.extend_low_i8x16_u(v128.load32_zero(mask + <usize> half * 4));
      const kept = i32x4.ne(i32x4.extend_low_i16x8_u(bytes), i32x4.splat(0));
      code = v128.bitselect(code, zero, kept);
    }
    storeErrors<T>(w, half, f32x4.mul(scale, f32x4.sub(code, zero)), d, errors);
    storeFour<T>(w, half, code);
  }
}

/** w -= e · u for one column. */
export function moveError<T>(errors: usize, u: T, w: usize): void {
  const x = v128.splat<T>(-u);
  v128.store(w, madd<T>(x, v128.load(errors, 0), v128.load(w, 0)), 0);
  v128.store(w, madd<T>(x, v128.load(errors, 16), v128.load(w, 16)), 16);
}

/** Moves the errors of four columns onto `count` columns; `u` is the first of those columns in the first of the four rows of U. */
export function moveFour<T>(errors: usize, u: usize, rowBytes: usize, w: usize, count: i32): void {
  const e00 = v128.neg<T>(v128.load(errors, 0)), e01 = v128.neg<T>(v128.load(errors, 16));
  const e10 = v128.neg<T>(v128.load(errors, 32)), e11 = v128.neg<T>(v128.load(errors, 48));
  const e20 = v128.neg<T>(v128.load(errors, 64)), e21 = v128.neg<T>(v128.load(errors, 80));
  const e30 = v128.neg<T>(v128.load(errors, 96)), e31 = v128.neg<T>(v128.load(errors, 112));
  let u1 = u + rowBytes;
  let u2 = u1 + rowBytes;
  let u3 = u2 + rowBytes;
  for (let k = 0; k < count; k++) {
    let w0 = v128.load(w, 0), w1 = v128.load(w, 16);
    let x = v128.load_splat<T>(u);
    w0 = madd<T>(x, e00, w0);
    w1 = madd<T>(x, e01, w1);
    x = v128.load_splat<T>(u1);
    w0 = madd<T>(x, e10, w0);
    w1 = madd<T>(x, e11, w1);
    x = v128.load_splat<T>(u2);
    w0 = madd<T>(x, e20, w0);
    w1 = madd<T>(x, e21, w1);
    x = v128.load_splat<T>(u3);
    w0 = madd<T>(x, e30, w0);
    w1 = madd<T>(x, e31, w1);
    v128.store(w, w0, 0);
    v128.store(w, w1, 16);
    w += PANEL_BYTES;
    u += sizeof<T>();
    u1 += sizeof<T>();
    u2 += sizeof<T>();
    u3 += sizeof<T>();
  }
}

/** Σ e² of `count` panel rows, in float64. */
export function sumOfSquares<T>(errors: usize, count: i32): f64 {
  let sum = f64x2.splat(0);
  for (const end = errors + <usize> count * PANEL_BYTES; errors < end; errors += 16) {
    const e = v128.load(errors);
    if (sizeof<T>() === 4) {
      const low = f64x2.promote_low_f32x4(e);
      const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(e, e, 2, 3, 2, 3));
      sum = f64x2.add(sum, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
    } else sum = f64x2.add(sum, f64x2.mul(e, e));
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}
