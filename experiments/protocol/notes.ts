/**
 * What a table, a figure or a terminal says of the protocol.
 * @module
 */
import type { Recipe } from "../recipe.ts";
import { NOT_REPEATED } from "./not_repeated.ts";
import { QUIRKS } from "./quirks.ts";
import { unitQuirks } from "./study_recipe.ts";

/**
 * Sentences about the study's protocol: each quirk that is on and touches a method or a direction of the recipe, and what is not
 * repeated. A `sound` recipe has none.
 */
export function protocolNotes(recipe: Recipe): string[] {
  if (recipe.protocol === "sound") return [];
  const touching = new Set(
    recipe.methods.flatMap((method) =>
      recipe.directions.flatMap((direction) => unitQuirks(recipe, method, direction))
    ),
  );
  const quirks = QUIRKS.filter(({ id }) => touching.has(id))
    .map(({ id, sentence }) => `${id}: ${sentence}`);
  return [
    `Protocol of the study, ${quirks.length === 0 ? "none of its quirks on." : "with:"}`,
    ...quirks,
    ...NOT_REPEATED.map(({ sentence }) => sentence),
  ];
}
