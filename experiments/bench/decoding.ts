/**
 * Decoding one sequence on the CPU: every form of the weights against float32, and the same weights in other programs.
 * @module
 */
import type { AccuracyLevel } from "../../inference/graph/nbits.ts";
import { defaultThreads } from "../../inference/devices.ts";
import type { OnnxDecoder } from "../../inference/onnx_decoder.ts";
import {
  type BenchContext,
  type Benchmark,
  type BenchResult,
  interleave,
  ratioOf,
  type RatioTarget,
} from "./benchmark.ts";
import { compareWithLlamaCpp } from "./decoding_llama_cpp.ts";
import {
  type DecodingForm,
  type DecodingSize,
  GROUP_SIZE,
  openForm,
  writeGraph,
} from "./decoding_models.ts";
import { anyPrompt, decodeGreedily, type DecodingWork, openOnCpu } from "./decoding_run.ts";
import { compareWithTransformersJs } from "./decoding_transformers_js.ts";

/** A form at an accuracy level. */
type Variant = readonly [form: DecodingForm, level: AccuracyLevel];

const LARGE: readonly Variant[] = [
  ["float32", 1],
  ["8 bits", 4],
  ["4 bits", 1],
  ["4 bits", 4],
  ["3 bits", 4],
  ["2 bits", 4],
  ["NF4", 1],
];

/** What is measured of a size; 8 and 2 bits in float32, and sparse weights, only where a step takes little. */
const VARIANTS: Readonly<Record<DecodingSize, readonly Variant[]>> = {
  "tiny": [...LARGE, ["8 bits", 1], ["3 bits", 1], ["2 bits", 1], ["sparse", 1]],
  "135m": LARGE,
  "1.1b": [["float32", 1], ["8 bits", 4], ["4 bits", 1], ["4 bits", 4]],
};

const PROMPT = 32;
const TOKENS = 48;

/** The speed of 4 bits over that of float32. */
const FASTER: RatioTarget = { least: 1.5 };

/** Decoding, batch 1. */
export const DECODING: Benchmark = {
  id: "decoding",
  sentence:
    "Tokens a second at batch 1 in every form, against float32, transformers.js and llama.cpp",
  async *run(context) {
    const sizes: DecodingSize[] = context.quick ? ["tiny"] : ["tiny", "135m", "1.1b"];
    for (const size of sizes) yield await compareForms(size, context);
    yield* compareWithTransformersJs(context);
    yield* compareWithLlamaCpp(context);
  },
};

function nameOf([form, level]: Variant): string {
  return /bits/.test(form) ? `${form}, level ${level}` : form;
}

/** All forms of a size in turn. All are open at the same time. */
async function compareForms(size: DecodingSize, context: BenchContext): Promise<BenchResult> {
  const threads = defaultThreads();
  const opened: { name: string; decoder: OnnxDecoder; work: DecodingWork }[] = [];
  let parameters = 0;
  try {
    for (const [at, variant] of VARIANTS[size].entries()) {
      const [form, level] = variant;
      context.log(`${size}: ${nameOf(variant)}`);
      const folder = `${context.workFolder}/decoding-${size}-${at}`;
      const model = await openForm(size, form, folder);
      const { config } = model;
      parameters = model.names().map((name) => model.info(name).shape)
        .reduce((sum, shape) => sum + shape.reduce((a, b) => a * b), 0);
      const graph = await writeGraph(model, `${folder}/graph`, level);
      model.close();
      const decoder = await openOnCpu(graph, config, threads);
      const work = { prompt: anyPrompt(PROMPT, config), tokens: TOKENS };
      opened.push({ name: nameOf(variant), decoder, work });
    }
    const runnables = opened.map(({ name, decoder, work }) => ({
      name,
      run: async () => 1 / (await decodeGreedily(decoder, work)).secondsPerStep,
    }));
    const contestants = await interleave(runnables, context.repeats, context);
    const [float32, ...others] = contestants;
    const title = `Decoding ${size}, batch 1`;
    return {
      benchmark: "decoding",
      title,
      size: { parameters, threads, prompt: PROMPT, tokens: TOKENS },
      unit: "tokens/s",
      contestants,
      ratios: others.map((other) =>
        ratioOf(
          `${title}: ${other.name} / float32`,
          other,
          float32,
          size === "135m" && other.name.startsWith("4 bits") ? FASTER : undefined,
        )
      ),
      notes: [
        ...notesOn(size),
        ...context.llamaCpp ? [] : ["llama.cpp was not measured: --llama asks for it"],
      ],
    };
  } finally {
    for (const { decoder } of opened) await decoder.close();
  }
}

function notesOn(size: DecodingSize): string[] {
  return [
    `linear layers in the form, codes in groups of ${GROUP_SIZE} columns and symmetric, NF4 in blocks of 64; embedding, norms and ` +
    "head in float32",
    "level 1 computes in float32, level 4 with activations rounded to 8 bits; codes of 3 bits run in containers of 4",
    "a sample is the rate of the median step, the token chosen included",
    size === "tiny"
      ? "pruned weights are expanded and run as dense ones"
      : "random weights; pruned ones would be the same work as float32",
  ];
}
