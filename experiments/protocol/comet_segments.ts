/**
 * What COMET is given to read.
 * @module
 */
import type { Direction } from "../../data/directions.ts";
import type { CometSegment } from "../../inference/comet/scorer.ts";
import { translationPrompt } from "../../inference/prompt.ts";
import type { QuirkId } from "./quirks.ts";
import { quirkReferences } from "./references.ts";

/**
 * Segments for COMET: the sentence, its translation and its reference as they are; under `comet-prompt-source` the whole prompt in the
 * sentence's place, under `reference-newline` references with a line break behind them.
 *
 * @throws {RangeError} If the lists are not of the same length.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { cometSegments } from "mtpress";
 * const [segment] = cometSegments(["Ano."], ["Yes."], ["Yes."], "cs-en", ["comet-prompt-source"]);
 * equal(segment.source, "Translate this from Czech to English:\nCzech: Ano.\nEnglish:");
 * ```
 */
export function cometSegments(
  sources: readonly string[],
  translations: readonly string[],
  references: readonly string[],
  direction: Direction,
  quirks: readonly QuirkId[] = [],
): CometSegment[] {
  if (sources.length !== translations.length || sources.length !== references.length) {
    throw new RangeError(
      `Cannot judge ${translations.length} translations of ${sources.length} sentences by ` +
        `${references.length} references: there must be as many of each`,
    );
  }
  const judged = quirkReferences(references, quirks);
  const prompted = quirks.includes("comet-prompt-source");
  return sources.map((source, i) => ({
    source: prompted ? translationPrompt(direction, source) : source,
    translation: translations[i],
    reference: judged[i],
  }));
}
