/**
 * Evidence with invented numbers that supports every claim that can be tested.
 * @module
 */
import type { ClaimEvidence } from "../../../experiments/claims/evidence.ts";
import { seededRandom } from "../../../metrics/random.ts";

/** BLEU out of English, into English, and half the width of the samples' spread. */
export type ExampleBleu = [outOfEnglish: number, intoEnglish: number, spread?: number];

/** The numbers that evidence is made of; keys are method ids. */
export interface ExampleNumbers {
  bleu: Record<string, ExampleBleu>;
  perplexity: Record<string, number[]>;
  sparsity: Record<string, number>;
  memory: Record<string, [stored: number, library: number]>;
  times: Record<string, number[]>;
}

const NUMBERS: ExampleNumbers = {
  bleu: {
    baseline: [26, 34.5],
    "gptq-2": [0.01, 0.02, 0.001],
    "gptq-3": [20, 23.5],
    "gptq-4": [25.7, 33.9],
    "gptq-8": [25.8, 34],
    nf4: [25.9, 34.2],
    "sq-nf4": [26.3, 34.9],
    "sq-nf4-n32": [26.1, 34.7],
    "sq-nf4-n64": [26, 34.6],
    "sq-nf4-n128": [26.15, 34.7],
    "sq-nf4-n256": [26.05, 34.6],
    "wanda-40": [24, 31.8],
    "wanda-40-n32": [23.8, 31.6],
    "wanda-40-n64": [23.7, 31.5],
    "wanda-40-n128": [23.85, 31.65],
    "wanda-40-n256": [23.7, 31.5],
    "wanda-dsnot-40": [24, 31.8],
    "wanda-gptq-40-4": [24.3, 32.4],
  },
  perplexity: { "wanda-40": [4, 5, 6], "wanda-dsnot-40": [3.9, 4.8, 5.9] },
  sparsity: { "wanda-gptq-40-4": 0.5 },
  memory: {
    baseline: [1000, 1010],
    "gptq-2": [170, 171],
    "gptq-3": [235, 236],
    "gptq-4": [300, 301],
    "gptq-8": [555, 556],
    nf4: [310, 309],
    "sq-nf4": [311, 309],
    "wanda-40": [660, 1000],
    "wanda-gptq-40-4": [300, 301],
  },
  times: {
    baseline: [1, 1.1, 0.9, 1, 1.2, 1, 1],
    "gptq-4": [4, 4.4, 3.6, 4.1, 4.8, 4, 4],
    nf4: [2, 2.2, 1.8, 2.1, 2.4, 2, 2],
    "sq-nf4": [2, 2.2, 1.8, 2.1, 2.4, 2, 2],
    "wanda-40": [0.5, 0.5, 0.5, 0.4, 0.5, 0.5, 0.5],
    "wanda-gptq-40-4": [4.1, 4.5, 3.7, 4.2, 4.9, 4.1, 4.1],
  },
};

/** A fresh copy of the numbers, to be changed. */
export function exampleNumbers(): ExampleNumbers {
  return structuredClone(NUMBERS);
}

/** Evidence of numbers. Samples of different methods spread independently. */
export function exampleEvidence(numbers: ExampleNumbers = NUMBERS): ClaimEvidence {
  const { bleu, perplexity, sparsity, memory, times } = numbers;
  let seed = 0;
  const samples = (value: number, spread: number) => {
    const random = seededRandom(seed++);
    const draw = () => value + spread * (random.below(2001) / 1000 - 1);
    return { value, samples: Float64Array.from({ length: 1000 }, draw) };
  };
  const mapped = <A, B>(record: Record<string, A>, make: (value: A, id: string) => B) =>
    new Map(Object.entries(record).map(([id, value]) => [id, make(value, id)]));
  return {
    model: "tiny",
    bleu: mapped(bleu, ([out, into, spread = 0.02]) => ({
      setting: "same",
      outOfEnglish: samples(out, spread),
      intoEnglish: samples(into, spread),
    })),
    perplexity: mapped(perplexity, (values) => values),
    sparsity: mapped(sparsity, (value) => value),
    memory: mapped(memory, ([stored, library]) => ({ stored, library })),
    times: mapped(times, (secondsPerToken, id) => ({ id, sha256: "a", secondsPerToken })),
  };
}
