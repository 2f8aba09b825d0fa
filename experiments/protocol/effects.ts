/**
 * What a quirk moves: the same recipe with it and without.
 * @module
 */
import type { Recipe } from "../recipe.ts";
import type { ResultRow } from "../row.ts";
import { type RunOptions, runRecipe } from "../run.ts";
import type { QuirkId } from "./quirks.ts";

/** Rows with quirks on beside the sound protocol's. */
export interface QuirkEffect {
  /** The quirks that are on. */
  readonly quirks: readonly QuirkId[];
  /** Rows with them. */
  readonly rows: readonly ResultRow[];
  /** Rows of the same methods and directions without them. */
  readonly sound: readonly ResultRow[];
}

/**
 * Runs a recipe once under the sound protocol, and once for each set of quirks. Translations that a set does not change are taken from
 * the store.
 *
 * @param recipe The recipe; what it says of its own protocol is passed over.
 * @param sets Sets of quirks, such as each quirk by itself.
 */
export async function quirkEffects(
  recipe: Recipe,
  sets: readonly (readonly QuirkId[])[],
  options: RunOptions,
): Promise<QuirkEffect[]> {
  const { quirks: _, ...plain } = recipe;
  const { rows: sound } = await runRecipe({ ...plain, protocol: "sound" }, options);
  const effects: QuirkEffect[] = [];
  for (const quirks of sets) {
    const { rows } = await runRecipe({ ...plain, protocol: "study", quirks }, options);
    effects.push({ quirks, rows, sound });
  }
  return effects;
}
