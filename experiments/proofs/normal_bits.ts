/**
 * Normally distributed numbers by the gigabyte: quantiles of the normal distribution, drawn with the bits of a small generator.
 * @module
 */

/**
 * The `count` mid-point quantiles of the standard normal distribution, ascending, by Acklam's rational approximation (relative error
 * below 1.2e-9).
 */
export function normalQuantiles(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => normalQuantile((i + 0.5) / count));
}

const A: readonly number[] = [
  -39.69683028665376,
  220.9460984245205,
  -275.9285104469687,
  138.357751867269,
  -30.66479806614716,
  2.506628277459239,
];
const B: readonly number[] = [
  -54.47609879822406,
  161.5858368580409,
  -155.6989798598866,
  66.80131188771972,
  -13.28068155288572,
  1,
];
const C: readonly number[] = [
  -0.007784894002430293,
  -0.3223964580411365,
  -2.400758277161838,
  -2.549732539343734,
  4.374664141464968,
  2.938163982698783,
];
const D: readonly number[] = [
  0.007784695709041462,
  0.3224671290700398,
  2.445134137142996,
  3.754408661907416,
  1,
];

/** Horner's rule, highest power first. */
function polynomial(x: number, coefficients: readonly number[]): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}

function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(q, C) / polynomial(q, D);
  }
  const q = p - 0.5;
  const r = q * q;
  return q * polynomial(r, A) / polynomial(r, B);
}

/** Bits of a generator by Marsaglia (2003, "Xorshift RNGs"), begun from a seed and a name. */
export class RandomBits {
  #state: number;

  constructor(seed: number, name: string) {
    let hash = 0x811c9dc5; // FNV-1a
    for (const character of `${seed} ${name}`) {
      hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
    }
    this.#state = hash | 1;
    for (let i = 0; i < 16; i++) this.#next();
  }

  #next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return this.#state = x;
  }

  /**
   * Draws numbers from a pool.
   *
   * @param count how many, an even number.
   * @param pool 65,536 numbers, each of 2 or 4 bytes.
   * @returns the bytes of those drawn.
   */
  draw(count: number, pool: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const wide = pool.length === 65_536 * 4;
    const bytes = new Uint8Array(count * (wide ? 4 : 2));
    if (wide) this.#drawWide(new Uint32Array(bytes.buffer), new Uint32Array(pool.buffer));
    else this.#drawPairs(new Uint32Array(bytes.buffer), new Uint16Array(pool.buffer));
    return bytes;
  }

  #drawWide(to: Uint32Array, pool: Uint32Array): void {
    let x = this.#state;
    for (let i = 0; i < to.length; i += 2) {
      x ^= x << 13;
      x ^= x >>> 17;
      x ^= x << 5;
      to[i] = pool[x & 0xffff];
      to[i + 1] = pool[x >>> 16];
    }
    this.#state = x;
  }

  #drawPairs(to: Uint32Array, pool: Uint16Array): void {
    let x = this.#state;
    for (let i = 0; i < to.length; i++) {
      x ^= x << 13;
      x ^= x >>> 17;
      x ^= x << 5;
      to[i] = pool[x & 0xffff] | pool[x >>> 16] << 16;
    }
    this.#state = x;
  }
}
