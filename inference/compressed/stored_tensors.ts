/**
 * The tensors of a compressed model's files, as they are stored and as dense ones.
 * @module
 */
import { dequantize } from "../../kernels/dequantize.ts";
import type { StoredWeight } from "../../kernels/stored_weight.ts";
import type { TensorInfo } from "../checkpoint.ts";
import { decodeFloats, encodeFloats, FLOAT_BYTES, type FloatDtype } from "../float_values.ts";
import type { SafetensorsFile } from "../safetensors.ts";
import { decodeWeight } from "./decode.ts";
import type { WeightDescription } from "./description.ts";
import { executedTensorBytes } from "./executed_bytes.ts";
import type { CompressionRecord } from "./record.ts";

/** The dtype in which the dense form of a stored weight holds all its values exactly. */
function denseDtype(weight: WeightDescription): FloatDtype {
  return weight.kind === "integer" || weight.kind === "nf4" ? "F32" : weight.dtype;
}

/** Gives the tensors of open and checked files; the methods are those of `CompressedModel`. */
export class StoredTensors {
  readonly #home: Map<string, SafetensorsFile>;

  constructor(
    private readonly folder: string,
    private readonly record: CompressionRecord,
    private readonly files: readonly SafetensorsFile[],
  ) {
    this.#home = new Map(
      files.flatMap((file) =>
        [...file.tensors.keys()].map((name): [string, SafetensorsFile] => [name, file])
      ),
    );
  }

  #file(tensor: string): SafetensorsFile {
    const file = this.#home.get(tensor);
    if (file) return file;
    throw new RangeError(
      `Cannot read tensor ${JSON.stringify(tensor)} of ${this.folder}: it has no such tensor`,
    );
  }

  #linear(name: string): WeightDescription | undefined {
    const { linears } = this.record;
    return Object.hasOwn(linears, name) ? linears[name] : undefined;
  }

  info(name: string): TensorInfo {
    const linear = this.#linear(name);
    if (linear) {
      const dtype = denseDtype(linear);
      const [rows, columns] = linear.shape;
      const byteLength = rows * columns * FLOAT_BYTES[dtype];
      const first = [".codes", ".mask", ""].find((part) => this.#home.has(name + part))!;
      const file = this.#file(name + first).path;
      return { name, dtype, shape: [rows, columns], byteLength, file };
    }
    const { path, tensors } = this.#file(name);
    const { dtype, shape, begin, end } = tensors.get(name)!;
    return { name, dtype, shape: [...shape], byteLength: end - begin, file: path };
  }

  async bytes(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const linear = this.#linear(name);
    if (!linear) return await this.#file(name).bytes(name);
    const { data } = dequantize(await this.storedWeight(name));
    return encodeFloats(data, denseDtype(linear));
  }

  async tensor(name: string): Promise<Float32Array<ArrayBuffer>> {
    return decodeFloats((await this.bytes(name)).buffer, this.info(name).dtype as FloatDtype);
  }

  async storedWeight(name: string): Promise<StoredWeight> {
    const read = (part: string) => this.storedPart(name, part);
    const linear = this.#linear(name);
    if (linear) return await decodeWeight(linear, read, name);
    const { shape: [rows, columns, ...others] } = this.info(name);
    if (columns === undefined || others.length > 0) {
      throw new RangeError(
        `Cannot read ${name} of ${this.folder} as a stored weight: it must be a matrix`,
      );
    }
    return { kind: "dense", rows, columns, data: await this.tensor(name) };
  }

  async storedPart(name: string, part: string): Promise<Uint8Array<ArrayBuffer>> {
    return await this.#file(name + part).bytes(name + part);
  }

  storedBytes(): number {
    const ends = this.files.map(({ tensors }) => [...tensors.values()].at(-1)!.end);
    return ends.reduce((sum, bytes) => sum + bytes, 0);
  }

  executedBytes(names: readonly string[]): number {
    const bytes = names.map((name) => executedTensorBytes(this.#linear(name), this.info(name)));
    return bytes.reduce((sum, more) => sum + more, 0);
  }
}
