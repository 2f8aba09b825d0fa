/**
 * Where results are kept.
 * @module
 */
import { fileURLToPath } from "node:url";

/**
 * The results folder: the environment variable `MTPRESS_RESULTS` when it is set, `results` in the checkout when this
 * package is run from one, else `results` in the current folder.
 */
export function resultsFolder(): string {
  const chosen = Deno.env.get("MTPRESS_RESULTS");
  if (chosen) return chosen;
  const here = new URL("../results", import.meta.url);
  return here.protocol === "file:" ? fileURLToPath(here) : "results";
}
