/** A seeded stream of pseudo-random whole numbers. */
export interface RandomNumbers {
  /** The next 32 bits, 0 to 2³² - 1. */
  bits(): number;
  /** The next number below `limit`, every one equally likely; `limit` is at most 2³². */
  below(limit: number): number;
}

/**
 * A stream whose state is filled from a seed by splitmix32 (the finaliser of MurmurHash3 over a Weyl sequence). The
 * same seed gives the same stream everywhere.
 * @throws {RangeError} If the seed is not a whole number from 0 to 2³² - 1.
 */
export function seededRandom(seed: number): RandomNumbers {
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new RangeError(`Cannot seed with ${seed}: a seed is a whole number from 0 to 2^32 - 1`);
  }
  let weyl = seed;
  const mix = () => {
    weyl = (weyl + 0x9e3779b9) | 0;
    let z = weyl;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  };
  return xoshiro128(mix(), mix(), mix(), mix());
}

/**
 * xoshiro128** 1.1 (Blackman and Vigna 2018, https://prng.di.unimi.it/xoshiro128starstar.c) from four words of state,
 * not all zero.
 */
export function xoshiro128(a: number, b: number, c: number, d: number): RandomNumbers {
  const bits = () => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };
  const below = (limit: number) => {
    const fair = 2 ** 32 - (2 ** 32 % limit); // the rest would favour small numbers
    let value = bits();
    while (value >= fair) value = bits();
    return value % limit;
  };
  return { bits, below };
}
