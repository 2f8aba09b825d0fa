import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { verifyResults } from "mtpress";
import { checkoutPath, runDeno } from "../experiments/command.ts";
import { codeCells, joined, NOTEBOOKS } from "./notebook.ts";

const RECIPE = 'await loadRecipe("table_1")';

/** What stands in for the kernel's display: prints the plain face. */
const DISPLAY = `
const DISPLAY_METHOD = Symbol.for("Jupyter.display");
// deno-lint-ignore no-explicit-any
const display = async (value: any, { raw = false } = {}) => {
  const faces = raw ? value : await value[DISPLAY_METHOD]?.();
  console.log(faces?.["text/plain"] ?? value);
};
`;

/** The notebook's cells as one program, on four sentences and little calibration. */
async function program(): Promise<string> {
  const json = await Deno.readTextFile(new URL("extend.ipynb", NOTEBOOKS));
  const text = codeCells(json).map((cell) => joined(cell.source)).join("\n");
  expect(text.split(RECIPE).length).toBe(2);
  const calibration = 'calibration: { set: "tiny/calibration", samples: 20 }';
  return DISPLAY + text.replace(RECIPE, `{ ...(${RECIPE}), sentences: 4, ${calibration} }`)
    .replace("const { display } = Deno.jupyter;", "");
}

describe("notebooks/extend.ipynb", () => {
  it("runs from its first cell to its last, and leaves rows that verify", async () => {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${folder}/cells.ts`, await program());
      const results = `${folder}/results`;
      const config = ["--config", checkoutPath("deno.json"), "--no-lock"];
      const run = await runDeno(["run", "--allow-all", ...config, `${folder}/cells.ts`], {
        results,
        cwd: folder,
      });
      expect(run.code === 0 ? "" : run.text).toBe("");
      expect(run.text).toContain("{ rows: 6, translations: 24 }");
      expect(run.text).toContain("@inproceedings{zhang-2024-ria,");
      expect(run.text).toContain("Translate this from French to English:");
      const { rows, problems } = await verifyResults(results);
      expect({ rows, problems }).toEqual({ rows: 8, problems: [] });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});
