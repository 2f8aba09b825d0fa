/**
 * What is written down of a stored weight beside its tensors, and which tensors it has.
 *
 * The tensors of the weight W [R, C] of the name `N`, with G groups a row or B blocks:
 * - integer: `N.codes` U8 [R, ⌈C·bits/8⌉], each row a little-endian bit stream, the first column in the lowest bits; `N.scales` F16
 *   [R, G]; `N.zeros` U8 [R, ⌈G·bits/8⌉], the same bit stream, only if some zero point is not 2^(bits-1); `N.group_index` I32 [C], only
 *   if it is not ⌊c / groupSize⌋;
 * - nf4: `N.codes` U8 [⌈R·C/2⌉], the first code of a byte in its high half; `N.absmax` F32 [B], or for double quantisation `N.absmax`
 *   U8 [B], `N.nested_absmax` F32 [⌈B/256⌉] and `N.nested_offset` F32 [1];
 * - sparse: `N.mask` U8 [R, ⌈C/8⌉], column c in bit c % 8; `N.values` [kept] in the source's dtype, row-major;
 * - dense: `N` [R, C] in the source's dtype.
 * @module
 */
import { groupCount } from "../../kernels/grid.ts";
import type { FloatDtype } from "../float_values.ts";
import { rowBytes } from "./bit_stream.ts";

/** Block maxima that share one float32 when they are stored in 8 bits. */
export const NESTED_RUN = 256;

/** A weight of whole-number codes. */
export type IntegerDescription = {
  /** Which form this is. */
  readonly kind: "integer";
  /** [rows, columns] of the weight. */
  readonly shape: readonly [number, number];
  /** Bits of a code, 1 to 8. */
  readonly bits: number;
  /** Columns of a group, -1 for one group of all columns. */
  readonly groupSize: number;
  /** Whether the grid was made for a range that is symmetric around 0. */
  readonly symmetric: boolean;
  /** Whether zero points are stored; without them each is 2^(bits-1). */
  readonly zeros: boolean;
  /** Whether the columns' groups are stored; without them the group of column c is ⌊c / groupSize⌋. */
  readonly groupIndex: boolean;
};

/** A weight of NF4 codes. */
export type Nf4Description = {
  /** Which form this is. */
  readonly kind: "nf4";
  /** [rows, columns] of the weight. */
  readonly shape: readonly [number, number];
  /** Elements of a block. */
  readonly blockSize: number;
  /** Whether the block maxima are stored in 8 bits. */
  readonly nested: boolean;
};

/** A pruned weight. */
export type SparseDescription = {
  /** Which form this is. */
  readonly kind: "sparse";
  /** [rows, columns] of the weight. */
  readonly shape: readonly [number, number];
  /** Number of values that are kept. */
  readonly kept: number;
  /** Type of the values. */
  readonly dtype: FloatDtype;
};

/** A weight whose every value is stored. */
export type DenseDescription = {
  /** Which form this is. */
  readonly kind: "dense";
  /** [rows, columns] of the weight. */
  readonly shape: readonly [number, number];
  /** Type of the values. */
  readonly dtype: FloatDtype;
};

/** What is needed to read a stored weight from its tensors. */
export type WeightDescription =
  | IntegerDescription
  | Nf4Description
  | SparseDescription
  | DenseDescription;

/** Type and shape of one tensor of a stored weight. */
export interface PartShape {
  /** Element type, as safetensors spells it. */
  readonly dtype: string;
  /** Sizes, outermost first. */
  readonly shape: readonly number[];
}

function integerParts(weight: IntegerDescription): [string, PartShape][] {
  const [R, C] = weight.shape;
  const G = groupCount(C, weight.groupSize);
  const parts: [string, PartShape][] = [
    [".codes", { dtype: "U8", shape: [R, rowBytes(C, weight.bits)] }],
    [".scales", { dtype: "F16", shape: [R, G] }],
  ];
  if (weight.zeros) {
    parts.push([".zeros", { dtype: "U8", shape: [R, rowBytes(G, weight.bits)] }]);
  }
  if (weight.groupIndex) parts.push([".group_index", { dtype: "I32", shape: [C] }]);
  return parts;
}

function nf4Parts({ shape: [R, C], blockSize, nested }: Nf4Description): [string, PartShape][] {
  const B = Math.ceil(R * C / blockSize);
  const codes: [string, PartShape] = [".codes", { dtype: "U8", shape: [Math.ceil(R * C / 2)] }];
  if (!nested) return [codes, [".absmax", { dtype: "F32", shape: [B] }]];
  return [
    codes,
    [".absmax", { dtype: "U8", shape: [B] }],
    [".nested_absmax", { dtype: "F32", shape: [Math.ceil(B / NESTED_RUN)] }],
    [".nested_offset", { dtype: "F32", shape: [1] }],
  ];
}

/**
 * The tensors of a stored weight, in the order of their bytes.
 *
 * @returns type and shape by what follows the weight's own name: `".codes"`, or `""` for the one tensor of a dense weight.
 */
export function storedParts(weight: WeightDescription): Map<string, PartShape> {
  const { kind, shape } = weight;
  if (kind === "integer") return new Map(integerParts(weight));
  if (kind === "nf4") return new Map(nf4Parts(weight));
  if (kind === "dense") return new Map([["", { dtype: weight.dtype, shape }]]);
  return new Map([
    [".mask", { dtype: "U8", shape: [shape[0], rowBytes(shape[1], 1)] }],
    [".values", { dtype: weight.dtype, shape: [weight.kept] }],
  ]);
}
