/**
 * Decoding against llama.cpp, with the very same 4-bit values on both sides.
 * @module
 */
import { defaultThreads } from "../../inference/devices.ts";
import type { OnnxDecoder } from "../../inference/onnx_decoder.ts";
import {
  type BenchContext,
  type BenchResult,
  interleave,
  ratioOf,
  type RatioTarget,
  type Runnable,
} from "./benchmark.ts";
import { type DecodingSize, openForm, writeGraph } from "./decoding_models.ts";
import {
  agreement,
  anyPrompt,
  type DecodedRun,
  decodeGreedily,
  type DecodingWork,
  logitsBehind,
  openOnCpu,
  relativeDistance,
} from "./decoding_run.ts";
import { median } from "../time.ts";
import { writeGgufModel } from "./llama_cpp/gguf_model.ts";
import { orNote, startDeno } from "./decoding_programs.ts";
import type { PythonProcess } from "./python_process.ts";

const PROMPT = 32;
const TOKENS = 64;

/** Our speed over llama.cpp's. */
const AS_FAST: RatioTarget = { least: 0.8 };

/** Logits of the same weights differ by so much of the largest where both round activations to 8 bits, each in its own way. */
const LARGEST_DISTANCE = 0.1;

/** How actively llama.cpp's threads wait: its own default, and not at all, which is better on a busy machine. The faster counts. */
const POLLS = [50, 0];

/** Columns of a group in the recipes' GPTQ; llama.cpp's Q4_0 has 32. */
const USUAL_GROUP = 128;

/** The two programs with the same model. */
interface Both {
  readonly ours: OnnxDecoder;
  /** The same model in the recipes' groups. */
  readonly usual: OnnxDecoder;
  /** One process for each of `POLLS`. */
  readonly theirs: readonly PythonProcess[];
  readonly package: string;
  readonly system: string;
}

/** Compares the embedded model and the one of 135 million parameters. */
export async function* compareWithLlamaCpp(context: BenchContext): AsyncGenerator<BenchResult> {
  if (!context.llamaCpp) return;
  if (Deno.build.target !== "x86_64-unknown-linux-gnu") {
    context.log(`llama.cpp was not measured: its package is not known for ${Deno.build.target}`);
    return;
  }
  const sizes: DecodingSize[] = context.quick ? ["tiny"] : ["tiny", "135m"];
  for (const size of sizes) {
    const result = await orNote("llama.cpp", context, () => compare(size, context));
    if (result) yield result;
  }
}

async function compare(size: DecodingSize, context: BenchContext): Promise<BenchResult> {
  const threads = defaultThreads();
  const folder = `${context.workFolder}/llama-${size}`;
  const model = await openForm(size, "4 bits", folder);
  const { config } = model;
  const graph = await writeGraph(model, `${folder}/graph`, 4);
  const gguf = `${folder}/model.gguf`;
  await writeGgufModel(model, gguf, "F32");
  model.close();
  const ours = await openOnCpu(graph, config, threads);
  const usual = await openUsual(size, folder, threads);
  try {
    await using programs = new AsyncDisposableStack();
    const theirs: PythonProcess[] = [];
    let about = { package: "", system: "" };
    for (const poll of POLLS) {
      const given = [gguf, config.vocabularySize, threads, poll].map(String);
      const started = await startDeno<typeof about>("llama_cpp", given);
      theirs.push(programs.use(started.process));
      about = started.about;
    }
    const work = { prompt: anyPrompt(PROMPT, config), tokens: TOKENS };
    return await measure(size, { ours, usual, theirs, ...about }, work, context);
  } finally {
    await ours.close();
    await usual.close();
  }
}

async function openUsual(
  size: DecodingSize,
  folder: string,
  threads: number,
): Promise<OnnxDecoder> {
  const model = await openForm(size, "4 bits", folder, USUAL_GROUP);
  const graph = await writeGraph(model, `${folder}/graph-${USUAL_GROUP}`, 4);
  const { config } = model;
  model.close();
  return await openOnCpu(graph, config, threads);
}

function ask(program: PythonProcess, work: DecodingWork): Promise<DecodedRun> {
  return program.ask("greedy", { ...work });
}

function runnables(both: Both, work: DecodingWork): Runnable[] {
  const own = (name: string, decoder: OnnxDecoder): Runnable => ({
    name,
    run: async () => 1 / (await decodeGreedily(decoder, work)).secondsPerStep,
  });
  return [
    own("mtpress, 4 bits, level 4", both.ours),
    own(`mtpress, 4 bits in groups of ${USUAL_GROUP}, level 4`, both.usual),
    ...both.theirs.map((program, i) => ({
      name: `llama.cpp, Q4_0, poll ${POLLS[i]}`,
      note: `npm node-llama-cpp ${both.package}, called directly; ${both.system}`,
      run: async () => 1 / (await ask(program, work)).secondsPerStep,
    })),
  ];
}

async function measure(
  size: DecodingSize,
  both: Both,
  work: DecodingWork,
  context: BenchContext,
): Promise<BenchResult> {
  const distance = relativeDistance(
    await logitsBehind(both.ours, work.prompt),
    await both.theirs[0].ask<number[]>("logits", { prompt: work.prompt }),
  );
  const same = agreement(
    (await decodeGreedily(both.ours, work)).tokens,
    (await ask(both.theirs[0], work)).tokens,
  );
  const contestants = await interleave(runnables(both, work), context.repeats, context);
  const [mtpress, usual, ...llamaCpps] = contestants;
  const llamaCpp = llamaCpps.reduce((best, next) =>
    median(next.samples) > median(best.samples) ? next : best
  );
  const title = `Decoding ${size}, batch 1, 4 bits`;
  const target = size === "135m" ? AS_FAST : undefined;
  const equal = distance <= LARGEST_DISTANCE;
  return {
    benchmark: "decoding",
    title,
    size: { threads: defaultThreads(), prompt: PROMPT, tokens: TOKENS },
    unit: "tokens/s",
    contestants,
    ratios: equal
      ? [
        ratioOf(`${title}: mtpress / llama.cpp`, mtpress, llamaCpp, target),
        ratioOf(
          `${title}: mtpress in groups of ${USUAL_GROUP} / llama.cpp`,
          usual,
          llamaCpp,
          target,
        ),
      ]
      : [],
    notes: [
      "linear layers: the same codes of 4 bits and float16 scales in groups of 32 on both sides, activations rounded to 8 bits; " +
      "embedding, norms and head in float32 on both sides; keys and values float32 here, float16 there",
      `groups of ${USUAL_GROUP} are those of the recipes; that model has other codes, and was compared with nothing`,
      `logits behind the prompt differ by at most ${distance.toPrecision(2)} of the largest; ` +
      `the first ${same} of ${work.tokens + 1} greedy tokens are the same`,
      ...equal ? [] : ["no ratio: the two do not compute the same model"],
      "llama.cpp's threads wait actively or not at all, and the faster counts; ours wait actively for 20 µs at a time",
    ],
  };
}
