/**
 * From a decoding recipe to the batches that a translator is asked for.
 * @module
 */
import type { BatchPlanner } from "../../inference/translation.ts";
import type { DecodingRecipe } from "../recipe.ts";
import { studyBatches } from "./batches.ts";

/** Puts sentences together as a recipe says; `undefined` leaves it to the translator. */
export function recipeBatches(
  sentences: readonly string[],
  { batching, batchSize, maxNewTokens }: DecodingRecipe,
): BatchPlanner | undefined {
  if (batching !== "study") return undefined;
  return (indices, countTokens) => {
    const lengths = indices.map((index) => countTokens(`${sentences[index]}\n`));
    return studyBatches(lengths, batchSize, maxNewTokens)
      .map((batch) => batch.map((place) => indices[place]));
  };
}
