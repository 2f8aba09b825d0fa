// @ts-nocheck AssemblyScript: compiled by build.ts, not run by Deno.
// deno-lint-ignore-file
/**
 * Keys: whole numbers that order as float32 values do, -0 equal to 0 and every NaN equal and above all others; and which of many
 * keys are the smallest.
 * @module
 */

/** The key of every NaN, one above infinity's. */
const NAN: i32 = 0x7f800001;

/** The key of infinity. */
export const INFINITY_KEY: i32 = 0x7f800000;

/** Above all keys. */
export const NO_KEY: i32 = 0x7fffffff;

/** A histogram's bins: the first digit has 11 bits, the two others 10. */
const BINS: i32 = 2048;

/** Keys of values that are not below 0. */
export function magnitudeKeys(values: v128): v128 {
  return i32x4.min_s(v128.and(values, i32x4.splat(0x7fffffff)), i32x4.splat(NAN));
}

/** Keys of values of either sign. */
export function orderKeys(values: v128): v128 {
  const v = f32x4.add(values, f32x4.splat(0)); // -0 becomes 0
  const flipped = v128.and(i32x4.shr_s(v, 31), i32x4.splat(0x7fffffff));
  return v128.bitselect(v128.xor(v, flipped), i32x4.splat(NAN), f32x4.eq(v, v));
}

/** Bytes that {@link kthSmallest} needs at `work`. */
export function selectionBytes(count: i32): usize {
  return <usize> BINS * 4 + <usize> count * 4;
}

/** Keys that were smaller than the last one that {@link kthSmallest} gave. */
let below: i32 = 0;

export function keysBelow(): i32 {
  return below;
}

/**
 * The key with k keys before it in ascending order, by radix selection: a histogram finds the first digit, of the keys that have it
 * a second one the next.
 *
 * @param keys not negative.
 * @param k 0 to count - 1.
 */
export function kthSmallest(keys: usize, count: i32, k: i32, work: usize): i32 {
  const candidates = work + <usize> BINS * 4;
  below = 0;
  for (let shift = 20; count > 1 && shift >= 0; shift -= 10) {
    const digits = shift === 20 ? BINS - 1 : 1023;
    memory.fill(work, 0, <usize> (digits + 1) * 4);
    const end = keys + (<usize> count << 2);
    for (let at = keys; at < end; at += 4) {
      const bin = work + (<usize> ((load<i32>(at) >> shift) & digits) << 2);
      store<i32>(bin, load<i32>(bin) + 1);
    }
    let digit = 0;
    while (below + load<i32>(work + (<usize> digit << 2)) <= k) {
      below += load<i32>(work + (<usize> digit << 2));
      digit++;
    }
    let to = candidates;
    for (let at = keys; at < end; at += 4) {
      const key = load<i32>(at);
      store<i32>(to, key);
      if (((key >> shift) & digits) === digit) to += 4;
    }
    keys = candidates;
    count = <i32> ((to - candidates) >> 2);
  }
  return load<i32>(keys);
}

/** Puts `value` in the place of the root of a heap of k numbers, the largest at its root. */
function siftDown(heap: usize, k: i32, value: i64): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= k) break;
    let larger = load<i64>(heap + (<usize> child << 3));
    if (child + 1 < k) {
      const right = load<i64>(heap + (<usize> (child + 1) << 3));
      if (right > larger) {
        larger = right;
        child++;
      }
    }
    if (larger <= value) break;
    store<i64>(heap + (<usize> at << 3), larger);
    at = child;
  }
  store<i64>(heap + (<usize> at << 3), value);
}

/**
 * The indices of the k smallest keys in ascending order, equal ones by index: 64-bit numbers of a key and its index, sorted as a heap.
 *
 * @param count a multiple of 4; keys that fill it up are NO_KEY.
 * @param k at most the number of keys that are not NO_KEY.
 * @param list takes the k indices, in numbers of 64 bits.
 */
export function smallest(keys: usize, count: i32, k: i32, list: usize): void {
  if (k <= 0) return;
  for (let i = 0; i < k; i++) store<i64>(list + (<usize> i << 3), i64.MAX_VALUE);
  let most = NO_KEY;
  for (let i = 0; i < count; i += 4) {
    const four = keys + (<usize> i << 2);
    if (!v128.any_true(i32x4.lt_s(v128.load(four), i32x4.splat(most)))) continue;
    for (let lane = 0; lane < 4; lane++) {
      const key = load<i32>(four + (<usize> lane << 2));
      if (key >= most) continue; // an equal one of a lower index is there already
      siftDown(list, k, (<i64> key << 32) | (i + lane));
      most = <i32> (load<i64>(list) >> 32);
    }
  }
  for (let last = k - 1; last > 0; last--) {
    const value = load<i64>(list + (<usize> last << 3));
    store<i64>(list + (<usize> last << 3), load<i64>(list));
    siftDown(list, last, value);
  }
  for (let i = 0; i < k; i++) {
    const at = list + (<usize> i << 3);
    store<i64>(at, load<i64>(at) & 0xffffffff);
  }
}
