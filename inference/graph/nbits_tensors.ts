/**
 * The tensors that MatMulNBits takes of a weight of whole-number codes: from the decoded weight, or straight from disk where its bytes
 * lie there in the same order.
 *
 * Letters: W [N, K].
 * @module
 */
import { groupCount } from "../../kernels/grid.ts";
import type { IntegerWeight } from "../../kernels/stored_weight.ts";
import { packBits, unpackBits } from "../compressed/bit_stream.ts";
import type { PartReader } from "../compressed/decode.ts";
import type { IntegerDescription } from "../compressed/description.ts";
import { groupOfColumn } from "../compressed/groups.ts";
import { decodeFloats } from "../float_values.ts";
import { type NBitsForm, nbitsForm } from "./nbits_form.ts";

/**
 * The order of columns in which groups lie side by side, or undefined if they already do.
 *
 * @throws {RangeError} if a group other than the last has not `groupSize` columns.
 */
function columnOrder(weight: IntegerWeight, tensor: string): Int32Array | undefined {
  const { columns: K, groupIndex, groupSize } = weight;
  if (groupIndex.every((group, k) => group === groupOfColumn(k, groupSize))) return undefined;
  const order = Int32Array.from({ length: K }, (_, k) => k)
    .sort((a, b) => groupIndex[a] - groupIndex[b] || a - b);
  const wrong = order.findIndex((k, at) => groupIndex[k] !== groupOfColumn(at, groupSize));
  if (wrong < 0) return order;
  throw new RangeError(
    `Cannot run weight ${tensor} in groups of ${groupSize} columns: each group but the last must ` +
      `have so many, but group ${groupOfColumn(wrong, groupSize)} has not`,
  );
}

/** Codes [N, blocks · blockSize] with the columns in order and `shift` added to each; what pads a row meets no input. */
function containerCodes(
  weight: IntegerWeight,
  form: NBitsForm,
  order: Int32Array | undefined,
  shift: number,
): Uint8Array {
  const { rows: N, columns: K, codes } = weight;
  const width = form.blocks * form.blockSize;
  const wide = new Uint8Array(N * width);
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < K; k++) {
      wide[n * width + k] = codes[n * K + (order ? order[k] : k)] + shift;
    }
  }
  return wide;
}

/** One value for each block [N, blocks] from one for each group [N, groups]. */
function perBlock(
  { rows: N, groupSize }: Pick<IntegerWeight, "rows" | "groupSize">,
  form: NBitsForm,
  values: Float32Array,
): Float32Array {
  const groups = values.length / N;
  const all = new Float32Array(N * form.blocks);
  for (let n = 0, i = 0; n < N; n++) {
    for (let block = 0; block < form.blocks; block++, i++) {
      all[i] =
        values[n * groups + (groups === 1 ? 0 : groupOfColumn(block * form.blockSize, groupSize))];
    }
  }
  return all;
}

/** What the operator takes beside its input. */
export interface NBitsTensors {
  /** N. */
  readonly rows: number;
  /** K. */
  readonly columns: number;
  readonly form: NBitsForm;
  /** [N, blocks, blockBytes]. */
  readonly codes: Uint8Array;
  /** [N, blocks]. */
  readonly scales: Float32Array;
  /** [N, zeroBytes], where zero points are not the middle code. */
  readonly zeros?: Uint8Array;
  /** The columns' order [K], where it is not their own. */
  readonly order?: Int32Array;
}

function packedZeros(
  weight: Pick<IntegerWeight, "rows" | "groupSize">,
  form: NBitsForm,
  zeros: Float32Array,
): Uint8Array {
  const values = Uint8Array.from(perBlock(weight, form, zeros));
  return packBits(values, weight.rows, form.blocks, form.bits);
}

/**
 * The operator's tensors of a decoded weight.
 *
 * @param tensor the weight's name, for errors.
 * @throws {RangeError} if the weight's groups have a size or an order that the operator cannot take.
 */
export function tensorsOf(weight: IntegerWeight, tensor: string): NBitsTensors {
  const { rows: N, columns: K, groupSize } = weight;
  const middle = 2 ** (weight.bits - 1);
  const zeros = weight.zeros.some((zero) => zero !== middle);
  const form = nbitsForm({ shape: [N, K], bits: weight.bits, groupSize, zeros });
  const order = columnOrder(weight, tensor);
  const shift = zeros ? 0 : 2 ** (form.bits - 1) - middle;
  const codes = containerCodes(weight, form, order, shift);
  return {
    rows: N,
    columns: K,
    form,
    codes: packBits(codes, N, form.blocks * form.blockSize, form.bits),
    scales: perBlock(weight, form, weight.scales),
    zeros: zeros ? packedZeros(weight, form, weight.zeros) : undefined,
    order,
  };
}

/** The same from disk without a look at the codes, where they lie there as the operator takes them; else undefined. */
export async function tensorsAsStored(
  weight: IntegerDescription,
  read: PartReader,
): Promise<NBitsTensors | undefined> {
  const form = nbitsForm(weight);
  const { shape: [N, K], bits, groupSize, zeros, groupIndex } = weight;
  if (groupIndex || form.bits !== bits || form.blocks * form.blockSize !== K) return undefined;
  const weightRows = { rows: N, groupSize };
  const points = zeros && unpackBits(await read(".zeros"), N, groupCount(K, groupSize), bits);
  return {
    rows: N,
    columns: K,
    form,
    codes: await read(".codes"),
    scales: perBlock(weightRows, form, decodeFloats((await read(".scales")).buffer, "F16")),
    zeros: points ? packedZeros(weightRows, form, Float32Array.from(points)) : undefined,
  };
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/**
 * The tensors of weights of the same input as those of one weight, whose rows are theirs, one weight after the other; undefined if they
 * differ in what the operator takes once for all rows.
 */
export function joinRows(parts: readonly NBitsTensors[]): NBitsTensors | undefined {
  const [first] = parts;
  const { form: { bits, blockSize }, columns, order } = first;
  const alike = parts.every((part) =>
    part.form.bits === bits && part.form.blockSize === blockSize && part.columns === columns &&
    (part.zeros === undefined) === (first.zeros === undefined) &&
    String(part.order) === String(order)
  );
  if (!alike) return undefined;
  const scales = parts.map(({ scales: { buffer, byteOffset, byteLength } }) =>
    new Uint8Array(buffer, byteOffset, byteLength)
  );
  return {
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    columns,
    form: first.form,
    codes: joinBytes(parts.map(({ codes }) => codes)),
    scales: new Float32Array(joinBytes(scales).buffer),
    zeros: first.zeros && joinBytes(parts.map(({ zeros }) => zeros!)),
    order,
  };
}
