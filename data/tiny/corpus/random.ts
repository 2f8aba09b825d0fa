/**
 * Seeded random choices. The generator is mulberry32 (Tommy Ettinger, public domain): 32 bits of state, the same bytes on every machine.
 * @module
 */

/** A stream of random choices that depends on its seed alone. */
export class Random {
  #state: number;

  /** Starts the stream. Only the low 32 bits of the seed count. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** An integer in [0, count). */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }
}

/** FNV-1a over the code points of a text, as an unsigned 32-bit number. */
export function hashText(text: string): number {
  let hash = 2166136261;
  for (const character of text) {
    hash = Math.imul(hash ^ character.codePointAt(0)!, 16777619) >>> 0;
  }
  hash ^= hash >>> 15; // FNV's low bits are weak on short texts
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}
