/**
 * Integer weights for products on a graphics adapter: see integer.wgsl.
 * @module
 */
import { float16ToFloat32, float32ToFloat16 } from "../../float16.ts";
import type { IntegerWeight } from "../../stored_weight.ts";
import { packStream } from "../../word_stream.ts";
import {
  type PackedPanel,
  type PackedProduct,
  PADDING,
  rowPanels,
  type RowRange,
  STEP,
} from "./packed_product.ts";

const WIDTHS = [2, 3, 4, 8];
const SMALLEST_NORMAL = 2 ** -14; // adapters may take smaller float16 numbers for 0
const ONE_GROUP = 2 ** 24; // more steps than a row has

/** Where the columns lie on the device, and the group of each step. */
interface Layout {
  readonly order?: Int32Array;
  readonly stepGroups: Int32Array;
}

/** Checks what types do not say. */
function checkInteger(weight: IntegerWeight): void {
  const { rows, columns, bits, groupSize, codes, scales, zeros, groupIndex } = weight;
  if (!WIDTHS.includes(bits)) {
    throw new RangeError(
      `Cannot multiply with ${bits}-bit codes on a graphics adapter: bits must be 2, 3, 4 or 8`,
    );
  }
  if (groupSize !== -1 && !(Number.isInteger(groupSize) && groupSize > 0 && groupSize % 32 === 0)) {
    throw new RangeError(
      `Cannot multiply with groups of ${groupSize} columns on a graphics adapter: ` +
        "groupSize must be -1 (all columns) or a multiple of 32",
    );
  }
  const groups = scales.length / rows;
  if (
    codes.length !== rows * columns || groupIndex.length !== columns ||
    zeros.length !== scales.length || !Number.isInteger(groups) ||
    !groupIndex.every((group) => group >= 0 && group < groups)
  ) {
    throw new RangeError(
      `Cannot multiply with a weight [${rows}, ${columns}] of ${codes.length} codes, ${scales.length} scales, ` +
        `${zeros.length} zeros and ${groupIndex.length} group indices: they must fit the sizes and each other`,
    );
  }
  const wide = codes.findIndex((code) => code >= 2 ** bits);
  if (wide >= 0) {
    throw new RangeError(
      `Cannot pack ${codes[wide]} into ${bits} bits: it must be below ${2 ** bits}`,
    );
  }
}

/** The weight's own order where each step lies in one group; else columns sorted by group, each group from a new step. */
function layoutOf({ columns, groupIndex }: IntegerWeight): Layout {
  const steps = Math.ceil(columns / STEP);
  const stepGroups = Int32Array.from({ length: steps }, (_, step) => groupIndex[step * STEP]);
  if (groupIndex.every((group, c) => group === stepGroups[Math.floor(c / STEP)])) {
    return { stepGroups };
  }
  const members = new Map<number, number[]>();
  groupIndex.forEach((group, c) => {
    const own = members.get(group);
    if (own) own.push(c);
    else members.set(group, [c]);
  });
  const sorted = [...members].sort(([a], [b]) => a - b);
  const order = sorted.flatMap(([, own]) => {
    const padding = -own.length & (STEP - 1);
    return [...own, ...new Array<number>(padding).fill(PADDING)];
  });
  const groups = sorted.flatMap(([group, own]) =>
    new Array<number>(Math.ceil(own.length / STEP)).fill(group)
  );
  return { order: Int32Array.from(order), stepGroups: Int32Array.from(groups) };
}

/** The steps of a group and the weight's group of each device group; a device group for each step where groups are uneven. */
function deviceGroups(weight: IntegerWeight, stepGroups: Int32Array): [number, Int32Array] {
  const size = weight.groupSize === -1 ? ONE_GROUP : weight.groupSize / STEP;
  if (!stepGroups.every((group, step) => group === Math.floor(step / size))) return [1, stepGroups];
  return [size, Int32Array.from({ length: stepGroups[stepGroups.length - 1] + 1 }, (_, g) => g)];
}

/** Whether a scale and a zero point keep their values as float16. */
function isNarrow({ scales, zeros }: IntegerWeight): boolean {
  const halves = float16ToFloat32(float32ToFloat16(scales));
  return scales.every((scale, i) => scale === halves[i] && Math.abs(scale) >= SMALLEST_NORMAL) &&
    zeros.every((zero) => Number.isInteger(zero) && zero >= 0 && zero < 2048);
}

/** Scale and zero point of each row and device group. */
function packGrids(
  weight: IntegerWeight,
  { first, rows }: RowRange,
  sources: Int32Array,
  narrow: boolean,
): Uint32Array | Float32Array {
  const groups = weight.scales.length / weight.rows;
  const pairs = new Float32Array(2 * rows * sources.length);
  for (let r = 0, at = 0; r < rows; r++) {
    for (const g of sources) {
      pairs[at++] = weight.scales[(first + r) * groups + g];
      pairs[at++] = weight.zeros[(first + r) * groups + g];
    }
  }
  return narrow ? new Uint32Array(float32ToFloat16(pairs).buffer) : pairs;
}

function packCodes(
  { columns, bits, codes }: IntegerWeight,
  { first, rows }: RowRange,
  steps: number,
  order?: Int32Array,
): Uint32Array {
  const words = new Uint32Array(rows * steps * bits);
  const count = order?.length ?? columns;
  for (let r = 0; r < rows; r++) {
    const row = (first + r) * columns;
    packStream(words, { first: r * steps * bits, stride: 1, bits, count }, (i) => {
      const c = order ? order[i] : i;
      return c === PADDING ? 0 : codes[row + c];
    });
  }
  return words;
}

/**
 * Packs whole-number codes. Grids take 4 bytes a group where their scales are float16 numbers, as those of stored models are, and 8
 * elsewhere. A `groupIndex` that is not in steps of 32 columns, as act-order gives, sorts the columns by group.
 *
 * @param weight an integer weight of 2, 3, 4 or 8 bits in groups of a multiple of 32 columns, or one group.
 * @param panelBytes bytes of a panel's largest array.
 * @throws {RangeError} if bits, group size or the arrays' lengths are others.
 */
export function packInteger(weight: IntegerWeight, panelBytes: number): PackedProduct {
  checkInteger(weight);
  const { rows, columns, bits } = weight;
  const { order, stepGroups } = layoutOf(weight);
  const [groupSteps, sources] = deviceGroups(weight, stepGroups);
  const narrow = isNarrow(weight);
  const steps = stepGroups.length;
  const rowBytes = [4 * steps * bits, (narrow ? 4 : 8) * sources.length];
  const panels = rowPanels(rows, panelBytes, () => rowBytes).map((range): PackedPanel => ({
    ...range,
    data: [
      packCodes(weight, range, steps, order),
      packGrids(weight, range, sources, narrow),
    ],
  }));
  return {
    ...{ format: "integer", rows, columns, steps, groups: sources.length, panels },
    ...order && { order },
    constants: { BITS: bits, GROUP_STEPS: groupSteps, NARROW: Number(narrow) },
  };
}
