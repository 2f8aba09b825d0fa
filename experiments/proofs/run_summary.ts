/**
 * What the runs of several models took, in lines and as JSON: medians over the repeats, and ratios within each repeat.
 * @module
 */
import { gigabytes } from "../../inference/decoding_memory.ts";
import { median } from "../time.ts";
import { type ResidentMemory, residentMemory } from "./peak_memory.ts";
import type { BatchSeconds, RunMeasure, RunWork } from "./run_measure.ts";
import type { ReadyModel } from "./run_models.ts";

/** Medians of one batch size of one model. */
interface BatchSummary {
  batch: number;
  prefillTokensPerSecond: number;
  newTokensPerSecond: number;
  secondsPerToken: number;
  /** Median over the repeats of this model's seconds to the first model's. */
  prefillRatio: number;
  tokenRatio: number;
}

function largest(measures: readonly RunMeasure[]): ResidentMemory | null {
  const all = measures.flatMap(({ batches }) => batches.map(({ memory }) => memory));
  return all.reduce((most, memory) => !most || memory && memory.now > most.now ? memory : most);
}

function memoryText(memory: ResidentMemory | null): string {
  return memory
    ? `${gigabytes(memory.now)} (${gigabytes(memory.files)} of it mapped files)`
    : "unknown";
}

function batchSummary(
  at: number,
  own: readonly RunMeasure[],
  first: readonly RunMeasure[],
  { promptTokens }: RunWork,
): BatchSummary {
  const of = (pick: (seconds: BatchSeconds) => number) => (list: readonly RunMeasure[]) =>
    list.map(({ batches }) => pick(batches[at]));
  const ratio = (pick: (seconds: BatchSeconds) => number) => {
    const base = of(pick)(first);
    return median(of(pick)(own).map((seconds, repeat) => seconds / base[repeat]));
  };
  const { batch } = own[0].batches[at];
  const secondsPerStep = median(of(({ step }) => step)(own));
  return {
    batch,
    prefillTokensPerSecond: batch * promptTokens / median(of(({ prefill }) => prefill)(own)),
    newTokensPerSecond: batch / secondsPerStep,
    secondsPerToken: secondsPerStep / batch,
    prefillRatio: ratio(({ prefill }) => prefill),
    tokenRatio: ratio(({ step }) => step),
  };
}

/** Prints a summary and gives it as JSON. */
export async function summarize(
  models: readonly ReadyModel[],
  measures: readonly (readonly RunMeasure[])[],
  work: RunWork,
  print: (line: string) => void,
): Promise<Record<string, unknown>> {
  const results = models.map((model, i) => {
    const own = measures[i];
    const batches = work.batches.map((_, at) => batchSummary(at, own, measures[0], work));
    const load = median(own.map((measure) => measure.load));
    const loaded = own[0].loaded;
    const ran = largest(own);
    const { name, computes, bytes, expected, written } = model;
    print("");
    print(`${name} (${computes}): ${gigabytes(bytes)} of weights, loaded in ${load.toFixed(1)} s`);
    print(
      `  resident when loaded ${memoryText(loaded)}, at most behind a batch ${memoryText(ran)}`,
    );
    for (const row of batches) {
      print(
        `  batch ${row.batch}: prompt ${row.prefillTokensPerSecond.toFixed(1)} tokens/s ` +
          `(x ${row.prefillRatio.toFixed(2)} the time of ${models[0].name}), ` +
          `new ${row.newTokensPerSecond.toFixed(2)} tokens/s, ` +
          `${(1000 * row.secondsPerToken).toFixed(1)} ms each (x ${row.tokenRatio.toFixed(2)})`,
      );
    }
    return { name, computes, bytes, expected, written, load, loaded, ran, batches };
  });
  const memory = Deno.build.os === "linux" ? await residentMemory() : null;
  print("");
  print(`Peak resident memory of the process: ${memory ? gigabytes(memory.peak) : "unknown"}`);
  return { ...work, models: results, peak: memory?.peak ?? null };
}
