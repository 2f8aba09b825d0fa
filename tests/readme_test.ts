import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { directionTable, loadRecipe, loadReference, referenceRows, table1 } from "mtpress";
import config from "../deno.json" with { type: "json" };

const read = (name: string) => Deno.readTextFile(new URL(`../${name}`, import.meta.url));

describe("README.md", () => {
  it("shows the tables of the committed reference rows", async () => {
    const recipe = await loadRecipe("table_1");
    const rows = referenceRows(await loadReference(), recipe);
    const text = await read("README.md");
    expect(text).toContain(table1(recipe, rows).toText());
    expect(text).toContain(directionTable(recipe, rows).toText());
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
