/**
 * Decodes greedily with llama.cpp, in a process of its own, whose import map alone names the package. Arguments: path of the GGUF file,
 * size of the vocabulary, threads, how actively they wait (0 to 100).
 * @module
 */
import { argmax } from "../argmax.ts";
import { answerLines } from "../answer_lines.ts";
import { median } from "../../time.ts";
import type { DecodedRun } from "../decoding_run.ts";
import { LlamaCpp } from "./library.ts";

const [gguf, vocabulary, threads, poll] = Deno.args;
const name = "@node-llama-cpp/linux-x64"; // a computed name is resolved only here, not when types are checked
const { getBinsDir }: { getBinsDir(): { binsDir: string; packageVersion: string } } = await import(
  name
);
const { binsDir, packageVersion } = getBinsDir();
const llama = await LlamaCpp.open(`${binsDir}/linux-x64`, gguf, {
  threads: Number(threads),
  poll: Number(poll),
  vocabularySize: Number(vocabulary),
});

/** New tokens behind a prompt, and the seconds of the median step. */
function greedy({ prompt, tokens }: { prompt: number[]; tokens: number }): DecodedRun {
  llama.clear();
  const made = [argmax(llama.append(Int32Array.from(prompt)))];
  const seconds: number[] = [];
  while (made.length <= tokens) {
    const start = performance.now();
    made.push(argmax(llama.append(Int32Array.of(made.at(-1)!))));
    seconds.push((performance.now() - start) / 1000);
  }
  return { tokens: made, secondsPerStep: median(seconds) };
}

/** Logits behind a prompt. */
function logits({ prompt }: { prompt: number[] }): number[] {
  llama.clear();
  return [...llama.append(Int32Array.from(prompt))];
}

await answerLines({ package: packageVersion, system: llama.systemInfo }, {
  greedy: (given) => greedy(given as { prompt: number[]; tokens: number }),
  logits: (given) => logits(given as { prompt: number[] }),
});
Deno.exit(0); // the pool's threads wait
