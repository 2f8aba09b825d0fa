// @ts-nocheck AssemblyScript: compiled by build.ts, not run by Deno.
// deno-lint-ignore-file
/**
 * Wanda's mask: of each run of m columns of each row the n weights with the smallest |W| · norm are pruned, equal ones from the left.
 * @module
 */
import { keysBelow, kthSmallest, magnitudeKeys, selectionBytes } from "./keys.ts";

/** Columns of a run up to which every weight is compared with every other. */
const SHORT_RUN: i32 = 16;

/** Bytes that {@link prune} needs at `work`. */
export function pruneBytes(columns: i32): usize {
  return <usize> (columns + 4) * 4 + selectionBytes(columns);
}

/** The key of each metric of a row. Up to three keys behind the row are written too. */
function rowKeys(columns: i32, weight: usize, norms: usize, keys: usize): void {
  for (let j = 0; j < columns; j += 4) {
    const at = <usize> j << 2;
    const metric = f32x4.mul(f32x4.abs(v128.load(weight + at)), v128.load(norms + at));
    v128.store(keys + at, magnitudeKeys(metric));
  }
}

/** Prunes n of a short run: those with fewer than n before them. */
function pruneShort(n: i32, m: i32, keys: usize, mask: usize): void {
  for (let i = 0; i < m; i++) {
    const key = load<i32>(keys + (<usize> i << 2));
    let before = 0;
    for (let j = 0; j < i; j++) before += <i32> (load<i32>(keys + (<usize> j << 2)) <= key);
    for (let j = i + 1; j < m; j++) before += <i32> (load<i32>(keys + (<usize> j << 2)) < key);
    store<u8>(mask + <usize> i, before >= n);
  }
}

/** Adds -1 to each lane of `count` for each of four keys that is below the lane's bound. */
function countBelow(keys: v128, bound: v128, count: v128): v128 {
  count = i32x4.add(count, i32x4.lt_s(keys, bound));
  count = i32x4.add(count, i32x4.lt_s(v128.shuffle<i32>(keys, keys, 1, 2, 3, 0), bound));
  count = i32x4.add(count, i32x4.lt_s(v128.shuffle<i32>(keys, keys, 2, 3, 0, 1), bound));
  return i32x4.add(count, i32x4.lt_s(v128.shuffle<i32>(keys, keys, 3, 0, 1, 2), bound));
}

/** {@link countBelow} of the four keys themselves, of which equal ones count where they are to the left. */
function countBefore(keys: v128, count: v128): v128 {
  const one = v128.shuffle<i32>(keys, keys, 1, 2, 3, 0);
  const two = v128.shuffle<i32>(keys, keys, 2, 3, 0, 1);
  const three = v128.shuffle<i32>(keys, keys, 3, 0, 1, 2);
  count = i32x4.add(count, i32x4.lt_s(one, i32x4.add(keys, i32x4(0, 0, 0, 1))));
  count = i32x4.add(count, i32x4.lt_s(two, i32x4.add(keys, i32x4(0, 0, 1, 1))));
  return i32x4.add(count, i32x4.lt_s(three, i32x4.add(keys, i32x4(0, 1, 1, 1))));
}

/** As {@link pruneShort}, for runs of a multiple of 4. */
function pruneFours(n: i32, m: i32, keys: usize, mask: usize): void {
  const one = i32x4.splat(1), most = i32x4.splat(1 - n);
  for (let i = 0; i < m; i += 4) {
    const own = v128.load(keys + (<usize> i << 2));
    const next = i32x4.add(own, one);
    let count = countBefore(own, i32x4.splat(0));
    for (let j = 0; j < i; j += 4) {
      count = countBelow(v128.load(keys + (<usize> j << 2)), next, count);
    }
    for (let j = i + 4; j < m; j += 4) {
      count = countBelow(v128.load(keys + (<usize> j << 2)), own, count);
    }
    const kept = v128.and(i32x4.lt_s(count, most), one);
    const bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(kept, kept), kept);
    v128.store32_lane(mask + <usize> i, bytes, 0);
  }
}

/** Prunes n of a run, n from 1 to m: those below the n-th smallest key, and of its equals as many as are missing. */
function pruneLong(n: i32, m: i32, keys: usize, mask: usize, work: usize): void {
  const key = kthSmallest(keys, m, n - 1, work);
  let missing = n - keysBelow();
  let i = 0;
  const limit = i32x4.splat(key);
  for (; i + 4 <= m; i += 4) {
    const four = v128.load(keys + (<usize> i << 2));
    if (missing > 0 && v128.any_true(i32x4.eq(four, limit))) {
      missing = pruneFew(4, i, key, missing, keys, mask);
      continue;
    }
    const kept = v128.and(i32x4.ge_s(four, limit), i32x4.splat(1)); // equals that are left stay
    const bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(kept, kept), kept);
    v128.store32_lane(mask + <usize> i, bytes, 0);
  }
  pruneFew(m - i, i, key, missing, keys, mask);
}

/** Prunes among `count` weights from place i on; gives how many equals are still missing. */
function pruneFew(count: i32, i: i32, key: i32, missing: i32, keys: usize, mask: usize): i32 {
  for (const end = i + count; i < end; i++) {
    const own = load<i32>(keys + (<usize> i << 2));
    const isMissing = own === key && missing > 0;
    if (isMissing) missing--;
    store<u8>(mask + <usize> i, own >= key && !isMissing);
  }
  return missing;
}

/** Writes the mask [rows, columns] of a weight [rows, columns]; m divides the columns. */
export function prune(
  rows: i32,
  columns: i32,
  n: i32,
  m: i32,
  weight: usize,
  norms: usize,
  mask: usize,
  work: usize,
): void {
  const selection = work + <usize> (columns + 4) * 4;
  for (let row = 0; row < rows; row++, weight += <usize> columns << 2, mask += <usize> columns) {
    if (n === 0) {
      memory.fill(mask, 1, <usize> columns);
      continue;
    }
    rowKeys(columns, weight, norms, work);
    for (let run = 0; run < columns; run += m) {
      const keys = work + (<usize> run << 2);
      if (m > SHORT_RUN) pruneLong(n, m, keys, mask + <usize> run, selection);
      else if (m % 4 === 0) pruneFours(n, m, keys, mask + <usize> run);
      else pruneShort(n, m, keys, mask + <usize> run);
    }
  }
}
