/**
 * A stored weight from the tensors that were read from disk.
 * @module
 */
import type {
  IntegerWeight,
  NestedAbsmax,
  Nf4Weight,
  StoredWeight,
} from "../../kernels/stored_weight.ts";
import { groupCount } from "../../kernels/grid.ts";
import { keptCount, unpackMask } from "../../kernels/mask.ts";
import { decodeFloats } from "../float_values.ts";
import { unpackBits } from "./bit_stream.ts";
import {
  type IntegerDescription,
  NESTED_RUN,
  type Nf4Description,
  type WeightDescription,
} from "./description.ts";
import { groupOfColumn } from "./groups.ts";

/** Reads one tensor of a weight, by what follows the weight's own name; its buffer holds nothing else. */
export type PartReader = (part: string) => Promise<Uint8Array<ArrayBuffer>>;

async function decodeInteger(
  weight: IntegerDescription,
  read: PartReader,
  name: string,
): Promise<IntegerWeight> {
  const { shape: [rows, columns], bits, groupSize, symmetric } = weight;
  const groups = groupCount(columns, groupSize);
  const groupIndex = weight.groupIndex
    ? new Int32Array((await read(".group_index")).buffer)
    : Int32Array.from({ length: columns }, (_, c) => groupOfColumn(c, groupSize));
  const wrong = groupIndex.find((group) => group < 0 || group >= groups);
  if (wrong !== undefined) {
    throw new RangeError(
      `Cannot read weight ${name}: a column's group must be below ${groups}, not ${wrong}`,
    );
  }
  return {
    kind: "integer",
    rows,
    columns,
    bits,
    groupSize,
    symmetric,
    codes: unpackBits(await read(".codes"), rows, columns, bits),
    scales: decodeFloats((await read(".scales")).buffer, "F16"),
    zeros: weight.zeros
      ? Float32Array.from(unpackBits(await read(".zeros"), rows, groups, bits))
      : new Float32Array(rows * groups).fill(2 ** (bits - 1)),
    groupIndex,
  };
}

async function decodeNf4(weight: Nf4Description, read: PartReader): Promise<Nf4Weight> {
  const { shape: [rows, columns], blockSize, nested } = weight;
  const codes = await read(".codes");
  const floats = async (part: string) => decodeFloats((await read(part)).buffer, "F32");
  const absmax: Float32Array | NestedAbsmax = nested
    ? {
      codes: await read(".absmax"),
      absmax: await floats(".nested_absmax"),
      offset: (await floats(".nested_offset"))[0],
      blockSize: NESTED_RUN,
    }
    : await floats(".absmax");
  return { kind: "nf4", rows, columns, blockSize, codes, absmax };
}

/**
 * Reads a weight from its tensors, whose sizes are those of `storedParts`.
 *
 * @param weight the weight's description.
 * @param read gives a tensor's bytes.
 * @param name the weight's name, for errors.
 * @throws {RangeError} if a stored index lies outside its range, or a mask does not keep as many elements as there are values.
 */
export async function decodeWeight(
  weight: WeightDescription,
  read: PartReader,
  name: string,
): Promise<StoredWeight> {
  const [rows, columns] = weight.shape;
  switch (weight.kind) {
    case "integer":
      return await decodeInteger(weight, read, name);
    case "nf4":
      return await decodeNf4(weight, read);
    case "dense": {
      const data = decodeFloats((await read("")).buffer, weight.dtype);
      return { kind: "dense", rows, columns, data };
    }
    case "sparse": {
      const mask = await read(".mask");
      const values = decodeFloats((await read(".values")).buffer, weight.dtype);
      const kept = keptCount(unpackMask(mask, rows, columns));
      if (kept !== values.length) {
        throw new RangeError(
          `Cannot read weight ${name}: its mask keeps ${kept} elements, but it has ${values.length} values`,
        );
      }
      return { kind: "sparse", rows, columns, mask, values };
    }
  }
}
