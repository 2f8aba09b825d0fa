/**
 * Decoding against transformers.js, on the folder that `exportModel()` writes for it.
 * @module
 */
import { defaultThreads } from "../../inference/devices.ts";
import { exportModel } from "../../inference/export/export_model.ts";
import { greedySearch } from "../../inference/greedy.ts";
import type { OnnxDecoder } from "../../inference/onnx_decoder.ts";
import { type BenchContext, type BenchResult, interleave, ratioOf } from "./benchmark.ts";
import { type DecodingForm, openForm, writeGraph } from "./decoding_models.ts";
import { anyPrompt, type DecodingWork, openOnCpu } from "./decoding_run.ts";
import { orNote, startDeno } from "./decoding_programs.ts";
import type { PythonProcess } from "./python_process.ts";

const PROMPT = 32;
const TOKENS = 64;

interface Generated {
  readonly tokens: readonly number[];
  readonly seconds: number;
}

/** Compares the embedded model in float32 and in 4 bits. */
export async function* compareWithTransformersJs(
  context: BenchContext,
): AsyncGenerator<BenchResult> {
  for (const form of ["float32", "4 bits"] as const) {
    const result = await orNote("transformers.js", context, () => compare(form, context));
    if (result) yield result;
  }
}

async function compare(form: DecodingForm, context: BenchContext): Promise<BenchResult> {
  const threads = defaultThreads();
  const root = `${context.workFolder}/transformers-${form}`;
  const model = await openForm("tiny", form, root);
  const { config } = model;
  const graph = await writeGraph(model, `${root}/graph`, 1);
  await exportModel({
    model,
    format: "transformers.js",
    folder: `${root}/exported`,
    source: "tiny",
  });
  model.close();
  const ours = await openOnCpu(graph, config, threads);
  try {
    const given = [root, "exported", String(threads)];
    const { process: theirs, about } = await startDeno<{ version: string }>(
      "transformers_js",
      given,
    );
    await using _end = theirs;
    const { version } = about;
    const work = { prompt: anyPrompt(PROMPT, config), tokens: TOKENS };
    return await measure(form, { ours, theirs, version }, work, context);
  } finally {
    await ours.close();
  }
}

async function generate(
  decoder: OnnxDecoder,
  { prompt, tokens }: DecodingWork,
): Promise<Generated> {
  const start = performance.now();
  const [found] = await greedySearch(decoder, [prompt], { maxNewTokens: tokens, eosIds: [] });
  return { tokens: found.tokens, seconds: (performance.now() - start) / 1000 };
}

async function measure(
  form: DecodingForm,
  both: { ours: OnnxDecoder; theirs: PythonProcess; version: string },
  work: DecodingWork,
  context: BenchContext,
): Promise<BenchResult> {
  const ask = () => both.theirs.ask<Generated>("greedy", { ...work });
  const [own, other] = [await generate(both.ours, work), await ask()];
  const equal = String(own.tokens) === String(other.tokens);
  const contestants = await interleave(
    [
      { name: "mtpress", run: async () => work.tokens / (await generate(both.ours, work)).seconds },
      {
        name: `transformers.js ${both.version}`,
        run: async () => work.tokens / (await ask()).seconds,
      },
    ],
    context.repeats,
    context,
  );
  const [mtpress, transformersJs] = contestants;
  const title = `Greedy search tiny, batch 1, ${form}`;
  return {
    benchmark: "decoding",
    title,
    size: { threads: defaultThreads(), prompt: PROMPT, tokens: TOKENS },
    unit: "tokens/s",
    contestants,
    ratios: equal ? [ratioOf(`${title}: mtpress / transformers.js`, mtpress, transformersJs)] : [],
    notes: [
      "the same weights in the same ONNX Runtime, level 1; the prompt is part of the time; here with the probability of each token",
      equal
        ? `all ${work.tokens} tokens are the same`
        : "no ratio: the two did not choose the same tokens",
    ],
  };
}
