/**
 * The golden scores of tests/golden/comet, and the segments they belong to.
 * @module
 */
import { fileURLToPath } from "node:url";
import { loadComet } from "../../../inference/comet/comet.ts";
import type { CometSegment } from "../../../inference/comet/scorer.ts";
import { sharedLines } from "../../shared.ts";

/** A segment with the score that Python gives it. */
export interface GoldenSegment extends CometSegment {
  score: number;
}

/** What `scores.json` holds. */
export interface CometGolden {
  versions: Record<string, string>;
  /** Sparsemax of the layers' scores. */
  mix: number[];
  /** Mean of the scores of `wmt22`. */
  systemScore: number;
  /** Direction, system, first line, lines (joined with spaces), score. */
  wmt22: [direction: string, system: string, from: number, count: number, score: number][];
  /** Segments of our own. */
  texts: GoldenSegment[];
}

const folder = new URL("../../golden/comet/", import.meta.url);

/** The folder of the small model. */
export const GOLDEN_MODEL: string = fileURLToPath(new URL("model", folder));

/** The folder of its tokenizer. */
export const GOLDEN_TOKENIZER: string = fileURLToPath(
  new URL("../../golden/tokenizer/unigram", import.meta.url),
);

/** What Python computed. */
export const GOLDEN: CometGolden = JSON.parse(
  await Deno.readTextFile(new URL("scores.json", folder)),
);

/** The segments of WMT22, from the shared data. */
export async function wmt22Segments(): Promise<GoldenSegment[]> {
  const files = new Map<string, string[]>();
  const cut = async (path: string, from: number, count: number) => {
    if (!files.has(path)) files.set(path, await sharedLines(path));
    return files.get(path)!.slice(from, from + count).join(" ");
  };
  const segments: GoldenSegment[] = [];
  for (const [direction, system, from, count, score] of GOLDEN.wmt22) {
    segments.push({
      source: await cut(`wmt22/${direction}/source.txt`, from, count),
      translation: await cut(`golden/metrics/systems/${system}/${direction}.txt`, from, count),
      reference: await cut(`wmt22/${direction}/reference.txt`, from, count),
      score,
    });
  }
  return segments;
}

/** Loads a model of the golden's kind, by default the golden one, with graphs in a folder of its own. */
export async function loadGolden(
  graphFolder: string,
  model: string = GOLDEN_MODEL,
): ReturnType<typeof loadComet> {
  return await loadComet(model, { tokenizerFolder: GOLDEN_TOKENIZER, graphFolder, threads: 2 });
}

/** The largest distance of two lists' elements. */
export function largestDifference(a: readonly number[], b: readonly number[]): number {
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - b[index]!)), 0);
}
