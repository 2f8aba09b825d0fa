/**
 * Numbers as tables print them.
 * @module
 */

/** Three significant digits; whole numbers from 100 on. */
export function significant(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** Bytes in MiB: two decimals below 10, one below 100. */
export function mebibytes(bytes: number): string {
  const value = bytes / 2 ** 20;
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

/** A difference with its sign, such as `+0.15` or `−2.00`. */
export function signed(value: number, digits: number): string {
  return (value < 0 ? "−" : "+") + Math.abs(value).toFixed(digits);
}
