/**
 * What running one model takes: seconds to load it, memory, seconds for prompts and for each step.
 * @module
 */
import type { LlamaConfig } from "../../inference/llama_config.ts";
import { type OnnxDecoderOptions, openDecoder } from "../../inference/onnx_decoder.ts";
import { median } from "../time.ts";
import { type ResidentMemory, residentMemory } from "./peak_memory.ts";

/** What is run. */
export interface RunWork {
  /** Numbers of prompts that run at once. */
  readonly batches: readonly number[];
  /** Tokens of each prompt. */
  readonly promptTokens: number;
  /** Steps after the prompt; the first is not timed where there are more. */
  readonly newTokens: number;
}

/** Seconds of one batch. */
export interface BatchSeconds {
  /** Prompts at once. */
  readonly batch: number;
  /** All prompts, together. */
  readonly prefill: number;
  /** One step of all rows: the median. */
  readonly step: number;
  /** Bytes that were resident behind it; null where nothing tells. */
  readonly memory: ResidentMemory | null;
}

/** What one run took. */
export interface RunMeasure {
  /** Seconds to open the session. */
  readonly load: number;
  /** Bytes that were resident when it was open; null where nothing tells. */
  readonly loaded: ResidentMemory | null;
  /** Each batch. */
  readonly batches: readonly BatchSeconds[];
  /** The first logits behind the last step, by which two devices can be compared. */
  readonly logits: readonly number[];
}

/** Resident memory, where the system tells it. */
async function memoryHere(): Promise<ResidentMemory | null> {
  return Deno.build.os === "linux" ? await residentMemory() : null;
}

/** A prompt without meaning, the same for the same row. */
function prompt(row: number, tokens: number, vocabularySize: number): number[] {
  return Array.from(
    { length: tokens },
    (_, i) => i === 0 ? 1 : 3 + (row * 7919 + i * 104_729) % (vocabularySize - 3),
  );
}

/** Opens a graph, runs each batch once and closes it. */
export async function measureRun(
  model: string,
  config: LlamaConfig,
  work: RunWork,
  options: OnnxDecoderOptions,
): Promise<RunMeasure> {
  const start = performance.now();
  const decoder = await openDecoder(model, config, options);
  const load = (performance.now() - start) / 1000;
  const loaded = await memoryHere();
  const batches: BatchSeconds[] = [];
  let logits: number[] = [];
  try {
    for (const batch of work.batches) {
      const { prefill, steps, last } = await runBatch(decoder, batch, work);
      const step = median(steps.length > 1 ? steps.slice(1) : steps);
      batches.push({ batch, prefill, step, memory: await memoryHere() });
      logits = last;
    }
  } finally {
    await decoder.close();
  }
  return { load, loaded, batches, logits };
}

async function runBatch(
  decoder: Awaited<ReturnType<typeof openDecoder>>,
  batch: number,
  { promptTokens, newTokens }: RunWork,
): Promise<{ prefill: number; steps: number[]; last: number[] }> {
  const V = decoder.vocabularySize;
  const prompts = Array.from({ length: batch }, (_, row) => prompt(row, promptTokens, V));
  const rows = Int32Array.from({ length: batch }, (_, row) => row);
  let from = performance.now();
  const lap = () => {
    const now = performance.now();
    const seconds = (now - from) / 1000;
    from = now;
    return seconds;
  };
  const run = await decoder.start(prompts, { maxNewTokens: newTokens });
  try {
    const prefill = lap();
    const steps: number[] = [];
    for (let step = 0; step < newTokens; step++) {
      await run.step(rows.map((row) => 3 + (step * 31 + row) % (V - 3)), rows);
      steps.push(lap());
    }
    return { prefill, steps, last: [...run.logits.subarray(0, 8)] };
  } finally {
    run.release();
  }
}
