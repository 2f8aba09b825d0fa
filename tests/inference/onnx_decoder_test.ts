import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { tinyModelFolder } from "../../data/tiny.ts";
import { openCheckpoint } from "../../inference/checkpoint.ts";
import { decodingBytes } from "../../inference/decoding_memory.ts";
import { writeLlamaGraph } from "../../inference/llama_graph.ts";
import { openDecoder } from "../../inference/onnx_decoder.ts";
import {
  decodingError,
  logitsOf,
  longPromptError,
  type OpenCase,
  openCase,
  openFolder,
  randomTokens,
  relativeError,
  VARIANTS,
} from "./decoder_cases.ts";
import { writeRandomCheckpoint } from "./random_checkpoint.ts";

describe("openDecoder()", () => {
  for (const [name, options] of Object.entries(VARIANTS)) {
    it(`is within 1e-4 of the largest logit of the float64 oracle at every step: ${name}`, async () => {
      const open = await openCase(options, "cpu");
      expect(await decodingError(open, 40)).toBeLessThan(1e-4); // 40: the cache is extended twice
      expect(await longPromptError(open)).toBeLessThan(1e-4);
      await open.close();
    });
  }

  it("is within 1e-4 of the largest logit of the float64 oracle on the embedded model", async () => {
    const open = await openFolder(tinyModelFolder(), await Deno.makeTempDir(), "cpu");
    const { decoder, oracle } = open;
    const prompts = [30, 12, 25].map((length, i) => [
      1,
      ...randomTokens(i, length, decoder.vocabularySize),
    ]);
    const run = await decoder.start(prompts, { maxNewTokens: 0 });
    expect(relativeError(run, prompts, oracle)).toBeLessThan(1e-4);
    await open.close();
  });

  it("opens nothing when the model is missing, and names it", async () => {
    const open = await openCase({}, "cpu");
    await open.close();
    const config = { layers: 1, keyValueHeads: 1, headSize: 16 } as never;
    await expect(openDecoder("no/such/model.onnx", config, { device: "cpu" }))
      .rejects.toThrow("Cannot load no/such/model.onnx on device cpu: ");
    await expect(openDecoder("model.onnx", config, { device: "cpu", threads: 0 }))
      .rejects.toThrow("Cannot use 0 threads: it must be a positive integer");
  });
});

describe("OnnxDecoder", () => {
  let open: OpenCase;
  before(async () => {
    open = await openCase({ maxPositions: 32, vocabularySize: 50, keyValueHeads: 2 }, "cpu");
  });
  after(() => open.close());

  it("start() gives a row the same logits alone, among others, and behind padding", async () => {
    const prompt = randomTokens(1, 6, 50);
    const alone = await logitsOf(open.decoder, [prompt], 0);
    const others = [randomTokens(2, 14, 50), randomTokens(3, 3, 50)];
    const among = await logitsOf(open.decoder, [others[0], prompt, others[1]], 1);
    const largest = Math.max(...alone.map(Math.abs));
    alone.forEach((logit, v) => expect(Math.abs(logit - among[v])).toBeLessThan(1e-5 * largest));
  });

  it("step() gives a row exactly the same logits whatever the other rows are", async () => {
    const prompt = randomTokens(1, 6, 50);
    const continued = async (other: number[], token: number) => {
      const run = await open.decoder.start([other, prompt], { maxNewTokens: 1 });
      await run.step(Int32Array.of(token, 7), Int32Array.of(0, 1));
      const logits = run.logits.slice(50);
      run.release();
      return logits;
    };
    expect(await continued(randomTokens(2, 8, 50), 3))
      .toEqual(await continued(randomTokens(4, 8, 50), 49));
  });

  it("step() fills the model's last position and then refuses", async () => {
    let rows = [randomTokens(5, 30, 50)];
    const run = await open.decoder.start(rows, { maxNewTokens: 2 });
    for (const token of [4, 5]) {
      await run.step(Int32Array.of(token), Int32Array.of(0));
      rows = [[...rows[0], token]];
    }
    expect(relativeError(run, rows, open.oracle)).toBeLessThan(1e-4);
    await expect(run.step(Int32Array.of(6), Int32Array.of(0)))
      .rejects.toThrow("every row has grown by maxNewTokens already");
    run.release();
  });

  it("start() refuses prompts that it cannot run, before it runs them", async () => {
    const start = (prompts: number[][], maxNewTokens = 2) =>
      open.decoder.start(prompts, { maxNewTokens });
    await expect(start([])).rejects.toThrow("there must be at least one prompt");
    await expect(start([[1], []])).rejects.toThrow("prompt 1 has no token");
    await expect(start([[1, 50]])).rejects.toThrow("the vocabulary has ids 0 to 49");
    await expect(start([[1.5]])).rejects.toThrow(RangeError);
    await expect(start([[1]], -1)).rejects.toThrow("with maxNewTokens -1");
    await expect(start([[1], Array(31).fill(1)])).rejects.toThrow(
      "prompt 1 has 31 tokens and may grow by 2, but the model has only 32 positions",
    );
  });

  it("start() refuses on the CPU what takes more memory than it may, before it runs it", async () => {
    const { folder, remove } = await writeRandomCheckpoint();
    const checkpoint = await openCheckpoint(folder);
    const { config } = checkpoint;
    const { model } = await writeLlamaGraph(checkpoint, folder);
    checkpoint.close();
    const size = { prompts: 2, beams: 3, longest: 4, maxNewTokens: 20 };
    const memoryBytes = decodingBytes(config, size);
    const decoder = await openDecoder(model, config, { device: "cpu", memoryBytes });
    const start = (prompts: number) =>
      decoder.start(Array(prompts).fill([1, 2, 3, 4]), { maxNewTokens: 20, beams: 3 });
    (await start(2)).release();
    await expect(start(3)).rejects.toThrow("decode at most 2 at once");
    await decoder.close();
    await remove();
  });

  it("step() refuses rows and tokens that do not exist", async () => {
    const run = await open.decoder.start([[1], [2]], { maxNewTokens: 9 });
    const step = (tokens: number[], source: number[]) =>
      run.step(Int32Array.from(tokens), Int32Array.from(source));
    await expect(step([1], [2])).rejects.toThrow("Cannot continue row 2: there are rows 0 to 1");
    await expect(step([1], [-1])).rejects.toThrow(RangeError);
    await expect(step([50], [0])).rejects.toThrow("Cannot decode token 50");
    await expect(step([1], [0, 1])).rejects.toThrow("1 tokens and 2 source rows");
    await expect(step([], [])).rejects.toThrow(RangeError);
    run.release();
    await expect(step([1], [0])).rejects.toThrow("the run is released");
  });

  it("close() releases what is open, twice without harm, and ends decoding", async () => {
    const other = await openCase({}, "cpu");
    const run = await other.decoder.start([[1]], { maxNewTokens: 1 });
    await other.close();
    await other.decoder.close();
    run.release();
    await expect(other.decoder.start([[1]], { maxNewTokens: 1 }))
      .rejects.toThrow("the decoder is closed");
    await expect(run.step(Int32Array.of(1), Int32Array.of(0))).rejects.toThrow("released");
  });

  it("facts name the device, the provider, the version and the threads", () => {
    expect(open.decoder.facts).toEqual({
      device: "cpu",
      provider: "cpu",
      adapter: null,
      onnxruntime: "1.30.0",
      threads: 2,
    });
  });
});
