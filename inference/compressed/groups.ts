/**
 * The groups of columns of an integer weight.
 * @module
 */
import { groupCount } from "../../kernels/grid.ts";
import type { IntegerWeight } from "../../kernels/stored_weight.ts";

/** Group of column c where neighbouring columns are grouped. */
export function groupOfColumn(c: number, groupSize: number): number {
  return groupSize === -1 ? 0 : Math.floor(c / groupSize);
}

/**
 * Throws unless the arrays of an integer weight fit its sizes.
 *
 * @returns the number of groups of a row.
 * @throws {RangeError} if an array is too long or too short, or a column's group does not exist.
 */
export function checkGroups(weight: IntegerWeight): number {
  const { rows: R, columns: C, bits, codes, scales, zeros, groupIndex } = weight;
  const G = groupCount(C, weight.groupSize);
  const fits = codes.length === R * C && scales.length === R * G && zeros.length === R * G &&
    groupIndex.length === C && groupIndex.every((group) => group >= 0 && group < G) &&
    Number.isInteger(bits) && bits >= 1 && bits <= 8;
  if (fits) return G;
  throw new RangeError(
    `Cannot store a weight [${R}, ${C}] of ${bits} bits in ${G} groups with ${codes.length} codes, ` +
      `${scales.length} scales, ${zeros.length} zero points and ${groupIndex.length} group indices: ` +
      "they must fit the sizes and each other, and bits be 1 to 8",
  );
}
