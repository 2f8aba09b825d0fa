/**
 * Makes of what a graphics adapter gives back what GPTQ gives.
 * @module
 */
import type { GptqResult } from "../gptq.ts";
import type { GptqSolveOptions } from "../gptq_options.ts";
import type { Matrix } from "../matrix.ts";
import { padded } from "./panels.ts";

/** What is read back of a panel of rows. */
export interface PanelResult<Data> {
  /** A byte for each weight, in the order of quantisation, rows padded. */
  readonly codes: Data;
  /** Scale and zero point of each row's groups. */
  readonly grids: Data;
  /** Squared errors over Uᵢᵢ, in 128 sums a row. */
  readonly losses: Data;
}

/** What the result is made for. */
export interface ResultForm {
  /** The weight. */
  readonly weight: Matrix;
  /** The column that was quantised at each position. */
  readonly order: Int32Array;
  /** The group of each column. */
  readonly groupIndex: Int32Array<ArrayBuffer>;
  /** Groups of a row. */
  readonly groups: number;
  /** Rows of a panel. */
  readonly panelRows: number;
  /** Bits and grids. */
  readonly options: GptqSolveOptions;
}

/** Gathers panels, each under the names `codes 0`, `grids 0`, `losses 0`, and so on. */
export function gatherResult(
  bytes: Record<string, ArrayBuffer>,
  { weight: { rows, columns }, order, groupIndex, groups, panelRows, options }: ResultForm,
): GptqResult {
  const { bits, symmetric, groupSize = -1 } = options;
  const codes = new Uint8Array(rows * columns);
  const scales = new Float32Array(rows * groups);
  const zeros = new Float32Array(rows * groups);
  const step = padded(columns);
  let loss = 0;
  for (let first = 0, i = 0; first < rows; first += panelRows, i++) {
    const count = Math.min(panelRows, rows - first);
    const packed = new Uint8Array(bytes[`codes ${i}`]);
    for (let r = 0; r < count; r++) {
      const to = (first + r) * columns;
      for (let k = 0; k < columns; k++) codes[to + order[k]] = packed[r * step + k];
    }
    const grids = new Float32Array(bytes[`grids ${i}`]);
    for (let g = 0; g < count * groups; g++) {
      scales[first * groups + g] = grids[2 * g];
      zeros[first * groups + g] = grids[2 * g + 1];
    }
    for (const sum of new Float32Array(bytes[`losses ${i}`])) loss += sum;
  }
  const form = { kind: "integer", rows, columns, bits, groupSize, symmetric } as const;
  return { weight: { ...form, codes, scales, zeros, groupIndex }, loss: loss / 2 };
}
