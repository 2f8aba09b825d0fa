import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { directionTable, loadRecipe, loadReference, referenceRows, table1 } from "mtpress";
import { codeCells, facesOf, joined, notebookNames, NOTEBOOKS } from "./notebook.ts";

const root = new URL("../../", import.meta.url);

async function formatted(source: string): Promise<string> {
  const config = new URL("deno.json", root).pathname;
  const format = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext=ts", "--config", config, "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = format.stdin.getWriter();
  await writer.write(new TextEncoder().encode(source));
  await writer.close();
  return new TextDecoder().decode((await format.output()).stdout);
}

for (const name of notebookNames()) {
  const json = Deno.readTextFileSync(new URL(name, NOTEBOOKS));
  const cells = codeCells(json);

  describe(`notebooks/${name}`, () => {
    it("was run top to bottom", () => {
      expect(cells.map((cell) => cell.execution_count)).toEqual(cells.map((_, i) => i + 1));
      const errors = cells.flatMap((cell) => cell.outputs)
        .filter((output) => output.output_type === "error");
      expect(errors).toEqual([]);
    });

    it("imports the package and nothing else", () => {
      const sources = cells.map((cell) => joined(cell.source)).join("\n");
      const imports = [...sources.matchAll(/from\s+["']([^"']+)["']/g)].map((match) => match[1]);
      expect([...new Set(imports)]).toEqual(["mtpress"]);
    });

    it("has cells that pass the type check", async () => {
      const folder = await Deno.makeTempDir();
      try {
        const module = `${folder}/cells.ts`;
        await Deno.writeTextFile(module, cells.map((cell) => joined(cell.source)).join("\n"));
        const config = new URL("deno.json", root).pathname;
        const check = new Deno.Command(Deno.execPath(), {
          args: ["check", "--config", config, "--no-lock", module],
          env: { NO_COLOR: "1" },
        });
        const { success, stderr } = await check.output();
        expect(success ? "" : new TextDecoder().decode(stderr)).toBe("");
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });

    // `deno fmt --check` calls every notebook unformatted, also one that `deno fmt` has just written.
    it("has code cells as the formatter writes them", async () => {
      for (const cell of cells) {
        const source = joined(cell.source) + "\n";
        expect(await formatted(source)).toBe(source);
      }
    });

    // The kernel awaits what display() sends; what is printed, or a cell's last value, may come too late for a client.
    it("shows everything through display(), and nothing got lost", () => {
      for (const cell of cells) {
        const source = joined(cell.source);
        expect(source).not.toContain("console.log");
        const shown = source.match(/^\s*await display\(/gm)?.length ?? 0;
        if (!/\bfor \(/.test(source)) expect(cell.outputs.length).toBe(shown);
        else expect(cell.outputs.length).toBeGreaterThanOrEqual(shown);
        expect(cell.outputs.every((output) => output.output_type === "display_data")).toBe(true);
      }
    });

    it("names no path of the machine that ran it", () => {
      expect(json).not.toMatch(/\/(home|root|tmp|Users|work)\//);
    });
  });
}

describe("notebooks/table_1.ipynb", () => {
  it("shows what the renderer makes from the committed reference rows, byte for byte", async () => {
    const cells = codeCells(await Deno.readTextFile(new URL("table_1.ipynb", NOTEBOOKS)));
    const recipe = await loadRecipe("table_1");
    const rows = referenceRows(await loadReference(), recipe);
    expect(rows.length).toBe(recipe.methods.length * recipe.directions.length);
    for (
      const [source, table] of [
        ["table1(recipe, rows)", table1(recipe, rows)],
        ["directionTable(recipe, rows)", directionTable(recipe, rows)],
      ] as const
    ) {
      const faces = facesOf(cells, source);
      expect(faces["text/html"]).toBe(table.toHtml());
      expect(faces["text/markdown"]).toBe(table.toMarkdown());
      expect(faces["text/plain"]).toBe(table.toText());
    }
  });
});
