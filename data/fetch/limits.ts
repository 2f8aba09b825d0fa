/**
 * How patient a download is.
 * @module
 */

/** How patient a download is. */
export interface FetchLimits {
  /**
   * Seconds without a byte after which a connection is given up.
   * @default {60}
   */
  readonly stallSeconds: number;
  /**
   * Attempts in a row that may fail without a new byte.
   * @default {6}
   */
  readonly attempts: number;
  /**
   * The longest pause before the second attempt, in seconds; it doubles with each one. The pause is drawn between half of it and all of it.
   * @default {1}
   */
  readonly firstDelaySeconds: number;
  /**
   * The longest pause of all, in seconds.
   * @default {60}
   */
  readonly longestDelaySeconds: number;
  /**
   * The longest that a server may ask to be left alone, in seconds; more is an error.
   * @default {900}
   */
  readonly longestWaitSeconds: number;
}

/** The limits unless others are given. */
export const FETCH_LIMITS: FetchLimits = {
  stallSeconds: 60,
  attempts: 6,
  firstDelaySeconds: 1,
  longestDelaySeconds: 60,
  longestWaitSeconds: 900,
};

/**
 * Seconds to wait after a number of failures in a row: doubled each time, with jitter, and at least what the server asks for.
 *
 * @param failures Failures in a row, from 1.
 * @param asked What the server asks for, in seconds.
 * @param random A number from 0 to 1.
 */
export function delaySeconds(
  failures: number,
  limits: FetchLimits,
  asked = 0,
  random: number = Math.random(),
): number {
  const longest = Math.min(
    limits.firstDelaySeconds * 2 ** (failures - 1),
    limits.longestDelaySeconds,
  );
  return Math.max(longest * (0.5 + random / 2), asked);
}
