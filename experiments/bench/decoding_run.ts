/**
 * Greedy decoding, timed step by step, so that a moment in which something else had the processor does not count.
 * @module
 */
import { type OnnxDecoder, openDecoder } from "../../inference/onnx_decoder.ts";
import type { LlamaConfig } from "../../inference/llama_config.ts";
import { median } from "../time.ts";
import { argmax } from "./argmax.ts";

/** What is decoded. */
export interface DecodingWork {
  /** Tokens of the prompt. */
  readonly prompt: readonly number[];
  /** Steps behind the prompt. */
  readonly tokens: number;
}

/** What decoding gave. */
export interface DecodedRun {
  /** The token behind the prompt, and one of each step. */
  readonly tokens: readonly number[];
  /** Seconds of a step: the median. */
  readonly secondsPerStep: number;
}

/** Decodes greedily. */
export async function decodeGreedily(
  decoder: OnnxDecoder,
  { prompt, tokens }: DecodingWork,
): Promise<DecodedRun> {
  const run = await decoder.start([prompt], { maxNewTokens: tokens });
  try {
    const made = [argmax(run.logits)];
    const seconds: number[] = [];
    const same = Int32Array.of(0);
    while (made.length <= tokens) {
      const start = performance.now();
      await run.step(Int32Array.of(made.at(-1)!), same);
      made.push(argmax(run.logits));
      seconds.push((performance.now() - start) / 1000);
    }
    return { tokens: made, secondsPerStep: median(seconds) };
  } finally {
    run.release();
  }
}

/** Logits behind a prompt. */
export async function logitsBehind(
  decoder: OnnxDecoder,
  prompt: readonly number[],
): Promise<Float32Array> {
  const run = await decoder.start([prompt], { maxNewTokens: 0 });
  const logits = run.logits.slice();
  run.release();
  return logits;
}

/** A prompt without meaning. */
export function anyPrompt(tokens: number, { vocabularySize: V }: LlamaConfig): number[] {
  return Array.from({ length: tokens }, (_, i) => i === 0 ? 1 : 3 + i * 104_729 % (V - 3));
}

/** Opens a graph on the CPU. */
export function openOnCpu(
  graph: string,
  config: LlamaConfig,
  threads: number,
): Promise<OnnxDecoder> {
  return openDecoder(graph, config, { device: "cpu", threads });
}

/** How many of two runs' tokens agree before the first that does not. */
export function agreement(ours: readonly number[], theirs: readonly number[]): number {
  const at = ours.findIndex((token, i) => token !== theirs[i]);
  return at < 0 ? ours.length : at;
}

/** The largest distance of two rows of logits, relative to the largest logit. */
export function relativeDistance(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  let [distance, largest] = [0, 0];
  for (let i = 0; i < ours.length; i++) {
    distance = Math.max(distance, Math.abs(ours[i] - theirs[i]));
    largest = Math.max(largest, Math.abs(theirs[i]));
  }
  return distance / largest;
}
