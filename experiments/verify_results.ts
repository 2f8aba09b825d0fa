/**
 * `deno task verify [folder]`: checks the results folder and the committed reference.
 * @module
 */
import { tinyReferenceFolder } from "../data/tiny.ts";
import { resultsFolder } from "./results_folder.ts";
import { verifyResults } from "./verify.ts";

const folders = Deno.args.length > 0 ? Deno.args : [tinyReferenceFolder(), resultsFolder()];
let failed = false;
for (const folder of folders) {
  try {
    const { rows, scores, problems } = await verifyResults(folder);
    problems.forEach((problem) => console.error(problem));
    failed ||= problems.length > 0;
    console.log(
      `${folder}: ${rows} rows, ${scores} scores computed again, ${problems.length} problems`,
    );
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log(`${folder}: no results yet`);
    failed ||= Deno.args.length > 0;
  }
}
Deno.exit(failed ? 1 : 0);
