import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { type Checkpoint, openCheckpoint } from "../../../inference/checkpoint.ts";
import { openCompressedModel } from "../../../inference/compressed/model.ts";
import { joinedStoredLinear, storedLinear } from "../../../inference/graph/stored_linear.ts";
import { writeLlamaGraph } from "../../../inference/llama_graph.ts";
import { openDecoder } from "../../../inference/onnx_decoder.ts";
import { gptq } from "../../../kernels/gptq.ts";
import { quantizeNf4 } from "../../../kernels/nf4.ts";
import { roundToNearest } from "../../../kernels/round_to_nearest.ts";
import { itNeeds } from "../../needs.ts";
import { type CompressOne, compressWith } from "../compressed/compress_with.ts";
import { decodingError, logitsOf } from "../decoder_cases.ts";
import { runWithDriver, SOFTWARE_DRIVER, SWIFTSHADER } from "../software_adapter.ts";
import { unevenHessian } from "../export/compressed_tiny.ts";
import { formErrors, FORMS, MIXTURES, openForm, smallModel } from "./stored_cases.ts";

const TOLERANCE = 1e-4; // of the largest logit

function tooFar(errors: Record<string, number>): [string, number][] {
  return Object.entries(errors).filter(([, error]) => !(error < TOLERANCE));
}

/** The decimal values that a model file gives to a key of its external data. */
function numbersAfter(key: string, model: Uint8Array): number[] {
  const text = new TextDecoder("latin1").decode(model);
  const values = text.matchAll(new RegExp(`${key}\\x12.(\\d+)`, "gs"));
  return [...values].map((match) => Number(match[1]));
}

describe("storedLinear()", () => {
  let source: { folder: string; remove: () => Promise<void> };
  before(async () => {
    source = await smallModel();
  });
  after(() => source.remove());

  it("computes the logits of the dequantised weights on the CPU, in every form alone and beside others", async () => {
    const errors = await formErrors({ ...FORMS, ...MIXTURES }, "cpu");
    expect(tooFar(errors)).toEqual([]);
  });

  itNeeds(
    SWIFTSHADER,
    "computes the logits of the dequantised weights on WebGPU, in every form beside others",
    async () => {
      const child = "graph/stored_child.ts";
      const { stdout, stderr } = await runWithDriver(SOFTWARE_DRIVER!, child);
      if (stdout === "") throw new Error(stderr);
      const errors = JSON.parse(stdout);
      expect(Object.keys(errors)).toEqual(Object.keys(MIXTURES));
      expect(tooFar(errors)).toEqual([]);
    },
  );

  it("is measurably less exact at accuracy level 4, which rounds activations to 8 bits", async () => {
    for (const name of ["4 bits, group 128", "8 bits, whole rows"]) {
      const open = await openForm(source.folder, FORMS[name], "cpu", 4);
      const error = await decodingError(open, 1);
      await open.close();
      expect(error).toBeGreaterThan(10 * TOLERANCE);
      expect(error).toBeLessThan(0.1);
    }
  });

  /** Bytes of the graph's data without the rounding to pages, and what `executedBytes` says, less what is no weight. */
  async function bytes(compress: CompressOne): Promise<{ graph: number; executed: number }> {
    const folder = await Deno.makeTempDir({ prefix: "mtpress-bytes-" });
    const checkpoint = await openCheckpoint(source.folder);
    await compressWith(checkpoint, folder, compress);
    checkpoint.close();
    const model = await openCompressedModel(folder);
    const linear = storedLinear({ accuracyLevel: 1 });
    const files = await writeLlamaGraph(model, `${folder}/graph`, { linear });
    const lengths = numbersAfter("length", await Deno.readFile(files.model));
    const executed = model.executedBytes();
    const rotary = 2 * 4 * model.config.maxPositions * model.config.headSize / 2;
    model.close();
    await Deno.remove(folder, { recursive: true });
    return { graph: lengths.reduce((sum, length) => sum + length, 0) - rotary, executed };
  }

  it("writes as many bytes as executedBytes() says", async () => {
    for (const [name, compress] of Object.entries(FORMS)) {
      const { graph, executed } = await bytes(compress);
      expect([name, graph]).toEqual([name, executed]);
    }
  });

  it("writes codes that lie on disk as the operator takes them as it writes them after decoding", async () => {
    for (const [bits, symmetric] of [[2, true], [4, true], [4, false], [8, false]] as const) {
      const folder = await Deno.makeTempDir({ prefix: "mtpress-raw-" });
      const checkpoint = await openCheckpoint(source.folder);
      const rtn = { bits, groupSize: 32, symmetric };
      await compressWith(checkpoint, folder, (weight) => roundToNearest(weight, rtn));
      checkpoint.close();
      const model = await openCompressedModel(folder);
      const linear = storedLinear({ accuracyLevel: 1 });
      const decoded: string[] = [];
      const storedWeight = (tensor: string) => {
        decoded.push(tensor);
        return model.storedWeight(tensor);
      };
      const watched = { ...model, storedWeight } as Checkpoint;
      const direct = await writeLlamaGraph(watched, folder, { linear, name: "direct" });
      expect(decoded).toEqual(["model.layers.0.mlp.down_proj.weight"]); // 200 columns fill no blocks of 32
      // an index of groups, which says what their places say, sends every weight through its decoded form
      const linears = Object.fromEntries(
        Object.entries(model.record.linears).map(([name, weight]) =>
          [name, weight.kind === "integer" ? { ...weight, groupIndex: true } : weight] as const
        ),
      );
      const indexed = { ...model, record: { ...model.record, linears } } as Checkpoint;
      const files = await writeLlamaGraph(indexed, folder, { linear, name: "indexed" });
      expect(await Deno.readFile(files.data)).toEqual(await Deno.readFile(direct.data));
      model.close();
      await Deno.remove(folder, { recursive: true });
    }
  });

  it("refuses by name what no operator takes", async () => {
    await expect(bytes((weight) => quantizeNf4(weight, { blockSize: 48 }))).rejects.toThrow(
      /Cannot run weight model.layers.0.self_attn.q_proj.weight in NF4 blocks of 48/,
    );
    await expect(bytes((weight) => quantizeNf4(weight, { blockSize: 8 }))).rejects.toThrow(
      /MatMulBnb4 takes blocks of a power of two from 16$/,
    );
    await expect(
      bytes((weight) => roundToNearest(weight, { bits: 4, groupSize: 40, symmetric: true })),
    )
      .rejects.toThrow(
        /in groups of 40 columns: MatMulNBits takes blocks of a power of two from 16/,
      );
    await expect(bytes((weight) => {
      const stored = roundToNearest(weight, { bits: 4, groupSize: 64, symmetric: true });
      return { ...stored, groupIndex: stored.groupIndex.map((_, column) => column % 3) };
    })).rejects.toThrow(/in groups of 64 columns: each group but the last must have so many/);
  });
});

