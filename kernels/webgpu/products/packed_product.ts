/**
 * A stored weight as a graphics adapter multiplies with it: plain data.
 *
 * Rows are padded to whole steps of 32 columns, which every format packs into whole words. What is too large for one binding is cut
 * into panels of rows. The columns may be in another order than the weight's, so that a group of act-order lies together.
 * @module
 */

/** How the device keeps a weight. */
export type ProductFormat = "dense" | "integer" | "nf4" | "bitmask" | "runs";

/** Columns of a step. */
export const STEP = 32;

/** In place of a column: inputs are 0 there. */
export const PADDING = -1;

/** Some rows of a weight, as its format's WGSL file describes them. */
export interface PackedPanel {
  /** The first row. */
  readonly first: number;
  /** Number of rows. */
  readonly rows: number;
  /** What binding 2 and, but for the dense format, binding 3 hold. */
  readonly data: readonly (Uint32Array | Float32Array)[];
  /**
   * Elements of the panel's first NF4 block that lie in the panel before it.
   * @default {0}
   */
  readonly offset?: number;
}

/** A weight ready to be uploaded. */
export interface PackedProduct {
  /** How it is kept. */
  readonly format: ProductFormat;
  /** Number of rows R. */
  readonly rows: number;
  /** Number of columns C. */
  readonly columns: number;
  /** Steps of a row. */
  readonly steps: number;
  /** Grids of a row; 0 unless integer. */
  readonly groups: number;
  /** The weight's column of each device column, or {@link PADDING} [32·steps]; the weight's own order if left out. */
  readonly order?: Int32Array;
  /** Values of the format's `override` constants. */
  readonly constants: Readonly<Record<string, number>>;
  /** The rows. */
  readonly panels: readonly PackedPanel[];
}

/** Rows `[first, first + rows)`. */
export interface RowRange {
  /** The first row. */
  readonly first: number;
  /** Number of rows. */
  readonly rows: number;
}

const MOST_ROWS = 4 * 65_535; // a workgroup of matvec takes 4

/**
 * Cuts rows into panels none of whose arrays is larger than a binding may be.
 *
 * @param rows number of rows.
 * @param panelBytes bytes of the largest array.
 * @param bytesOf bytes of row r in each array of a panel.
 * @throws {RangeError} if a single row is larger.
 */
export function rowPanels(
  rows: number,
  panelBytes: number,
  bytesOf: (row: number) => readonly number[],
): RowRange[] {
  const panels: RowRange[] = [];
  let first = 0;
  let filled: number[] = [];
  for (let r = 0; r < rows; r++) {
    const bytes = bytesOf(r);
    if (bytes.some((row) => row > panelBytes)) {
      throw new RangeError(
        `Cannot cut a weight into panels of ${panelBytes} bytes: its row ${r} has ${
          Math.max(...bytes)
        }`,
      );
    }
    const sums = bytes.map((row, i) => row + (filled[i] ?? 0));
    if (r - first < MOST_ROWS && sums.every((sum) => sum <= panelBytes)) {
      filled = sums;
    } else {
      panels.push({ first, rows: r - first });
      first = r;
      filled = [...bytes];
    }
  }
  if (rows > first) panels.push({ first, rows: rows - first });
  return panels;
}
