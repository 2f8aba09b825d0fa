import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { loadRecipe } from "mtpress";
import { citedWorks } from "../../experiments/cite.ts";
import { parseCiteOptions } from "../../experiments/cite_options.ts";
import { exampleRow, withFolder, writeTree } from "./example_rows.ts";

const RECIPES = [await loadRecipe("table_1"), await loadRecipe("figure_1")];

const ROWS = [
  exampleRow({
    keys: { row: "abcdef0123", translation: "" },
    method: { id: "nf4", steps: [{ kind: "nf4" }] },
  }),
  exampleRow({
    keys: { row: "abcdef9999", translation: "" },
    method: { id: "mine", steps: [{ kind: "mine" }] },
  }),
];

function cited(...names: string[]): string[] {
  return citedWorks(names, ROWS, RECIPES).citations.map(({ key }) => key);
}

describe("parseCiteOptions()", () => {
  it("prints BibTeX and CFF unless told a format", () => {
    expect(parseCiteOptions(["nf4"])).toMatchObject({
      results: ["nf4"],
      formats: ["bibtex", "cff"],
    });
    expect(parseCiteOptions(["--format", "text"]).formats).toEqual(["text"]);
  });

  it("refuses what it does not know by name", () => {
    expect(() => parseCiteOptions(["--format", "ris"])).toThrow(
      /--format ris: .*bibtex, cff, text/,
    );
    expect(() => parseCiteOptions(["--json"])).toThrow(/Allowed are results, --format/);
  });
});

describe("citedWorks()", () => {
  it("cites what all rows used and what they are compared with when nothing is named", () => {
    const found = cited();
    expect(found).toContain("dettmers-2023-qlora");
    expect(found).toContain("koehn-2004-bootstrap");
    expect(found).not.toContain("sun-2024-wanda");
  });

  it("cites what the recipes will use where there are no rows", () => {
    const found = citedWorks([], [], RECIPES).citations.map(({ key }) => key);
    expect(found).toContain("zhang-2024-dsnot");
    expect(found).toContain("mtpress-tiny-corpus");
  });

  it("finds a result by its method, computed or not, and by the beginning of its row's key", () => {
    expect(cited("nf4")).toContain("dettmers-2023-qlora");
    expect(cited("wanda-gptq-40-4")).toContain("sun-2024-wanda");
    expect(cited("abcdef01")).toContain("dettmers-2023-qlora");
    expect(cited("wanda-gptq-40-4")).not.toContain("dettmers-2023-qlora");
    expect(cited("nf4")).not.toContain("koehn-2004-bootstrap");
  });

  it("says which step of a row has no citation", () => {
    expect(citedWorks(["mine"], ROWS, RECIPES).unknown).toEqual([
      expect.stringMatching(/^Step mine has no citation/),
    ]);
  });

  it("refuses a name that is neither, and lists the methods", () => {
    expect(() => cited("nope")).toThrow(/Cannot cite "nope": .*baseline, gptq-4, .*gptq-8/);
    expect(() => cited("abcde")).toThrow(/6 or more digits/);
  });
});

describe("deno task cite", () => {
  it("prints both forms of what a results folder used, with the permissions of its task", async () => {
    await withFolder(async (folder) => {
      await writeTree(folder, { "rows.jsonl": JSON.stringify(ROWS[0]) + "\n" });
      const { code, stdout, stderr } = await run(folder, "nf4");
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(/^@misc\{vincenti-2024-compression,[^]*\ncff-version: 1\.2\.0\n/);
      expect(stdout.split("dettmers-2023-qlora").length).toBe(2);
    });
  });

  it("fails with one sentence for an unknown result", async () => {
    await withFolder(async (folder) => {
      const { code, stdout, stderr } = await run(folder, "nope");
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(/^Cannot cite "nope": .*\n$/);
    });
  });
});

async function run(results: string, ...args: string[]) {
  const command = new URL("../../experiments/cite.ts", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-read", "--allow-env=MTPRESS_RESULTS", command, ...args],
    env: { MTPRESS_RESULTS: results, NO_COLOR: "1" },
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}
