/**
 * The main job from start to end, once, in a folder of its own: the command, its files, verification, the notebook,
 * the second run. Everything here reads the rows of that one run.
 */
import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import {
  compareWithReference,
  directionTable,
  loadRecipe,
  loadReference,
  type ResultRow,
  ResultStore,
  table1,
  verifyResults,
} from "mtpress";
import { executeNotebook, jupyterEnvironment } from "../../experiments/jupyter.ts";
import { itNeeds, JUPYTER } from "../needs.ts";
import { codeCells, facesOf, NOTEBOOKS } from "../notebooks/notebook.ts";

const command = new URL("../../experiments/reproduce.ts", import.meta.url).pathname;
const notebook = new URL("table_1.ipynb", NOTEBOOKS).pathname;

describe("deno task reproduce", () => {
  let folder: string;
  let results: string;
  let output: string;
  let rows: readonly ResultRow[];

  async function reproduce(...args: string[]): Promise<{ code: number; text: string }> {
    const run = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", command, ...args],
      env: { MTPRESS_RESULTS: results, NO_COLOR: "1" },
    });
    const { code, stdout, stderr } = await run.output();
    return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
  }

  before(async () => {
    folder = await Deno.makeTempDir();
    results = `${folder}/results`;
    const run = await reproduce("--no-notebooks");
    expect(run.code === 0 ? "" : run.text).toBe("");
    output = run.text;
    rows = (await ResultStore.open(results)).rows;
  });

  after(() => Deno.remove(folder, { recursive: true }));

  it("computes every direction with at least 100 sentences and prints the table", async () => {
    const recipe = await loadRecipe("table_1");
    expect(rows.map((row) => row.direction)).toEqual(recipe.directions);
    for (const row of rows) expect(row.data.segments).toBeGreaterThanOrEqual(100);
    expect(output).toContain(table1(recipe, rows).toText());
    expect(output).toContain(directionTable(recipe, rows).toText());
  });

  it("writes the table as Markdown, HTML, CSV and LaTeX", async () => {
    const table = table1(await loadRecipe("table_1"), rows);
    const read = (extension: string) => Deno.readTextFile(`${results}/table_1.${extension}`);
    expect(await read("md")).toBe(table.toMarkdown());
    expect(await read("html")).toBe(table.toHtml());
    expect(await read("csv")).toBe(table.toCsv());
    expect(await read("tex")).toBe(table.toLatex());
  });

  it("agrees with the committed reference within each method's tolerance", async () => {
    const reference = await loadReference();
    const verdicts = rows.map((row) => compareWithReference(row, reference));
    const wrong = verdicts.filter(({ verdict }) =>
      verdict !== "identical" && verdict !== "within tolerance"
    );
    expect(wrong.map(({ text }) => text)).toEqual([]);
    expect(output).toMatch(/Reference: \d+ of 10 rows reproduced with identical translations/);
  });

  it("leaves rows that verify", async () => {
    const verification = await verifyResults(results);
    expect(verification.problems).toEqual([]);
    expect(verification.scores).toBe(2 * rows.length);
  });

  it("finds everything again in a second run, and computes it with --fresh", async () => {
    const second = await reproduce("--no-notebooks");
    expect(second.text).toContain("0 of 10 rows computed");
    const fresh = await reproduce("--no-notebooks", "--fresh", "--only", "baseline,de-en");
    expect(fresh.text).toContain("1 of 1 rows computed");
    const [computed] = (await ResultStore.open(results)).rows.slice(-1);
    const stored = rows.find((row) => row.direction === "de-en")!;
    expect(computed.hypotheses).toEqual(stored.hypotheses);
    expect(computed.scores).toEqual(stored.scores);
    expect(computed.perplexity).toBe(stored.perplexity);
  });

  it("refuses a wrong option before any work, and says what is allowed", async () => {
    for (
      const [args, message] of [
        [["--devise", "cpu"], "--only, --model, --device, --limit, --fresh"],
        [["--device", "tpu"], "it must be cpu or webgpu"],
        [["--limit", "none"], "it must be a positive integer"],
        [["--limit", "100000"], "sentences of test set tiny/test"],
        [["--only", "gptqq"], "it must be a method (baseline) or a direction (en-cs"],
        [["--model", "missing"], 'it must be "tiny" or a folder with a config.json'],
      ] as const
    ) {
      const { code, text } = await reproduce(...args);
      expect(code).toBe(1);
      expect(text).toContain(message);
      expect(text).not.toContain("at file:");
    }
    const help = await reproduce("--help");
    expect(help.code).toBe(0);
    expect(help.text).toContain("Usage: deno task reproduce");
  });

  itNeeds(JUPYTER, "has a notebook that nbconvert executes on its rows", async () => {
    const run = await executeNotebook(notebook, `${folder}/nbconvert`, {
      MTPRESS_RESULTS: results,
    });
    expect(run.success ? "" : run.output).toBe("");
    const recipe = await loadRecipe("table_1");
    const stored = (await ResultStore.open(results)).rows;
    const newest = recipe.directions.map((direction) =>
      stored.findLast((row) => row.direction === direction)!
    );
    const faces = facesOf(codeCells(run.output), "table1(recipe, rows)");
    expect(faces["text/plain"]).toBe(table1(recipe, newest).toText());
    expect(stored.length).toBe(rows.length + 1); // the notebook computed nothing again
  });

  itNeeds(JUPYTER, "has a notebook that jupyter execute runs", async () => {
    const scratch = `${folder}/execute`;
    await executeNotebook(notebook, scratch, { MTPRESS_RESULTS: results });
    const run = new Deno.Command("jupyter", {
      args: ["execute", "--kernel_name=deno", notebook],
      env: { ...jupyterEnvironment(scratch), MTPRESS_RESULTS: results },
    });
    const { success, stderr } = await run.output();
    expect(success ? "" : new TextDecoder().decode(stderr)).toBe("");
  });

  itNeeds(JUPYTER, "executes the notebook itself when jupyter is on the path", async () => {
    const { code, text } = await reproduce();
    expect(code).toBe(0);
    expect(text).toContain("Notebooks: executed table_1.ipynb");
    expect((await Deno.stat(`${results}/table_1.ipynb`)).isFile).toBe(true);
  });

  it("says in one line that there is no jupyter, and still does everything else", async () => {
    const run = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", command],
      env: { MTPRESS_RESULTS: results, PATH: `${folder}/nothing`, NO_COLOR: "1" },
    });
    const { code, stdout } = await run.output();
    const text = new TextDecoder().decode(stdout);
    expect(code).toBe(0);
    expect(text).toContain("Notebooks: not executed, there is no jupyter on the path");
    expect(text).toContain("Table 1");
  });
});
