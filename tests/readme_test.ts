import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import {
  figure1,
  figure2,
  loadRecipe,
  loadReference,
  methodDifferences,
  referenceRows,
  scoreTable,
  table1,
} from "mtpress";
import { tinyReferenceFolder } from "../data/tiny.ts";
import { readStoredRows } from "../experiments/stored_rows.ts";
import config from "../deno.json" with { type: "json" };

const read = (name: string) => Deno.readTextFile(new URL(`../${name}`, import.meta.url));

describe("README.md", () => {
  it("shows the tables of the committed reference rows", async () => {
    const recipe = await loadRecipe("table_1");
    const rows = referenceRows(await loadReference(), recipe);
    const text = await read("README.md");
    expect(text).toContain(table1(recipe, rows).toText());
    const store = await readStoredRows(tinyReferenceFolder());
    const differences = await methodDifferences(recipe, { rows, store });
    expect(text).toContain(scoreTable(recipe, rows, differences).toText());
  });

  it("shows pictures of the committed reference rows", async () => {
    const reference = await loadReference();
    for (const [id, draw] of [["figure_1", figure1], ["figure_2", figure2]] as const) {
      const recipe = await loadRecipe(id);
      const figure = draw(recipe, referenceRows(reference, recipe));
      expect(await read(`data/tiny/reference/${id}.svg`)).toBe(await figure.toSvg());
    }
  });

  it("names only tasks that exist, as CONTRIBUTING.md does", async () => {
    const text = await read("README.md") + await read("CONTRIBUTING.md");
    const named = [...text.matchAll(/\btask ([a-z]+)/g)].map((match) => match[1]);
    expect(named.length).toBeGreaterThan(5);
    for (const name of named) expect(Object.keys(config.tasks)).toContain(name);
  });

  it("links to files that exist", async () => {
    for (const name of ["README.md", "CONTRIBUTING.md"]) {
      for (const [, target] of (await read(name)).matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
        const info = await Deno.stat(new URL(`../${target}`, import.meta.url));
        expect(info.isFile || info.isDirectory).toBe(true);
      }
    }
  });

  it("gives its commands with the pinned version of Deno that continuous integration uses", async () => {
    const versions = [
      ...(await read("README.md") + await read(".ci/run")).matchAll(/deno@([\d.]+)/g),
    ];
    expect(new Set(versions.map(([, version]) => version)).size).toBe(1);
  });
});