describe("joinedStoredLinear()", () => {
  const NODES = ["qkv_proj", "gate_up_proj"];

  /** Logits of a prompt and a step, layers of the same input joined or not, and which joined nodes the graph has. */
  async function run(
    source: string,
    compress: CompressOne,
    join: boolean,
    accuracyLevel: 1 | 4,
  ): Promise<{ logits: number[]; nodes: string[] }> {
    const folder = await Deno.makeTempDir({ prefix: "mtpress-joined-" });
    const checkpoint = await openCheckpoint(source);
    await compressWith(checkpoint, folder, compress);
    checkpoint.close();
    const model = await openCompressedModel(folder);
    const linear = storedLinear({ accuracyLevel });
    const joined = join ? joinedStoredLinear({ accuracyLevel }) : undefined;
    const graph = await writeLlamaGraph(model, folder, { linear, joined });
    model.close();
    const text = new TextDecoder("latin1").decode(await Deno.readFile(graph.model));
    const decoder = await openDecoder(graph.model, model.config, { device: "cpu", threads: 2 });
    const logits = [...await logitsOf(decoder, [[1, 5, 9, 5], [3, 2]], 2)];
    await decoder.close();
    await Deno.remove(folder, { recursive: true });
    return { logits, nodes: NODES.filter((name) => text.includes(name)) };
  }

  const rtn = (bits: number, symmetric: boolean): CompressOne => (weight) =>
    roundToNearest(weight, { bits, groupSize: 32, symmetric });
  const ordered: CompressOne = (weight) => {
    const options = { bits: 4, groupSize: 32, symmetric: true, actOrder: true };
    return gptq(weight, unevenHessian(weight.columns), options).weight;
  };

  it("gives the very logits of layers that are written one by one, at both levels", async () => {
    const { folder, remove } = await smallModel();
    try {
      for (const compress of [rtn(4, true), rtn(4, false), rtn(3, true), rtn(8, true), ordered]) {
        for (const level of [1, 4] as const) {
          const joined = await run(folder, compress, true, level);
          const apart = await run(folder, compress, false, level);
          expect([joined.nodes, apart.nodes]).toEqual([NODES, []]);
          expect(joined.logits).toEqual(apart.logits);
        }
      }
    } finally {
      await remove();
    }
  });

  it("leaves layers apart that the operator cannot take together", async () => {
    const { folder, remove } = await smallModel();
    try {
      const bits: CompressOne = (weight, index) => rtn(index % 2 ? 8 : 4, true)(weight, index);
      expect((await run(folder, bits, true, 1)).nodes).toEqual([]);
      const nf4: CompressOne = (weight) => quantizeNf4(weight, { blockSize: 64 });
      expect((await run(folder, nf4, true, 1)).nodes).toEqual([]);
    } finally {
      await remove();
    }
  });
});
