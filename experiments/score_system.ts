/**
 * Scoring translations that were made elsewhere, as rows.
 * @module
 */
import type { Direction } from "../data/directions.ts";
import { canonicalJson, sha256 } from "./canonical_json.ts";
import { findQuirk, type QuirkId } from "./protocol/quirks.ts";
import { activeQuirks, touchesDirection } from "./protocol/study_recipe.ts";
import type { Recipe } from "./recipe.ts";
import { sealRow, type SystemRow } from "./row.ts";
import { scoreTranslations } from "./score.ts";
import type { ResultStore } from "./store.ts";
import type { TestSet } from "./test_set.ts";
import { checkoutCommit, scoringSource, VERSION } from "./versions.ts";

/** Translations that were made elsewhere. */
export interface SystemTranslations {
  /** The system's name, as tables show it. */
  readonly name: string;
  /** Source and target language. */
  readonly direction: Direction;
  /** The translations, one for each sentence of the test set's direction, in its order. */
  readonly hypotheses: readonly string[];
  /** SHA-256 of the file that they are from. */
  readonly fileSha256: string;
}

/** Against what, and by which rules. */
export interface SystemScoring extends Pick<Recipe, "protocol" | "quirks"> {
  /** Where rows are found and kept. */
  store: ResultStore;
  /** What was translated. */
  testSet: TestSet;
}

/**
 * Scores a system's translations of one direction and keeps them as a sealed row; a row that is stored is not computed again. Of the
 * study's quirks those about scoring can be on: how the translations were made is not known.
 *
 * @throws {RangeError} If there are not as many translations as sentences, or the test set lacks the direction.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { openTestSet, ResultStore, scoreSystem, sha256 } from "mtpress";
 *
 * const store = await ResultStore.open("results/example-system");
 * const testSet = await openTestSet("tiny/test");
 * const { references: hypotheses } = testSet.unit("en-de", "all");
 * const system = { name: "a copy", direction: "en-de", hypotheses, fileSha256: sha256("") } as const;
 * const { row } = await scoreSystem(system, { store, testSet, protocol: "sound" });
 * equal(row.scores.bleu.score.toFixed(1), "100.0");
 * ```
 */
export async function scoreSystem(
  system: SystemTranslations,
  { store, testSet, ...rules }: SystemScoring,
): Promise<{ row: SystemRow; computed: boolean }> {
  const { name, direction, hypotheses, fileSha256 } = system;
  if (name.trim() === "") throw new RangeError('Cannot score system "": it must have a name');
  const { references, data } = testSet.unit(direction, "all");
  if (hypotheses.length !== references.length) {
    throw new RangeError(
      `Cannot score ${hypotheses.length} translations by ${name} against ${data.id}, ${direction}: it has ` +
        `${references.length} sentences`,
    );
  }
  const quirks = scoringQuirks(rules, direction);
  const scoring = await scoringSource();
  const said = { system: { name, fileSha256 }, direction, protocol: rules.protocol, quirks, data };
  const keys = { row: sha256(canonicalJson({ ...said, scoring })) };
  const found = store.systems.findLast((row) => row.keys.row === keys.row);
  if (found && await store.holds(found)) return { row: found, computed: false };
  const row = sealRow<SystemRow>({
    schema: 2,
    keys,
    system: said.system,
    direction,
    protocol: rules.protocol,
    ...(rules.protocol === "sound" ? {} : { quirks }),
    data,
    versions: { mtpress: VERSION },
    sources: { scoring },
    hypotheses: await store.writeHypotheses(hypotheses),
    scores: scoreTranslations(hypotheses, references, direction, quirks),
    commit: await checkoutCommit(),
    finished: new Date().toISOString(),
  });
  await store.appendSystem(row);
  return { row, computed: true };
}

function scoringQuirks(
  rules: Pick<Recipe, "protocol" | "quirks">,
  direction: Direction,
): QuirkId[] {
  return activeQuirks(rules).filter((id) =>
    findQuirk(id).where === "scoring" && touchesDirection(id, direction)
  );
}
