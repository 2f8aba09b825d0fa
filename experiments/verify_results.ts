/**
 * `deno task verify [folder]`: checks the results folder and the committed reference.
 * @module
 */
import { tinyReferenceFolder } from "../data/tiny.ts";
import { verifyCometRecords } from "./comet_verify.ts";
import { resultsFolder } from "./results_folder.ts";
import { verifyResults } from "./verify.ts";

const folders = Deno.args.length > 0 ? Deno.args : [tinyReferenceFolder(), resultsFolder()];
let failed = false;
for (const folder of folders) {
  try {
    const { rows, scores, problems } = await verifyResults(folder);
    const comet = await verifyCometRecords(folder);
    problems.push(...comet.problems);
    problems.forEach((problem) => console.error(problem));
    failed ||= problems.length > 0;
    console.log(
      `${folder}: ${rows} rows, ${scores} scores computed again, ${problems.length} problems`,
    );
    if (comet.records > 0) {
      console.log(
        `${comet.records} COMET records are whole; deno task comet --rows --verify computes them again`,
      );
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log(`${folder}: no results yet`);
    failed ||= Deno.args.length > 0;
  }
}
Deno.exit(failed ? 1 : 0);
