import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { fileURLToPath } from "node:url";
import type { ResultRow } from "../../experiments/row.ts";
import { ResultStore } from "../../experiments/store.ts";
import { exampleRow, withFolder } from "./example_rows.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Appends a row with these translations under this key. */
async function add(store: ResultStore, key: string, lines = ["Ja.", ""]): Promise<ResultRow> {
  const row = exampleRow({
    keys: { row: key, translation: `translation of ${key}` },
    hypotheses: { ...await store.writeHypotheses(lines), unfinished: 0 },
  });
  await store.append(row);
  return row;
}

describe("ResultStore", () => {
  it("gives back the rows that were appended, in their order, also after reopening", async () => {
    await withFolder(async (folder) => {
      const store = await ResultStore.open(`${folder}/new/results`);
      const rows = [await add(store, "a"), await add(store, "b"), await add(store, "a")];
      expect(store.rows).toEqual(rows);
      const again = await ResultStore.open(store.folder);
      expect(again.rows).toEqual(rows);
      expect(again.repairs).toEqual([]);
    });
  });

  it("finds the newest row of a key, and nothing under another key", async () => {
    await withFolder(async (folder) => {
      const store = await ResultStore.open(folder);
      await add(store, "a", ["old"]);
      const newest = await add(store, "a", ["new"]);
      await add(store, "b");
      expect(store.find("a")).toEqual(newest);
      expect(await store.findTranslation("translation of a")).toEqual(newest);
      expect(store.find("translation of a")).toBeUndefined();
      expect(await store.findTranslation("a")).toBeUndefined();
    });
  });

  it("gives translations back line by line, empty lines at both ends included", async () => {
    await withFolder(async (folder) => {
      const store = await ResultStore.open(folder);
      const texts = [["a"], [""], ["", ""], ["a", ""], ["", "a", "", ""], [
        "\ufeffa\r",
        " b\t",
        "𝄞",
      ]];
      for (const lines of texts) {
        const row = await add(store, JSON.stringify(lines), lines);
        expect(await store.hypotheses(row)).toEqual(lines);
        expect(await store.holds(row)).toBe(true);
      }
    });
  });

  it("keeps each text of translations in a file named after its SHA-256, and no other files", async () => {
    await withFolder(async (folder) => {
      const store = await ResultStore.open(folder);
      const { hypotheses } = await add(store, "a");
      await add(store, "b");
      const names = Array.from(Deno.readDirSync(`${folder}/hypotheses`), ({ name }) => name);
      expect(names).toEqual([`${hypotheses.sha256}.txt`]);
    });
  });

  it("keeps translations of several lines as JSON, one a line, and gives them back", async () => {
    await withFolder(async (folder) => {
      const store = await ResultStore.open(folder);
      const lines = ["a", "b\n\nc \\n", "", '"d"', "\n"];
      const written = await store.writeHypotheses(lines);
      expect(written.file).toBe(`hypotheses/${written.sha256}.jsonl`);
      const row = exampleRow({ hypotheses: { ...written, unfinished: 0 } });
      expect(await store.holds(row)).toBe(true);
      expect(await store.hypotheses(row)).toEqual(lines);
    });
  });

  it("does not hold translations that are gone or have one other byte", async () => {
    await withFolder(async (folder) => {
      const store = await ResultStore.open(folder);
      const row = await add(store, "a");
      const path = store.hypothesesPath(row);
      const bytes = await Deno.readFile(path);
      for (let at = 0; at < bytes.length; at++) {
        await Deno.writeFile(path, bytes.map((byte, i) => i === at ? byte ^ 1 : byte));
        expect(await store.holds(row)).toBe(false);
        expect(await store.findTranslation(row.keys.translation)).toBeUndefined();
      }
      await Deno.remove(path);
      expect(await store.holds(row)).toBe(false);
    });
  });

  it("cuts a last line off that was torn after any byte, says so, and keeps the rows before", async () => {
    await withFolder(async (folder) => {
      const store = await ResultStore.open(folder);
      const first = await add(store, "a");
      const path = `${folder}/rows.jsonl`;
      const { size } = await Deno.stat(path);
      await add(store, "b");
      const bytes = await Deno.readFile(path);
      for (let end = size + 1; end < bytes.length; end++) {
        await Deno.writeFile(path, bytes.subarray(0, end));
        const repaired = await ResultStore.open(folder);
        expect(repaired.rows).toEqual([first]);
        expect(repaired.repairs).toEqual([
          `Cut a torn last line of ${end - size} bytes off ${path}: its unit is computed again`,
        ]);
        expect((await Deno.stat(path)).size).toBe(size);
      }
      expect((await ResultStore.open(folder)).repairs).toEqual([]);
    });
  });

  it("cuts a first line off that was torn", async () => {
    await withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/rows.jsonl`, '{"schema":1,');
      const store = await ResultStore.open(folder);
      expect(store.rows).toEqual([]);
      expect(store.repairs.length).toBe(1);
    });
  });

  it("cuts a line off that another process tore after this one had opened the folder", async () => {
    await withFolder(async (folder) => {
      const store = await ResultStore.open(folder);
      const first = await add(store, "a");
      await Deno.writeTextFile(`${folder}/rows.jsonl`, '{"schema":1,', { append: true });
      const second = await add(store, "b");
      expect(store.repairs.length).toBe(1);
      expect((await ResultStore.open(folder)).rows).toEqual([first, second]);
    });
  });

  it("refuses a whole line that something changed, naming the file and the line", async () => {
    await withFolder(async (folder) => {
      const store = await ResultStore.open(folder);
      for (const key of ["a", "b", "c"]) await add(store, key);
      const path = `${folder}/rows.jsonl`;
      const text = await Deno.readTextFile(path);
      const [a, b, c] = text.trimEnd().split("\n");
      const wrong = [b.replace("tiny", "tinz"), b.slice(1), "", "{}", b + " ", '"'];
      for (const line of wrong) {
        await Deno.writeTextFile(path, [a, line, c].join("\n") + "\n");
        await expect(ResultStore.open(folder)).rejects.toThrow(SyntaxError);
        await expect(ResultStore.open(folder)).rejects.toThrow(`Cannot read ${path}, line 2`);
      }
      await Deno.writeTextFile(path, text);
      expect((await ResultStore.open(folder)).rows.length).toBe(3);
    });
  });

  it("loses no row when two processes append to one folder at once", async () => {
    await withFolder(async (folder) => {
      const script = fileURLToPath(new URL("append_rows.ts", import.meta.url));
      const start = (name: string) =>
        new Deno.Command(Deno.execPath(), {
          args: [
            "run",
            "--no-check",
            "--allow-read",
            `--allow-write=${folder}`,
            script,
            folder,
            name,
            "50",
          ],
          cwd: ROOT,
          stderr: "inherit",
        }).output();
      const ends = await Promise.all(["left", "right"].map(start));
      expect(ends.map(({ success }) => success)).toEqual([true, true]);
      const store = await ResultStore.open(folder);
      expect(store.repairs).toEqual([]);
      expect(store.rows.length).toBe(100);
      for (const name of ["left", "right"]) {
        const own = store.rows.map(({ keys }) => keys.row).filter((key) => key.startsWith(name));
        expect(own).toEqual(Array.from({ length: 50 }, (_, i) => `${name} ${i}`));
      }
      for (const row of store.rows) {
        expect(await store.hypotheses(row)).toEqual([row.keys.row, ""]);
      }
    });
  });
});
