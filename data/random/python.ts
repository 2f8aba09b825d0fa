/**
 * Python's `random.Random`, number for number, as far as shuffles and bounded integers go: the Mersenne Twister MT19937 (Matsumoto and
 * Nishimura 1998, doi 10.1145/272991.272995) seeded by its `init_by_array`, and CPython's rejection sampling above it, which are the
 * same in every version since 3.2.
 * @module
 */

const SIZE = 624;
const MIDDLE = 397;
const TWIST = 0x9908b0df;

/**
 * A `random.Random(seed)`.
 *
 * @example Usage
 * ```ts
 * import { deepEqual, equal } from "node:assert/strict";
 * import { PythonRandom } from "mtpress";
 *
 * const random = new PythonRandom(0);
 * equal(random.randomInteger(0, 12075), 6311);
 * const list = ["a", "b", "c", "d"];
 * new PythonRandom(0).shuffle(list);
 * deepEqual(list, ["c", "a", "b", "d"]);
 * ```
 */
export class PythonRandom {
  readonly #state = new Uint32Array(SIZE);
  #used = SIZE;

  /**
   * Starts the generator.
   *
   * @param seed as `random.seed()` takes it; of a negative number its size, as there.
   * @throws {RangeError} if it is not an integer.
   */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed)) {
      throw new RangeError(`Cannot seed Python's generator with ${seed}: it must be an integer`);
    }
    const size = Math.abs(seed);
    const high = Math.floor(size / 2 ** 32);
    this.#seed(high > 0 ? [size >>> 0, high] : [size]);
  }

  /**
   * `randint(low, high)`: an integer, both ends included.
   *
   * @throws {RangeError} if the ends are not integers, in order, fewer than 2³² apart.
   */
  randomInteger(low: number, high: number): number {
    const count = high - low + 1;
    if (
      !Number.isSafeInteger(low) || !Number.isSafeInteger(high) || count < 1 || count >= 2 ** 32
    ) {
      throw new RangeError(
        `Cannot draw an integer from ${low} to ${high}: they must be integers in order, fewer than 2^32 apart`,
      );
    }
    return low + this.#below(count);
  }

  /** `shuffle(list)`: puts the list into a random order, in place. */
  shuffle<T>(list: T[]): void {
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.#below(i + 1);
      [list[i], list[j]] = [list[j], list[i]];
    }
  }

  /** As many bits as `count` has, drawn again until they are below it. */
  #below(count: number): number {
    const bits = 32 - Math.clz32(count);
    for (;;) {
      const value = this.#next() >>> (32 - bits);
      if (value < count) return value;
    }
  }

  #seed(key: readonly number[]): void {
    const state = this.#state;
    state[0] = 19650218;
    for (let i = 1; i < SIZE; i++) state[i] = Math.imul(1812433253, carried(state[i - 1])) + i;
    let i = 1;
    const advance = () => {
      if (++i < SIZE) return;
      state[0] = state[SIZE - 1];
      i = 1;
    };
    for (let k = 0; k < SIZE; k++) {
      const j = k % key.length;
      state[i] = (state[i] ^ Math.imul(carried(state[i - 1]), 1664525)) + key[j] + j;
      advance();
    }
    for (let k = 1; k < SIZE; k++) {
      state[i] = (state[i] ^ Math.imul(carried(state[i - 1]), 1566083941)) - i;
      advance();
    }
    state[0] = 0x80000000;
  }

  /** The next 32 bits. */
  #next(): number {
    if (this.#used === SIZE) this.#generate();
    let y = this.#state[this.#used++];
    y ^= y >>> 11;
    y ^= y << 7 & 0x9d2c5680;
    y ^= y << 15 & 0xefc60000;
    return (y ^ y >>> 18) >>> 0;
  }

  #generate(): void {
    const state = this.#state;
    for (let k = 0; k < SIZE; k++) {
      const y = state[k] & 0x80000000 | state[(k + 1) % SIZE] & 0x7fffffff;
      state[k] = state[(k + MIDDLE) % SIZE] ^ y >>> 1 ^ (y & 1 ? TWIST : 0);
    }
    this.#used = 0;
  }
}

function carried(word: number): number {
  return word ^ word >>> 30;
}
