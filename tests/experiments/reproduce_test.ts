/**
 * The main job from start to end, once, in a folder of its own: the command, its files, verification, the notebooks,
 * the second run. Everything here reads the rows of that one run.
 */
import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import {
  compareWithReference,
  figure1,
  figure2,
  loadRecipe,
  loadReference,
  methodDifferences,
  type Recipe,
  recipeUnion,
  type ResultRow,
  ResultStore,
  rowsOfRecipe,
  scoreTable,
  table1,
  verifyResults,
} from "mtpress";
import {
  executeNotebook,
  jupyterEnvironment,
  NOTEBOOKS as NOTEBOOK_NAMES,
} from "../../experiments/jupyter.ts";
import { RECIPE_IDS } from "../../experiments/recipes.ts";
import { itNeeds, JUPYTER } from "../needs.ts";
import { codeCells, facesOf, NOTEBOOKS } from "../notebooks/notebook.ts";

const command = new URL("../../experiments/reproduce.ts", import.meta.url).pathname;
const notebook = new URL("table_1.ipynb", NOTEBOOKS).pathname;

describe("deno task reproduce", () => {
  let folder: string;
  let results: string;
  let output: string;
  let rows: readonly ResultRow[];
  let recipes: Recipe[];
  let union: Recipe;

  async function run(module: string, ...args: string[]): Promise<{ code: number; text: string }> {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", module, ...args],
      env: { MTPRESS_RESULTS: results, NO_COLOR: "1" },
    });
    const { code, stdout, stderr } = await command.output();
    return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
  }

  const reproduce = (...args: string[]) => run(command, ...args);

  before(async () => {
    folder = await Deno.makeTempDir();
    results = `${folder}/results`;
    recipes = await Promise.all(RECIPE_IDS.map((id) => loadRecipe(id)));
    union = recipeUnion(recipes);
    const { code, text } = await reproduce("--no-notebooks");
    expect(code === 0 ? "" : text).toBe("");
    output = text;
    rows = (await ResultStore.open(results)).rows;
  });

  after(() => Deno.remove(folder, { recursive: true }));

  it("computes every method on every direction with at least 100 sentences, each unit once", () => {
    const units = union.methods.flatMap(({ id }) =>
      union.directions.map((name) => `${id} ${name}`)
    );
    expect(rows.map((row) => `${row.method.id} ${row.direction}`)).toEqual(units);
    for (const row of rows) expect(row.data.segments).toBeGreaterThanOrEqual(100);
    expect(output).toContain(`${units.length} of ${units.length} rows computed`);
  });

  it("prints Table 1 with its intervals, both figures' numbers and the verdicts on the claims", async () => {
    const [recipe] = recipes;
    const store = await ResultStore.open(results);
    expect(output).toContain(table1(recipe, rows).toText());
    const differences = await methodDifferences(recipe, { rows, store });
    expect(output).toContain(scoreTable(recipe, rows, differences).toText());
    expect(output).toContain(figure1(recipes[1], rowsOfRecipe(recipes[1], rows)).toText());
    expect(output).toContain(figure2(recipes[2], rowsOfRecipe(recipes[2], rows)).toText());
    expect(output).toMatch(/^ {2}supported \(\d+\): T/m);
  });

  it("writes tables as Markdown, HTML, CSV and LaTeX, and figures as SVG, HTML and JSON", async () => {
    const table = table1(recipes[0], rows);
    const read = (name: string) => Deno.readTextFile(`${results}/${name}`);
    expect(await read("table_1.md")).toBe(table.toMarkdown());
    expect(await read("table_1.html")).toBe(table.toHtml());
    expect(await read("table_1.csv")).toBe(table.toCsv());
    expect(await read("table_1.tex")).toBe(table.toLatex());
    for (const name of ["table_1_scores", "table_1_directions", "memory", "claims"]) {
      expect(await read(`${name}.md`)).toMatch(/^\| :?-+:? \|/m);
    }
    for (const name of ["figure_1", "figure_2"]) {
      expect(await read(`${name}.svg`)).toMatch(/^<svg/);
      expect(await read(`${name}.html`)).toContain("<img");
      expect(JSON.parse(await read(`${name}.json`)).data.length).toBeGreaterThan(4);
    }
  });

  it("keeps the order of quality that the embedded model was made for", () => {
    const bleu = (id: string) => {
      const own = rows.filter(({ method }) => method.id === id);
      return own.reduce((sum, { scores }) => sum + scores.bleu.score, 0) / own.length;
    };
    const falling = ["baseline", "gptq-4", "gptq-3", "gptq-2"].map(bleu);
    expect(falling).toEqual(falling.toSorted((a, b) => b - a));
    expect(bleu("gptq-8")).toBeGreaterThan(bleu("baseline") - 1);
    expect(bleu("gptq-2")).toBeLessThan(bleu("baseline") / 2);
    expect(bleu("wanda-40")).toBeGreaterThan(bleu("magnitude-40") - 1);
  });

  it("agrees with the committed reference within each method's tolerance", async () => {
    const reference = await loadReference();
    const verdicts = rows.map((row) => compareWithReference(row, reference));
    const wrong = verdicts.filter(({ verdict }) =>
      verdict !== "identical" && verdict !== "within tolerance"
    );
    expect(wrong.map(({ text }) => text)).toEqual([]);
    expect(output).toMatch(/Reference: \d+ of \d+ rows reproduced with identical translations/);
  });

  it("leaves rows that verify", async () => {
    const verification = await verifyResults(results);
    expect(verification.problems).toEqual([]);
    expect(verification.scores).toBe(2 * rows.length);
  });

  it("leaves rows that deno task report puts on one page, all of them, with times and verdicts", async () => {
    const report = new URL("../../experiments/report.ts", import.meta.url).pathname;
    const page = await run(report);
    expect(page.text).toContain(`${rows.length} rows`);
    expect(page.text).not.toContain("left out");
    const html = await Deno.readTextFile(`${results}/report.html`);
    const shown = table1(recipes[0], rows).content.rows.flat().map(({ text }) => text);
    for (const text of shown) expect(html).toContain(text);
    expect(html).toMatch(/time per token: gptq-4 \/ baseline [\d.]+×/i);
  });

  it("leaves compressed models that deno task export writes for other programs", async () => {
    const command = new URL("../../experiments/export_result.ts", import.meta.url).pathname;
    const output = `${folder}/gptq-4`;
    const { code, text } = await run(command, "gptq-4", "--format", "gptq", "--output", output);
    expect(code === 0 ? "" : text).toBe("");
    const config = JSON.parse(await Deno.readTextFile(`${output}/config.json`));
    expect(config.quantization_config).toMatchObject({ quant_method: "gptq", bits: 4 });
  });

  it("finds everything again in a second run, and computes it with --fresh", async () => {
    const second = await reproduce("--no-notebooks");
    expect(second.text).toContain(`0 of ${rows.length} rows computed`);
    const fresh = await reproduce("--no-notebooks", "--fresh", "--only", "wanda-40,de-en");
    expect(fresh.text).toContain("1 of 1 rows computed");
    const [computed] = (await ResultStore.open(results)).rows.slice(-1);
    const stored = rows.find((row) => row.method.id === "wanda-40" && row.direction === "de-en")!;
    expect(computed.hypotheses).toEqual(stored.hypotheses);
    expect(computed.scores).toEqual(stored.scores);
    expect(computed.perplexity).toBe(stored.perplexity);
  });

  it("refuses a wrong option before any work, and says what is allowed", async () => {
    for (
      const [args, message] of [
        [["--devise", "cpu"], "--recipe, --only, --model, --dtype, --data, --pair, --device"],
        [["--recipe", "table_2"], "it must be table_1, figure_1, figure_2 or a JSON file"],
        [["--device", "tpu"], "it must be cpu or webgpu"],
        [["--limit", "none"], "it must be a positive integer"],
        [["--limit", "100000"], "sentences of test set tiny/test"],
        [["--only", "gptqq"], "it must be a method (baseline, gptq-4"],
        [["--model", "missing"], 'it must be "tiny", "alma-7b" or a folder with a config.json'],
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

  itNeeds(
    JUPYTER,
    "has notebooks that nbconvert executes on its rows, computing nothing",
    async () => {
      const { code, text } = await reproduce();
      expect(code === 0 ? "" : text).toBe("");
      for (const name of NOTEBOOK_NAMES) expect(text).toContain(`Notebooks: executed ${name}`);
      const stored = (await ResultStore.open(results)).rows;
      const own = stored.filter(({ method, direction, data }) =>
        union.methods.some(({ id }) => id === method.id) && union.directions.includes(direction) &&
        data.id === union.testSet && data.segments === union.sentences
      );
      const newest = union.methods.flatMap(({ id }) =>
        union.directions.map((direction) =>
          own.findLast((row) => row.method.id === id && row.direction === direction)!
        )
      );
      const cells = codeCells(await Deno.readTextFile(`${results}/table_1.ipynb`));
      const faces = facesOf(cells, "table1(recipe, rows)");
      expect(faces["text/plain"]).toBe(table1(recipes[0], newest).toText());
      expect(own.length).toBe(rows.length + 1);
    },
  );

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
