/**
 * Pruned weights for products on a graphics adapter: see bitmask.wgsl and runs.wgsl.
 * @module
 */
import type { SparsityRuns } from "../../prune_smallest.ts";
import { sparseMask } from "../../sparse.ts";
import type { SparseWeight } from "../../stored_weight.ts";
import { type PackedPanel, type PackedProduct, rowPanels, STEP } from "./packed_product.ts";

/** Lengths of runs that have a kernel of their own: 32 columns then keep a multiple of 4 values. */
const RUNS = [2, 4, 8];

/** The mask as words of 32 columns [rows, steps], and the values before each and in all [rows·steps + 1]. */
interface MaskWords {
  readonly words: Uint32Array;
  readonly before: Uint32Array;
}

function maskWords(weight: SparseWeight, steps: number): MaskWords {
  const { rows, columns, values } = weight;
  const mask = sparseMask(weight);
  const words = new Uint32Array(rows * steps);
  const before = new Uint32Array(rows * steps + 1);
  let kept = 0;
  for (let r = 0, i = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++, i++) {
      const at = r * steps + (c >>> 5);
      words[at] |= mask[i] << (c & 31);
      before[at + 1] = kept += mask[i];
    }
  }
  if (kept !== values.length) {
    throw new RangeError(
      `Cannot multiply with a sparse weight [${rows}, ${columns}] of ${values.length} values: ` +
        `its mask keeps ${kept}`,
    );
  }
  return { words, before };
}

function bitCount(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** The first run of m columns that does not keep `kept`, as row and first column. */
function unevenRun(
  { rows, columns }: SparseWeight,
  { words }: MaskWords,
  m: number,
  kept: number,
): [number, number] | undefined {
  const steps = Math.ceil(columns / STEP);
  const run = 2 ** m - 1;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c += m) {
      const bits = (words[r * steps + (c >>> 5)] >>> (c & 31)) & run;
      if (bitCount(bits) !== kept) return [r, c];
    }
  }
}

/** Checks that a mask prunes n of every m columns. */
function checkPattern(weight: SparseWeight, mask: MaskWords, { n, m }: SparsityRuns): void {
  const { rows, columns } = weight;
  const action = `Cannot multiply with a weight [${rows}, ${columns}] pruned ${n}:${m}`;
  if (!RUNS.includes(m) || !(Number.isInteger(n) && n >= 0 && n < m) || columns % m !== 0) {
    throw new RangeError(
      `${action}: m must be 2, 4 or 8 and divide the columns, n a whole number from 0 to m - 1`,
    );
  }
  const uneven = unevenRun(weight, mask, m, m - n);
  if (!uneven) return;
  const [r, c] = uneven;
  throw new RangeError(
    `${action}: its mask must keep ${m - n} of every ${m} columns, but not so columns ${c} to ${
      c + m - 1
    } of row ${r}`,
  );
}

/** The n:m pattern with the shortest runs that a mask has, if any. */
function findPattern(weight: SparseWeight, mask: MaskWords): SparsityRuns | undefined {
  for (const m of RUNS) {
    if (weight.columns % m !== 0 || weight.columns === 0) continue;
    const kept = bitCount(mask.words[0] & (2 ** m - 1));
    if (kept > 0 && !unevenRun(weight, mask, m, kept)) return { n: m - kept, m };
  }
}

function packBitmask(weight: SparseWeight, mask: MaskWords, panelBytes: number): PackedPanel[] {
  const steps = Math.ceil(weight.columns / STEP);
  const { words, before } = mask;
  const bytesOf = (r: number) => [
    8 * steps,
    4 * (before[(r + 1) * steps] - before[r * steps]),
  ];
  return rowPanels(weight.rows, panelBytes, bytesOf).map((range) => {
    const [begin, end] = [range.first * steps, (range.first + range.rows) * steps];
    const pairs = new Uint32Array(2 * (end - begin));
    for (let i = begin; i < end; i++) {
      pairs[2 * (i - begin)] = words[i];
      pairs[2 * (i - begin) + 1] = before[i] - before[begin];
    }
    return { ...range, data: [pairs, weight.values.subarray(before[begin], before[end])] };
  });
}

/** Fills the last step of a row, whose columns may end before it does, with kept values of 0. */
function packRuns(
  { rows, columns, values }: SparseWeight,
  { words, before }: MaskWords,
  { n, m }: SparsityRuns,
  panelBytes: number,
): PackedPanel[] {
  const steps = Math.ceil(columns / STEP);
  const kept = STEP / m * (m - n);
  let padding = 0;
  for (let c = columns; c < steps * STEP; c += m) padding |= (2 ** (m - n) - 1) << (c & 31);
  const rowBytes = [4 * steps, 4 * steps * kept];
  return rowPanels(rows, panelBytes, () => rowBytes).map((range) => {
    const masks = words.slice(range.first * steps, (range.first + range.rows) * steps);
    const padded = new Float32Array(masks.length * kept);
    for (let r = 0; r < range.rows; r++) {
      const source = (range.first + r) * steps;
      masks[(r + 1) * steps - 1] |= padding;
      padded.set(values.subarray(before[source], before[source + steps]), r * steps * kept);
    }
    return { ...range, data: [masks, padded] };
  });
}

/**
 * Packs a pruned weight: n of every 2, 4 or 8 columns as runs of a fixed count, anything else with the place of each 32 columns'
 * values.
 *
 * @param weight a sparse weight.
 * @param panelBytes bytes of a panel's largest array.
 * @param pattern the runs that the mask must have; found from the mask unless given.
 * @throws {RangeError} if the mask does not keep as many elements as there are values, or a run has another count than the pattern.
 */
export function packSparse(
  weight: SparseWeight,
  panelBytes: number,
  pattern?: SparsityRuns,
): PackedProduct {
  const { rows, columns } = weight;
  const steps = Math.ceil(columns / STEP);
  const mask = maskWords(weight, steps);
  if (pattern) checkPattern(weight, mask, pattern);
  const runs = pattern ?? findPattern(weight, mask);
  const sizes = { rows, columns, steps, groups: 0 };
  if (!runs) {
    return {
      ...{ format: "bitmask", ...sizes, constants: {} },
      panels: packBitmask(weight, mask, panelBytes),
    };
  }
  return {
    ...{ format: "runs", ...sizes, constants: { KEPT: STEP / runs.m * (runs.m - runs.n) } },
    panels: packRuns(weight, mask, runs, panelBytes),
  };
}
