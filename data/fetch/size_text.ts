/**
 * Numbers of bytes as people read them.
 * @module
 */

/** A number of bytes in powers of a thousand, as the hub's pages print it: `"27 GB"`, `"4.8 MB"`, `"642 bytes"`. */
export function sizeText(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let value = bytes, unit = 0;
  while (Math.round(value) >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit]}`;
}
