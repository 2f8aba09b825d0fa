/**
 * Options of steps: which there are, what they may be, what they are unless given.
 * @module
 */
import type { Step } from "./step.ts";

/** What an option can be. */
export type OptionValue = string | number | boolean;

/** One option of a step. */
export interface OptionRule<T extends OptionValue> {
  /** What it must be, to be read after "must be". */
  readonly rule: string;
  /** What it is unless given; an option without it must be given. */
  readonly otherwise?: T;
  /** Whether a value is allowed. */
  holds(value: OptionValue): boolean;
}

/** The options of a kind of step, by name. */
export type OptionRules = Readonly<Record<string, OptionRule<OptionValue>>>;

/** Options with none left open. */
export type OptionValues<R extends OptionRules> = {
  [K in keyof R]: R[K] extends OptionRule<infer T> ? T : never;
};

/** Options of every step. */
export const COMMON_OPTIONS: readonly string[] = ["sequential"];

const isNumber = (value: OptionValue): value is number => typeof value === "number";

/** A whole number of a range. */
export function wholeNumber(
  [least, most]: [least: number, most: number],
  otherwise?: number,
): OptionRule<number> {
  const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
  const holds = (value: OptionValue) =>
    isNumber(value) && Number.isSafeInteger(value) && value >= least && value <= most;
  return { rule: `a whole number ${range}`, otherwise, holds };
}

/** A group of columns: a whole number of at least 1, or -1 for all columns. */
export function columnsOfGroup(): OptionRule<number> {
  return {
    rule: "a whole number of at least 1, or -1 for all columns",
    otherwise: -1,
    holds: (value) => value === -1 || Number.isSafeInteger(value) && Number(value) >= 1,
  };
}

/** A number for which a rule holds. */
export function number(
  rule: string,
  holds: (value: number) => boolean,
  otherwise?: number,
): OptionRule<number> {
  return { rule, otherwise, holds: (value) => isNumber(value) && holds(value) };
}

/** true or false. */
export function flag(otherwise: boolean): OptionRule<boolean> {
  return { rule: "true or false", otherwise, holds: (value) => typeof value === "boolean" };
}

/** One of some words. */
export function oneOf<T extends string>(words: readonly T[], otherwise: T): OptionRule<T> {
  const rule = words.map((word) => JSON.stringify(word)).join(" or ");
  return { rule, otherwise, holds: (value) => words.some((word) => word === value) };
}

/**
 * The options of a step, with defaults filled in.
 *
 * @throws {RangeError} if an option is unknown, missing or not what its rule asks for; the message says what is allowed.
 */
export function readOptions<R extends OptionRules>(step: Step, rules: R): OptionValues<R> {
  const known = [...Object.keys(rules), ...COMMON_OPTIONS];
  for (const name of Object.keys(step)) {
    if (name === "kind" || known.includes(name)) continue;
    throw new RangeError(
      `Cannot use option ${JSON.stringify(name)} in step ${step.kind}: ` +
        `its options are ${known.join(", ")}`,
    );
  }
  const values = Object.entries(rules).map(([name, { rule, otherwise, holds }]) => {
    const value = Object.hasOwn(step, name) ? step[name] : otherwise;
    if (value === undefined) {
      throw new RangeError(
        `Cannot use step ${step.kind} without ${name}: it must be given, ${rule}`,
      );
    }
    if (!holds(value)) {
      throw new RangeError(
        `Cannot use ${name} ${JSON.stringify(value)} in step ${step.kind}: it must be ${rule}`,
      );
    }
    return [name, value] as const;
  });
  return Object.fromEntries(values) as OptionValues<R>;
}
