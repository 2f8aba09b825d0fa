import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { QUIRK_IDS, quirkTable } from "mtpress";
import { itNeeds, SHARED } from "../needs.ts";
import { sharedJson } from "../shared.ts";
import { codeCells, facesOf, joined, NOTEBOOKS } from "./notebook.ts";

const json = await Deno.readTextFile(new URL("audit.ipynb", NOTEBOOKS));
const cells = codeCells(json);

/** The text of all cells that are not code. */
function prose(): string {
  const all =
    (JSON.parse(json) as { cells: { cell_type: string; source: string | string[] }[] }).cells;
  return all.filter((cell) => cell.cell_type === "markdown").map(({ source }) => joined(source))
    .join("\n");
}

describe("notebooks/audit.ipynb", () => {
  it("shows every quirk as the renderer does, byte for byte", () => {
    const faces = facesOf(cells, "quirkTable()");
    expect(faces["text/html"]).toBe(quirkTable().toHtml());
    expect(faces["text/plain"]).toBe(quirkTable().toText());
  });

  it("measures each quirk by itself and all together", () => {
    const lines = facesOf(cells, "effectTable(recipe, effects)")["text/plain"].split("\n");
    const names = lines.map((line) => line.split(" ")[0]);
    for (const id of QUIRK_IDS) expect(names).toContain(id);
    expect(lines.some((line) => line.startsWith(`${QUIRK_IDS.length} together`))).toBe(true);
  });

  itNeeds(SHARED, "says the numbers of batches that were logged", async () => {
    type Counts = Record<string, { baseline_batches_logged: number; wanda_batches_logged: number }>;
    type Log = { batching_check: { directions: Counts } };
    const { batching_check: { directions } } = await sharedJson<Log>("paper/logs.json");
    const rows = prose().split("\n").filter((line) => line.startsWith("|"))
      .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
    const [[, ...order], , dense, pruned] = rows;
    expect(order.length).toBe(10);
    const logged = order.map((direction) => directions[direction]);
    expect(dense.slice(1).map(Number)).toEqual(logged.map((log) => log.baseline_batches_logged));
    expect(pruned.slice(1).map(Number)).toEqual(logged.map((log) => log.wanda_batches_logged));
  });
});
