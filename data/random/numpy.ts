/**
 * NumPy's random permutation, number for number: what `datasets.Dataset.shuffle(seed=...)` orders its rows by.
 *
 * A `SeedSequence` spreads the seed over four words (O'Neill, "Developing a seed_seq alternative", 2015), from which PCG64 starts
 * (O'Neill 2014, "PCG: A family of simple fast space-efficient statistically good algorithms", the 128-bit XSL-RR member); an index
 * is as many bits of a 32-bit half as it needs, drawn again while it is too large. (`Generator.integers()` draws by Lemire's method
 * instead; permutations do not.) NumPy promises the streams of `SeedSequence` and `PCG64` for all versions, that of a permutation not;
 * it has been the same since `Generator` came, in 1.17.
 * @module
 */

const MASK_128 = (1n << 128n) - 1n;
const MASK_64 = (1n << 64n) - 1n;
const PCG_MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;
const POOL_WORDS = 4;

/**
 * `numpy.random.default_rng(seed).permutation(length)`.
 *
 * @param seed not negative, as NumPy has it.
 * @param length how many numbers; at most 2³¹.
 * @returns 0 to `length` - 1 in a random order.
 * @throws {RangeError} if the seed or the length is not an integer from its range.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { numpyPermutation } from "mtpress";
 *
 * deepEqual(numpyPermutation(0, 10), [4, 6, 2, 7, 3, 5, 9, 0, 8, 1]);
 * ```
 */
export function numpyPermutation(seed: number, length: number): number[] {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(
      `Cannot seed NumPy's generator with ${seed}: it must be an integer from 0`,
    );
  }
  if (!Number.isSafeInteger(length) || length < 0 || length > 2 ** 31) {
    throw new RangeError(`Cannot permute ${length} numbers: it must be an integer from 0 to 2^31`);
  }
  const next32 = halves(pcg64(...seedState(seed)));
  const order = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = atMost(i, next32);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** The four 64-bit words that a seed gives PCG64. */
function seedState(seed: number): [bigint, bigint, bigint, bigint] {
  const pool = entropyPool([seed >>> 0, Math.floor(seed / 2 ** 32)]);
  let constant = 0x8b51f9dd;
  const words = Array.from({ length: 8 }, (_, i) => {
    const mixed = pool[i % POOL_WORDS] ^ constant;
    constant = Math.imul(constant, 0x58f38ded);
    return BigInt(xorShift(Math.imul(mixed, constant)));
  });
  const [a, b, c, d] = [0, 2, 4, 6].map((i) => words[i] | words[i + 1] << 32n);
  return [a, b, c, d];
}

/** Four words in which every bit of the entropy has a part. */
function entropyPool(entropy: readonly number[]): number[] {
  let constant = 0x43b0d7e5;
  const hash = (value: number): number => {
    const mixed = value ^ constant;
    constant = Math.imul(constant, 0x931e8875);
    return xorShift(Math.imul(mixed, constant));
  };
  const pool = Array.from({ length: POOL_WORDS }, (_, i) => hash(entropy[i] ?? 0));
  for (let from = 0; from < POOL_WORDS; from++) {
    for (let to = 0; to < POOL_WORDS; to++) {
      if (from === to) continue;
      const mixed = Math.imul(0xca01f9dd, pool[to]) - Math.imul(0x4973f715, hash(pool[from]));
      pool[to] = xorShift(mixed);
    }
  }
  return pool;
}

function xorShift(value: number): number {
  return (value ^ value >>> 16) >>> 0;
}

/** PCG64 from its initial state and stream, each as two words, the higher one first. */
function pcg64(
  stateHigh: bigint,
  stateLow: bigint,
  streamHigh: bigint,
  streamLow: bigint,
): () => bigint {
  const increment = (((streamHigh << 64n | streamLow) << 1n) | 1n) & MASK_128;
  const step = (state: bigint) => (state * PCG_MULTIPLIER + increment) & MASK_128;
  let state = step((increment + (stateHigh << 64n | stateLow)) & MASK_128);
  return () => {
    state = step(state);
    const folded = (state >> 64n ^ state) & MASK_64;
    const turn = state >> 122n;
    return (folded >> turn | folded << (64n - turn)) & MASK_64;
  };
}

/** 32-bit numbers from 64-bit ones: the lower half first, the upper half kept for the next call. */
function halves(next64: () => bigint): () => number {
  let kept: number | undefined;
  return () => {
    if (kept !== undefined) {
      const upper = kept;
      kept = undefined;
      return upper;
    }
    const word = next64();
    kept = Number(word >> 32n);
    return Number(word & 0xffffffffn);
  };
}

/** An integer from 0 to `highest`, every one as likely: as many low bits as it has, drawn again while they are above it. */
function atMost(highest: number, next32: () => number): number {
  const mask = 2 ** (32 - Math.clz32(highest)) - 1;
  for (;;) {
    const value = (next32() & mask) >>> 0;
    if (value <= highest) return value;
  }
}
