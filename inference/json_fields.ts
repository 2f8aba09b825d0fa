/**
 * Typed look-ups in a parsed JSON object.
 * @module
 */
import { brief } from "./strict_json.ts";

/** Typed look-ups in one JSON object; errors name the file, the key and the rule. */
export class Fields {
  constructor(readonly json: Record<string, unknown>, readonly file: string) {}

  fail(key: string, rule: string): RangeError {
    const value = brief(this.json[key]);
    return new RangeError(`Cannot use ${this.file}: ${key} must be ${rule}, not ${value}`);
  }

  /** The value, or `fallback` where the key is absent or null. */
  get(key: string, fallback?: unknown): unknown {
    return this.json[key] ?? fallback;
  }

  size(key: string, fallback?: number): number {
    const value = this.get(key, fallback);
    if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
    throw this.fail(key, "a whole number of at least 1");
  }

  positive(key: string, fallback: number): number {
    const value = this.get(key, fallback);
    if (typeof value === "number" && value > 0 && value < Infinity) return value;
    throw this.fail(key, "a number above 0");
  }

  flag(key: string): boolean {
    const value = this.get(key, false);
    if (typeof value === "boolean") return value;
    throw this.fail(key, "true or false");
  }

  /** Refuses any value but `allowed`; an absent key counts as allowed. */
  only(key: string, allowed: string | number | boolean): void {
    if (this.get(key, allowed) !== allowed) {
      throw this.fail(key, `${JSON.stringify(allowed)}, the only kind that is implemented`);
    }
  }

  tokens(key: string, fallback: number | undefined, vocabularySize: number): number[] {
    const value = this.get(key, fallback);
    const ids = Array.isArray(value) ? value : value === undefined ? [] : [value];
    if (ids.every((id) => Number.isSafeInteger(id) && id >= 0 && id < vocabularySize)) return ids;
    throw this.fail(key, `made of token ids below vocab_size ${vocabularySize}`);
  }

  /** Exactly one token. */
  token(key: string, fallback: number, vocabularySize: number): number {
    const ids = this.tokens(key, fallback, vocabularySize);
    if (ids.length !== 1) throw this.fail(key, "one token id");
    return ids[0];
  }
}
