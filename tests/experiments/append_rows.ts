/**
 * Appends rows to a results folder; a test starts several of these at once. Arguments: the folder, a name, a count.
 * @module
 */
import { ResultStore } from "../../experiments/store.ts";
import { exampleRow } from "./example_rows.ts";

const [folder, name, count] = Deno.args as [string, string, string];
const store = await ResultStore.open(folder);
for (let index = 0; index < Number(count); index++) {
  const hypotheses = await store.writeHypotheses([`${name} ${index}`, ""]);
  const key = `${name} ${index}`;
  await store.append(exampleRow({
    keys: { row: key, translation: key },
    hypotheses: { ...hypotheses, unfinished: 0 },
  }));
}
