/**
 * What a check of something that computes found.
 * @module
 */

/** One number that was measured, and what it may be. */
export interface Measure {
  /** What it is, to be read before "is". */
  readonly what: string;
  /** The number. */
  readonly value: number;
  /** The largest that is right. */
  readonly most: number;
}

/** What is checked: a backend of the kernels, or a provider of ONNX Runtime. */
export type CheckKind = "backend" | "provider";

/** What a check found. */
export interface Check {
  /** What was checked. */
  readonly kind: CheckKind;
  /** Its name, such as `"wasm"`. */
  readonly name: string;
  /** `"missing"`: the machine does not have it. */
  readonly verdict: "right" | "wrong" | "missing";
  /** What it computed on, where that is known. */
  readonly on?: string;
  /** What was measured; empty when nothing could be. */
  readonly measures: readonly Measure[];
  /** Why it is missing, or what happened instead of numbers. */
  readonly reason?: string;
}

/** Whether a measure is what it may be; NaN is not. */
export function isRight({ value, most }: Measure): boolean {
  return value <= most;
}

/** The check of something that was measured. */
export function judged(
  kind: CheckKind,
  name: string,
  on: string,
  measures: readonly Measure[],
): Check {
  return { kind, name, verdict: measures.every(isRight) ? "right" : "wrong", on, measures };
}

/** Largest difference of two lists, as a share of the largest magnitude of the second; infinite when it is no number. */
export function relativeDifference(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [difference, largest] = [values.length === expected.length ? 0 : Infinity, 0];
  for (let i = 0; i < expected.length; i++) {
    const step = Math.abs(values[i] - expected[i]);
    if (!(step <= difference)) difference = Number.isNaN(step) ? Infinity : step;
    largest = Math.max(largest, Math.abs(expected[i]));
  }
  return difference === 0 ? 0 : difference / largest;
}

/** Share of places at which two lists differ. */
export function differingShare(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  let differing = values.length === expected.length ? 0 : expected.length;
  for (let i = 0; i < Math.min(values.length, expected.length); i++) {
    differing += Number(values[i] !== expected[i]);
  }
  return differing / expected.length;
}
