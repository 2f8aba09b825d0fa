/**
 * A checkpoint as it is when it is loaded in half precision: ALMA-7B is stored in float32, and the study, like most who run it, loads it
 * as float16.
 * @module
 */
import { float16ToFloat32 } from "../kernels/float16.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { encodeFloats, isFloatDtype } from "./float_values.ts";
import { release } from "./release.ts";

/**
 * A view of a checkpoint whose weights are float16: those stored as F32 or BF16 are rounded to the nearest, ties to even, whenever they
 * are read; tensors of other types are as they are. It shares the checkpoint's files, `close()` included.
 *
 * @param source an open checkpoint.
 * @returns the view: `info()` says F16, `sha256()` is that of the source's files, and `roundedTo` tells the two apart.
 * @throws {TypeError} if the source is a compressed model, whose forms have dtypes of their own. Reading a tensor rejects with a
 *   RangeError if one of its values is too large for float16, whose largest is 65,504.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { inFloat16, openCheckpoint, tinyModelFolder } from "mtpress";
 *
 * const source = await openCheckpoint(tinyModelFolder());
 * const half = inFloat16(source);
 * equal(half.info("model.norm.weight").dtype, "F16");
 * equal(await half.sha256(), await source.sha256());
 * half.close();
 * ```
 */
export function inFloat16(source: Checkpoint): Checkpoint {
  if ("storedWeight" in source) {
    throw new TypeError(
      `Cannot take ${source.folder} as float16: it is a compressed model, whose parts have their own types`,
    );
  }
  const isRounded = (name: string) => {
    const { dtype } = source.info(name);
    return dtype !== "F16" && isFloatDtype(dtype);
  };
  async function bytes(name: string): Promise<Uint8Array<ArrayBuffer>> {
    if (!isRounded(name)) return await source.bytes(name);
    const values = await source.tensor(name);
    const halves = encodeFloats(values, "F16");
    checkRange(values, new Uint16Array(halves.buffer), source, name);
    release(values);
    return halves;
  }
  return {
    folder: source.folder,
    config: source.config,
    roundedTo: "float16",
    names: () => source.names(),
    info(name) {
      const info = source.info(name);
      if (!isRounded(name)) return info;
      return { ...info, dtype: "F16", byteLength: info.shape.reduce((a, b) => a * b, 2) };
    },
    bytes,
    async tensor(name) {
      if (!isRounded(name)) return await source.tensor(name);
      const halves = await bytes(name);
      const values = float16ToFloat32(new Uint16Array(halves.buffer));
      release(halves);
      return values;
    },
    sha256: () => source.sha256(),
    close: () => source.close(),
  };
}

const INFINITE = 0x7c00; // the exponent's bits of a float16 that is infinite or no number

function checkRange(
  values: Float32Array,
  halves: Uint16Array,
  { info }: Checkpoint,
  name: string,
): void {
  for (let i = 0; i < halves.length; i++) {
    if ((halves[i] & INFINITE) !== INFINITE || !Number.isFinite(values[i])) continue;
    throw new RangeError(
      `Cannot take tensor ${name} of ${info(name).file} as float16: number ${i} is ${
        values[i]
      }, and ` +
        "the largest float16 is 65504",
    );
  }
}
