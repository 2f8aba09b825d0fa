// @ts-nocheck AssemblyScript: compiled by build.ts, not run by Deno.
// deno-lint-ignore-file
/**
 * Statistics of the columns of X [rows, step]: sums in float64, token by token, and largest magnitudes.
 *
 * Each runs over the columns [first, last), so that calls with other columns may run beside it.
 * @module
 */

const ROWS: i32 = 16; // of a step down a few columns, so that what it reads stays in the first-level cache
const MAGNITUDE: i32 = 0x7fffffff;

/** Values 2 and 3 of four, in float64. */
function promoteHigh(four: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(four, four, 2, 3, 2, 3));
}

/** sums[c] += Σ x, squares[c] += Σ x². */
export function addMoments(
  rows: i32,
  step: i32,
  first: i32,
  last: i32,
  x: usize,
  sums: usize,
  squares: usize,
): void {
  const rowBytes = <usize> step << 2;
  for (let t = 0; t < rows; t += ROWS) {
    const from = x + <usize> t * rowBytes, to = from + <usize> min(ROWS, rows - t) * rowBytes;
    let c = first;
    for (; c + 4 <= last; c += 4) {
      const sum = sums + (<usize> c << 3), square = squares + (<usize> c << 3);
      let sum0 = v128.load(sum, 0), sum1 = v128.load(sum, 16);
      let square0 = v128.load(square, 0), square1 = v128.load(square, 16);
      for (let at = from + (<usize> c << 2); at < to; at += rowBytes) {
        const four = v128.load(at);
        const low = f64x2.promote_low_f32x4(four), high = promoteHigh(four);
        sum0 = f64x2.add(sum0, low);
        sum1 = f64x2.add(sum1, high);
        square0 = f64x2.add(square0, f64x2.mul(low, low));
        square1 = f64x2.add(square1, f64x2.mul(high, high));
      }
      v128.store(sum, sum0, 0);
      v128.store(sum, sum1, 16);
      v128.store(square, square0, 0);
      v128.store(square, square1, 16);
    }
    for (; c < last; c++) {
      const sum = sums + (<usize> c << 3), square = squares + (<usize> c << 3);
      for (let at = from + (<usize> c << 2); at < to; at += rowBytes) {
        const value = <f64> load<f32>(at);
        store<f64>(sum, load<f64>(sum) + value);
        store<f64>(square, load<f64>(square) + value * value);
      }
    }
  }
}

/** squares[c] += Σ (x - mean[c])². */
export function addDeviations(
  rows: i32,
  step: i32,
  first: i32,
  last: i32,
  x: usize,
  means: usize,
  squares: usize,
): void {
  const rowBytes = <usize> step << 2;
  for (let t = 0; t < rows; t += ROWS) {
    const from = x + <usize> t * rowBytes, to = from + <usize> min(ROWS, rows - t) * rowBytes;
    let c = first;
    for (; c + 4 <= last; c += 4) {
      const mean = means + (<usize> c << 3), square = squares + (<usize> c << 3);
      const mean0 = v128.load(mean, 0), mean1 = v128.load(mean, 16);
      let square0 = v128.load(square, 0), square1 = v128.load(square, 16);
      for (let at = from + (<usize> c << 2); at < to; at += rowBytes) {
        const four = v128.load(at);
        const low = f64x2.sub(f64x2.promote_low_f32x4(four), mean0);
        const high = f64x2.sub(promoteHigh(four), mean1);
        square0 = f64x2.add(square0, f64x2.mul(low, low));
        square1 = f64x2.add(square1, f64x2.mul(high, high));
      }
      v128.store(square, square0, 0);
      v128.store(square, square1, 16);
    }
    for (; c < last; c++) {
      const mean = load<f64>(means + (<usize> c << 3)), square = squares + (<usize> c << 3);
      for (let at = from + (<usize> c << 2); at < to; at += rowBytes) {
        const d = <f64> load<f32>(at) - mean;
        store<f64>(square, load<f64>(square) + d * d);
      }
    }
  }
}

/** largest[c] becomes the largest |x| of column c, if that is larger; infinity or NaN where a value is one of them. */
export function raiseAbsmax(
  rows: i32,
  step: i32,
  first: i32,
  last: i32,
  x: usize,
  largest: usize,
): void {
  const rowBytes = <usize> step << 2;
  const magnitude = i32x4.splat(MAGNITUDE);
  for (let t = 0; t < rows; t += ROWS) {
    const from = x + <usize> t * rowBytes, to = from + <usize> min(ROWS, rows - t) * rowBytes;
    let c = first;
    for (; c + 8 <= last; c += 8) {
      const out = largest + (<usize> c << 2);
      let low = v128.load(out, 0), high = v128.load(out, 16);
      for (let at = from + (<usize> c << 2); at < to; at += rowBytes) {
        low = i32x4.max_s(low, v128.and(v128.load(at, 0), magnitude));
        high = i32x4.max_s(high, v128.and(v128.load(at, 16), magnitude));
      }
      v128.store(out, low, 0);
      v128.store(out, high, 16);
    }
    for (; c < last; c++) {
      const out = largest + (<usize> c << 2);
      for (let at = from + (<usize> c << 2); at < to; at += rowBytes) {
        store<i32>(out, max(load<i32>(out), load<i32>(at) & MAGNITUDE));
      }
    }
  }
}
