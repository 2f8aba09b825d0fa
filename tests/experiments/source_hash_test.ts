import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { reachableModules, type ReadModule, sourceHash } from "../../experiments/source_hash.ts";

const PACKAGE = new URL("../../", import.meta.url);
const ROOT = new URL("file:///package/");

type Tree = Record<string, string | Uint8Array>;

/** Reads modules from a tree in memory. */
function reader(tree: Tree): ReadModule {
  return (url) => {
    const content = tree[url.href.slice(ROOT.href.length)];
    if (content === undefined) throw new Error(`no module ${url}`);
    return Promise.resolve(
      typeof content === "string" ? new TextEncoder().encode(content) : content,
    );
  };
}

async function reached(tree: Tree, ...entries: string[]): Promise<string[]> {
  const urls = entries.map((name) => new URL(name, ROOT));
  const modules = await reachableModules(urls, reader(tree));
  return [...modules.keys()].map((href) => href.slice(ROOT.href.length));
}

function hash(tree: Tree, entry: string, root = ROOT): Promise<string> {
  return sourceHash([new URL(entry, ROOT)], root, reader(tree));
}

/** What `main.ts` reaches besides itself, when its text is this and all of ./a to ./z are there. */
async function reachedBy(text: string): Promise<string> {
  const leaves = [..."abcdefghij"].map((name) => [`${name}.ts`, ""]);
  const names = await reached({ ...Object.fromEntries(leaves), "main.ts": text }, "main.ts");
  return names.filter((name) => name !== "main.ts").map((name) => name[0]).join("");
}

/** Modules of this package that Deno itself finds below an entry; a slow, independent answer. */
async function denoInfo(entry: string): Promise<string[]> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", new URL(entry, PACKAGE).href],
    stderr: "null",
  });
  interface Module {
    specifier: string;
    dependencies?: { code?: { specifier?: string }; isDynamic?: boolean }[];
  }
  const { modules }: { modules: Module[] } = JSON.parse(
    new TextDecoder().decode((await command.output()).stdout),
  );
  const edges = new Map(modules.map(({ specifier, dependencies = [] }) => [
    specifier,
    dependencies.flatMap(({ code }) => code?.specifier ?? []),
  ]));
  const found = new Set<string>();
  const visit = (href: string) => {
    if (found.has(href) || !href.startsWith(PACKAGE.href)) return;
    found.add(href);
    edges.get(href)?.forEach(visit);
  };
  visit(new URL(entry, PACKAGE).href);
  return [...found].map((href) => href.slice(PACKAGE.href.length)).sort();
}

async function packageModules(entry: string): Promise<string[]> {
  const modules = await reachableModules([new URL(entry, PACKAGE)]);
  return [...modules.keys()].map((href) => href.slice(PACKAGE.href.length)).sort();
}

