import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";

/** Which folders each folder may import from, besides itself. */
const MAY_IMPORT: Record<string, string[]> = {
  kernels: [],
  metrics: [],
  data: [],
  inference: ["kernels", "data"],
  experiments: ["kernels", "metrics", "data", "inference"],
  notebooks: [],
};

interface ModuleGraph {
  modules: { specifier: string; dependencies?: { code?: { specifier?: string } }[] }[];
}

const root = new URL("../", import.meta.url).href;

async function sourceFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(new URL(folder, root))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) found.push(...await sourceFiles(path));
    else if (/\.ts$/.test(entry.name) && !/_bench\.ts$/.test(entry.name)) found.push(path);
  }
  return found;
}

async function importEdges(files: string[]): Promise<[string, string][]> {
  const edges: [string, string][] = [];
  for (const file of files) {
    const text = await Deno.readTextFile(new URL(file, root));
    for (const [, specifier] of text.matchAll(/(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g)) {
      edges.push([file, new URL(specifier!, root + file).href.slice(root.length)]);
    }
  }
  return edges;
}

async function moduleGraph(): Promise<ModuleGraph> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", new URL("mod.ts", root).href],
    env: { NO_COLOR: "1" },
  });
  return JSON.parse(new TextDecoder().decode((await command.output()).stdout));
}

describe("the layers", () => {
  it("import downwards only", async () => {
    for (const folder of Object.keys(MAY_IMPORT)) {
      for (const [from, to] of await importEdges(await sourceFiles(folder))) {
        const target = to.split("/")[0]!;
        const allowed = [folder, ...MAY_IMPORT[folder]!];
        const ok = allowed.includes(target) || to === "deno.json" && folder === "experiments";
        expect(ok ? "" : `${from} imports ${to}`).toBe("");
      }
    }
  });

  it("are joined by mod.ts alone, which holds no code", async () => {
    const text = await Deno.readTextFile(new URL("mod.ts", root));
    const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "");
    const statements = code.split(";").map((statement) => statement.trim()).filter(Boolean);
    for (const statement of statements) {
      expect(statement).toMatch(/^export (type )?\{[^}]+\} from "\.\/[a-z0-9_/]+\.ts"$/);
    }
  });

  it("have no circles", async () => {
    const { modules } = await moduleGraph();
    const edges = new Map(modules.map(({ specifier, dependencies }) => [
      specifier,
      (dependencies ?? []).flatMap(({ code }) => code?.specifier ?? []),
    ]));
    const done = new Set<string>();
    const visit = (node: string, path: string[]): void => {
      expect(path.includes(node) ? [...path, node].join(" -> ") : "").toBe("");
      if (done.has(node)) return;
      for (const next of edges.get(node) ?? []) {
        if (next.startsWith(root)) visit(next, [...path, node]);
      }
      done.add(node);
    };
    visit(new URL("mod.ts", root).href, []);
  });
});
