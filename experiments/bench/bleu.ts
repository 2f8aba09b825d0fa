/**
 * BLEU against sacreBLEU, on text made of the embedded corpus.
 * @module
 */
import type { Direction } from "../../data/directions.ts";
import { readTinySplit } from "../../data/tiny.ts";
import { corpusBleu } from "../../metrics/bleu.ts";
import { type RandomNumbers, seededRandom } from "../../metrics/random.ts";
import { type Benchmark, type BenchResult, interleave, ratioOf, secondsOf } from "./benchmark.ts";
import { PythonProcess } from "./python_process.ts";

const SEGMENTS = 2000;
const QUICK_SEGMENTS = 500;
/** Sentences of a segment: about as many words as one of WMT22 has. */
const SENTENCES = 3;
/** One word, or Chinese character, of so many is changed. */
const CHANGED = 6;

const VARIANTS = [
  { direction: "zh-en", tokenizer: "13a" },
  { direction: "en-zh", tokenizer: "zh" },
] as const;

/** Scores are equal within this. */
const TOLERANCE = 1e-9;
/** At least three times as fast. */
const TARGET = { most: 1 / 3 };

interface Corpus {
  readonly hypotheses: string[];
  readonly references: string[];
}

/** BLEU of a corpus. */
export const BLEU: Benchmark = {
  id: "bleu",
  sentence: "BLEU of 2,000 segments, English by 13a and Chinese by zh, against sacreBLEU",
  async *run({ quick, repeats, python, signal }) {
    const other = python === undefined
      ? undefined
      : await PythonProcess.start<{ sacrebleu: string }>(python, "bleu_sacrebleu.py");
    try {
      for (const { direction, tokenizer } of VARIANTS) {
        const segments = quick ? QUICK_SEGMENTS : SEGMENTS;
        yield await measure({ direction, tokenizer, segments, repeats, signal, other });
      }
    } finally {
      await other?.process.close();
    }
  },
};

interface Measurement {
  readonly direction: Direction;
  readonly tokenizer: "13a" | "zh";
  readonly segments: number;
  readonly repeats: number;
  readonly signal: AbortSignal | undefined;
  readonly other: { process: PythonProcess; about: { sacrebleu: string } } | undefined;
}

/** Every round has a text of its own, the same for both. */
async function measure(
  { direction, tokenizer, segments, repeats, signal, other }: Measurement,
): Promise<BenchResult> {
  const title = `BLEU, ${segments} segments, ${tokenizer}`;
  const sentences = (await readTinySplit("calibration")).pairs(direction).references;
  const ours: number[] = [];
  const theirs: number[] = [];
  const runs = [{
    name: "mtpress",
    run() {
      const { hypotheses, references } = perturbed(sentences, segments, ours.length);
      return secondsOf(() => {
        ours.push(corpusBleu(hypotheses, references, { tokenizer }).score);
      });
    },
  }];
  if (other) {
    const { process, about } = other;
    runs.push({
      name: `sacreBLEU ${about.sacrebleu}`,
      async run() {
        await process.ask("load", { ...perturbed(sentences, segments, theirs.length) });
        const { seconds, score } = await process.ask<{ seconds: number; score: number }>(
          "run",
          { tokenizer },
        );
        theirs.push(score);
        return seconds;
      },
    });
  }
  const contestants = await interleave(runs, repeats * 3, { signal });
  const [own, others] = contestants;
  checkScores(title, ours, theirs);
  return {
    benchmark: "bleu",
    title,
    size: { segments },
    unit: "s",
    contestants,
    ratios: others ? [ratioOf(`${title}: mtpress / sacreBLEU`, own, others, TARGET)] : [],
    notes: others
      ? [`${theirs.length} corpora have the same score within ${TOLERANCE}`]
      : ["sacreBLEU was not measured: --python says where it is"],
  };
}

/** Segments of a few sentences each, and the same with words dropped or replaced. */
function perturbed(sentences: readonly string[], segments: number, seed: number): Corpus {
  const random = seededRandom(seed);
  const pick = (from: readonly string[]) => from[random.below(from.length)];
  const references = Array.from(
    { length: segments },
    () => Array.from({ length: SENTENCES }, () => pick(sentences)).join(" "),
  );
  return { references, hypotheses: references.map((text) => changed(text, random)) };
}

function changed(text: string, random: RandomNumbers): string {
  const blank = text.includes(" ") ? " " : "";
  const parts = text.split(blank);
  const result: string[] = [];
  for (const part of parts) {
    if (random.below(CHANGED) > 0) result.push(part);
    else if (random.below(2) === 0) result.push(parts[random.below(parts.length)]);
  }
  return result.join(blank);
}

/** @throws {Error} If a corpus has another score: the time would say nothing. */
function checkScores(title: string, ours: readonly number[], theirs: readonly number[]): void {
  const wrong = theirs.findIndex((score, i) => !(Math.abs(score - ours[i]) <= TOLERANCE));
  if (wrong < 0) return;
  throw new Error(
    `Cannot compare ${title}: corpus ${wrong} has ${ours[wrong]} here and ${theirs[wrong]} there`,
  );
}