describe("reachableModules()", () => {
  it("follows imports, exports from, bare imports and dynamic imports", async () => {
    expect(
      await reachedBy(`
        import { a } from "./a.ts";
        import b, {
          type B, // it's "./x.ts" that this was before
          c as d,
        } from './b.ts';
        import * as c from "./c.ts";
        import "./d.ts";
        export * from "./e.ts";
        export { f } from "./f.ts";
        export * as g from "./g.ts"; import h from "./h.ts";
        const i = await import("./i.ts");
      `),
    ).toBe("abcdefghi");
  });

  it("does not follow imports and exports of types alone", async () => {
    expect(
      await reachedBy(`
        import type { A } from "./a.ts";
        import type B from "./b.ts";
        export type { C } from "./c.ts";
        export type * from "./d.ts";
        import { type E, e } from "./e.ts";
        import type from "./f.ts";
        export type G = "./g.ts";
      `),
    ).toBe("ef");
  });

  it("is not led astray by text that looks like an import", async () => {
    expect(
      await reachedBy(`
        // import "./a.ts";
        /*
        import "./b.ts";
        */
        import "./c.ts"; // and not "./a.ts"
        const pattern = /import "\\/[/*"']/g; import "./d.ts";
        const address = "https://example.org/*"; import "./e.ts";
        const code = \`
        import "./f.ts";
        \`;
        export const FILE = new URL("./g.ts", import.meta.url);
        export function folder(): string { return "./h.ts"; }
        export default "./i.ts";
        const text = 'it\\'s "./j.ts"';
      `),
    ).toBe("cde");
  });

  it("counts what is imported as text, JSON or bytes, and looks for no imports in it", async () => {
    const tree = {
      "main.ts": `
        import shader from "./add.wgsl" with { type: "text" };
        import table from "./table.json" with { type: "json" };
        import bytes from "./add.wasm" with { type: "bytes" };
      `,
      "add.wgsl": 'import "./missing.ts";',
      "table.json": "{}",
      "add.wasm": new Uint8Array([0, 97, 115, 109]),
    };
    expect(await reached(tree, "main.ts")).toEqual([
      "add.wasm",
      "add.wgsl",
      "main.ts",
      "table.json",
    ]);
  });

  it("ends on circles, and joins what several entries reach", async () => {
    const tree = {
      "a.ts": 'import "./deep/b.ts";',
      "deep/b.ts": 'import "../a.ts";',
      "c.ts": 'import "./deep/b.ts";',
    };
    expect(await reached(tree, "c.ts")).toEqual(["a.ts", "c.ts", "deep/b.ts"]);
    expect(await reached({ ...tree, "d.ts": "" }, "c.ts", "d.ts")).toContain("d.ts");
  });

  it("refuses a module that is missing", async () => {
    await expect(reached({ "main.ts": 'import "./gone.ts";' }, "main.ts")).rejects.toThrow(
      "gone.ts",
    );
  });

  for (const entry of ["experiments/score.ts", "inference/translator.ts", "mod.ts"]) {
    it(`finds in this package from ${entry} what Deno finds`, async () => {
      expect(await packageModules(entry)).toEqual(await denoInfo(entry));
    });
  }

  it("finds search and the model below translation, metrics below scoring, tables below neither", async () => {
    const translation = await packageModules("inference/translator.ts");
    const scoring = await packageModules("experiments/score.ts");
    expect(translation).toContain("inference/beam.ts");
    expect(translation.filter((name) => name.startsWith("metrics/"))).toEqual([]);
    expect(scoring).toContain("metrics/bleu.ts");
    expect(scoring.filter((name) => name.startsWith("inference/"))).toEqual([]);
    const tables = [...translation, ...scoring].filter((name) => /table/.test(name));
    expect(tables.filter((name) => name.startsWith("experiments/"))).toEqual([]);
  });
});

describe("sourceHash()", () => {
  const tree: Tree = {
    "gptq.ts":
      'import { invert } from "./linalg.ts"; import shader from "./gptq.wgsl" with { type: "text" };',
    "wanda.ts": 'import { norm } from "./norm.ts"; import type { Grid } from "./grid.ts";',
    "linalg.ts": "export const invert = 1;",
    "norm.ts": 'import { invert } from "./linalg.ts";',
    "gptq.wgsl": "fn main() {}",
    "grid.ts": "export interface Grid {}",
    "unused.ts": "",
  };

  it("changes with an edit exactly where the edited module is reached", async () => {
    const changed: Record<string, string[]> = {};
    for (const edited of Object.keys(tree)) {
      const after = { ...tree, [edited]: tree[edited] + "\n" };
      changed[edited] = [];
      for (const entry of ["gptq.ts", "wanda.ts"]) {
        if (await hash(tree, entry) !== await hash(after, entry)) changed[edited].push(entry);
      }
    }
    expect(changed).toEqual({
      "gptq.ts": ["gptq.ts"],
      "wanda.ts": ["wanda.ts"],
      "linalg.ts": ["gptq.ts", "wanda.ts"],
      "norm.ts": ["wanda.ts"],
      "gptq.wgsl": ["gptq.ts"],
      "grid.ts": [],
      "unused.ts": [],
    });
  });

  it("changes with one byte of a module that is not text", async () => {
    const main = 'import bytes from "./a.wasm" with { type: "bytes" };';
    const hashes = [0xfe, 0xff].map((byte) =>
      hash({ "main.ts": main, "a.wasm": new Uint8Array([byte]) }, "main.ts")
    );
    expect(await hashes[0]).not.toBe(await hashes[1]);
  });

  it("changes when a module is renamed", async () => {
    const one = { "main.ts": "", "a.ts": "" };
    expect(await hash(one, "main.ts")).not.toBe(await hash(one, "a.ts"));
  });

  it("is the same for the same sources in another folder", async () => {
    const elsewhere = new URL("file:///elsewhere/");
    const moved: ReadModule = (url) =>
      reader(tree)(new URL(url.href.slice(elsewhere.href.length), ROOT));
    expect(await sourceHash([new URL("gptq.ts", elsewhere)], elsewhere, moved))
      .toBe(await hash(tree, "gptq.ts"));
  });

  it("does not depend on the order of the entries", async () => {
    const urls = ["gptq.ts", "wanda.ts"].map((name) => new URL(name, ROOT));
    expect(await sourceHash(urls, ROOT, reader(tree)))
      .toBe(await sourceHash(urls.toReversed(), ROOT, reader(tree)));
  });
});
