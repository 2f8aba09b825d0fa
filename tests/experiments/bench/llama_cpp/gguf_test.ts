import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { tensorBytes, writeGguf } from "../../../../experiments/bench/llama_cpp/gguf.ts";
import {
  q4Blocks,
  rotaryRows,
  writeGgufModel,
} from "../../../../experiments/bench/llama_cpp/gguf_model.ts";
import { openForm } from "../../../../experiments/bench/decoding_models.ts";
import { roundToNearest } from "../../../../kernels/round_to_nearest.ts";
import { dequantizeInteger } from "../../../../kernels/dequantize.ts";
import { float16ToFloat32, float32ToFloat16 } from "../../../../kernels/float16.ts";
import { matrix } from "../../../../kernels/matrix.ts";
import { packBits } from "../../../../inference/compressed/bit_stream.ts";

/** What ggml's `dequantize_row_q4_0` gives: the low halves of a block's bytes first, then the high ones. */
function dequantizeQ4(bytes: Uint8Array): number[] {
  const values: number[] = [];
  for (let at = 0; at < bytes.length; at += 18) {
    const [scale] = float16ToFloat32(new Uint16Array(bytes.slice(at, at + 2).buffer));
    const codes = [...bytes.subarray(at + 2, at + 18)];
    for (const code of codes) values.push(((code & 15) - 8) * scale);
    for (const code of codes) values.push(((code >> 4) - 8) * scale);
  }
  return values;
}

class Reader {
  #at = 0;
  readonly #view: DataView;
  constructor(readonly bytes: Uint8Array<ArrayBuffer>) {
    this.#view = new DataView(bytes.buffer);
  }
  get at(): number {
    return this.#at;
  }
  uint32(): number {
    return this.#view.getUint32((this.#at += 4) - 4, true);
  }
  float32(): number {
    return this.#view.getFloat32((this.#at += 4) - 4, true);
  }
  uint64(): number {
    return Number(this.#view.getBigUint64((this.#at += 8) - 8, true));
  }
  string(): string {
    const length = this.uint64();
    return new TextDecoder().decode(this.bytes.subarray(this.#at, this.#at += length));
  }
}

/** The values and the tensors' infos of a file, and where its data begins. */
function parse(bytes: Uint8Array<ArrayBuffer>) {
  const reader = new Reader(bytes);
  const magic = [reader.uint32(), reader.uint32()];
  const [tensorCount, valueCount] = [reader.uint64(), reader.uint64()];
  const values: Record<string, string | number> = {};
  for (let i = 0; i < valueCount; i++) {
    const name = reader.string();
    const type = reader.uint32();
    values[name] = type === 8 ? reader.string() : type === 6 ? reader.float32() : reader.uint32();
  }
  const tensors = Array.from({ length: tensorCount }, () => {
    const name = reader.string();
    const sizes = Array.from({ length: reader.uint32() }, () => reader.uint64());
    return { name, sizes, type: reader.uint32(), offset: reader.uint64() };
  });
  return { magic, values, tensors, data: Math.ceil(reader.at / 32) * 32 };
}

describe("q4Blocks()", () => {
  it("holds the very numbers of symmetric 4-bit codes in groups of 32", () => {
    const [rows, columns] = [3, 64];
    const values = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i * 7) * i);
    const weight = roundToNearest(matrix(rows, columns, values), {
      bits: 4,
      groupSize: 32,
      symmetric: true,
    });
    const codes = packBits(weight.codes, rows, columns, 4);
    const blocks = q4Blocks(codes, float32ToFloat16(weight.scales));
    const rounded = { ...weight, scales: float16ToFloat32(float32ToFloat16(weight.scales)) };
    expect(dequantizeQ4(blocks)).toEqual([...dequantizeInteger(rounded).data]);
  });
});

describe("rotaryRows()", () => {
  it("puts the elements of a pair beside each other, in every head", () => {
    const rows = Uint8Array.from({ length: 8 }, (_, i) => i);
    expect([...rotaryRows(rows, 8, 4)]).toEqual([0, 2, 1, 3, 4, 6, 5, 7]);
  });
});

describe("writeGguf()", () => {
  it("refuses a tensor whose bytes are not those of its shape", async () => {
    const path = await Deno.makeTempFile();
    const tensor = {
      name: "t",
      type: "F32",
      shape: [2, 2],
      bytes: () => Promise.resolve(new Uint8Array(3)),
    } as const;
    await expect(writeGguf(path, new Map(), [tensor])).rejects.toThrow(
      /Cannot write tensor t: it has 3 bytes, not 16/,
    );
    await Deno.remove(path);
  });
});

describe("writeGgufModel()", () => {
  it("writes sizes, constants and every tensor of the embedded model, aligned", async () => {
    const folder = await Deno.makeTempDir({ prefix: "mtpress-gguf-" });
    const model = await openForm("tiny", "4 bits", folder);
    await writeGgufModel(model, `${folder}/model.gguf`, "F16");
    const bytes = await Deno.readFile(`${folder}/model.gguf`);
    const { magic, values, tensors, data } = parse(bytes);
    expect(magic).toEqual([0x46554747, 3]);
    expect(values["llama.block_count"]).toBe(model.config.layers);
    expect(values["llama.attention.layer_norm_rms_epsilon"])
      .toBe(Math.fround(model.config.rmsNormEpsilon));
    expect(tensors.length).toBe(model.names().length);
    let offset = 0;
    const types = ["F32", "F16", "Q4_0"] as const;
    for (const tensor of tensors) {
      expect(tensor.offset).toBe(offset);
      const length = tensorBytes({ type: types[tensor.type], shape: tensor.sizes });
      offset = Math.ceil((offset + length) / 32) * 32;
    }
    expect(bytes.length).toBe(data + offset);

    const down = tensors.find(({ name }) => name === "blk.1.ffn_down.weight")!;
    const [columns, rows] = down.sizes;
    const start = data + down.offset;
    const stored = dequantizeQ4(bytes.slice(start, start + rows * columns / 32 * 18));
    const dense = await model.tensor("model.layers.1.mlp.down_proj.weight");
    expect(stored).toEqual([...dense]);
    model.close();
    await Deno.remove(folder, { recursive: true });
  });

  it("refuses what Q4_0 cannot hold", async () => {
    const folder = await Deno.makeTempDir({ prefix: "mtpress-gguf-" });
    const model = await openForm("tiny", "3 bits", folder);
    await expect(writeGgufModel(model, `${folder}/model.gguf`, "F32")).rejects.toThrow(
      /as Q4_0: it must have symmetric codes of 4 bits in groups of 32 columns/,
    );
    model.close();
    await Deno.remove(folder, { recursive: true });
  });
});
