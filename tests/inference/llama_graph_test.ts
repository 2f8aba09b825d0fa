import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { openCheckpoint } from "../../inference/checkpoint.ts";
import { denseLinear, float16Linear, type LinearWriter } from "../../inference/graph/linear.ts";
import { llamaTensorShapes } from "../../inference/llama_config.ts";
import { type LlamaGraphOptions, writeLlamaGraph } from "../../inference/llama_graph.ts";
import { openDecoder } from "../../inference/onnx_decoder.ts";
import { ALIGNMENT } from "../../inference/onnx/external_data.ts";
import { logitsOf } from "./decoder_cases.ts";
import { type RandomCheckpointOptions, writeRandomCheckpoint } from "./random_checkpoint.ts";

/** Bytes of both files of a random checkpoint's graph. */
async function graphOf(
  options: RandomCheckpointOptions,
  linear?: LinearWriter,
): Promise<{ model: Uint8Array; data: Uint8Array }> {
  const { folder, remove } = await writeRandomCheckpoint(options);
  const checkpoint = await openCheckpoint(folder);
  const files = await writeLlamaGraph(checkpoint, `${folder}/graph`, { linear });
  checkpoint.close();
  const [model, data] = [await Deno.readFile(files.model), await Deno.readFile(files.data)];
  await remove();
  return { model, data };
}

/** Where tensors lie, as the model file says: the values of the external data's `offset` and `length`. */
function ranges(model: Uint8Array): { offset: number; length: number }[] {
  const text = new TextDecoder("latin1").decode(model);
  const numbers = (key: string) =>
    [...text.matchAll(new RegExp(`${key}\\x12.(\\d+)`, "gs"))].map((match) => Number(match[1]));
  const lengths = numbers("length");
  return numbers("offset").map((offset, i) => ({ offset, length: lengths[i] }));
}

/** Logits of a random checkpoint on the CPU, with the bytes of its graph's data. */
async function runGraph(
  options: RandomCheckpointOptions,
  graph: LlamaGraphOptions,
): Promise<{ logits: Float32Array; bytes: number }> {
  const { folder, remove } = await writeRandomCheckpoint(options);
  const checkpoint = await openCheckpoint(folder);
  const files = await writeLlamaGraph(checkpoint, folder, graph);
  checkpoint.close();
  const decoder = await openDecoder(files.model, checkpoint.config, { device: "cpu", threads: 2 });
  const logits = await logitsOf(decoder, [[1, 5, 9, 5]], 0);
  await decoder.close();
  const bytes = (await Deno.stat(files.data)).size;
  await remove();
  return { logits, bytes };
}

describe("writeLlamaGraph()", () => {
  it("puts every weight and both rotary tables into the data file, aligned and apart", async () => {
    const { model, data } = await graphOf({});
    const all = ranges(model);
    expect(all.length).toBe(2 * 9 + 3 + 2); // two layers; embedding, norm and head; cos and sin
    let end = 0;
    for (const { offset, length } of all) {
      expect(offset % ALIGNMENT).toBe(0);
      expect(offset).toBe(Math.ceil(end / ALIGNMENT) * ALIGNMENT);
      end = offset + length;
    }
    expect(data.length).toBe(end);
    expect(model.length).toBeLessThan(20_000); // no weight is inside
  });

  it("keeps float16 as float16 and stores a tied head once", async () => {
    const bytes = async (options: RandomCheckpointOptions) =>
      ranges((await graphOf({ vocabularySize: 256, ...options })).model)
        .reduce((sum, { length }) => sum + length, 0);
    const tables = 2 * 4 * 128 * 8;
    const full = await bytes({ dtype: "F32" }) - tables;
    expect(await bytes({ dtype: "F16" }) - tables).toBe(full / 2);
    expect(await bytes({ dtype: "BF16" }) - tables).toBe(full); // as float32, exactly
    expect(await bytes({ tiedEmbeddings: true }) - tables).toBe(full - 4 * 256 * 64);
  });

  it("writes the same bytes for the same checkpoint", async () => {
    const options = { dtype: "F16", tiedEmbeddings: true } as const;
    expect(await graphOf(options)).toEqual(await graphOf(options));
  });

  it("hands every linear layer, and the head last, to the `linear` option", async () => {
    const seen: string[] = [];
    await graphOf({ layers: 2 }, (graph, checkpoint, linear) => {
      seen.push(linear.role === "head" ? `head ${linear.tensor}` : linear.tensor);
      return denseLinear(graph, checkpoint, linear);
    });
    const config = { layers: 2, heads: 1, keyValueHeads: 1, headSize: 2 } as never;
    const linears = [...llamaTensorShapes(config).keys()].filter((name) => name.includes("_proj"));
    expect(seen).toEqual([...linears, "head lm_head.weight"]);
  });

  it("gives the same logits and data whether all of the embedding becomes float32 or its rows only", async () => {
    for (const tiedEmbeddings of [false, true]) {
      for (const dtype of ["F16", "BF16", "F32"] as const) {
        const whole = await runGraph({ dtype, tiedEmbeddings }, { embedding: "whole" });
        expect(await runGraph({ dtype, tiedEmbeddings }, { embedding: "rows" })).toEqual(whole);
      }
    }
  });
});

describe("float16Linear", () => {
  it("gives denseLinear's logits on the CPU, whose runtime has no float16 and leaves the rounding out", async () => {
    const options = { dtype: "F16" } as const;
    const wide = await runGraph(options, {});
    const half = await runGraph(options, { linear: float16Linear });
    expect(half.bytes).toBe(wide.bytes);
    const largest = Math.max(...wide.logits.map(Math.abs));
    const distance = Math.max(...wide.logits.map((logit, v) => Math.abs(logit - half.logits[v])));
    expect(distance / largest).toBeLessThan(1e-2);
  });

  it("writes other dtypes as denseLinear does", async () => {
    expect(await graphOf({}, float16Linear)).toEqual(await graphOf({}, denseLinear));
  });
});
