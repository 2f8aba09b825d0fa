import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { fileURLToPath } from "node:url";
import { tinySplitFile } from "../../data/tiny.ts";
import { sealRow } from "../../experiments/row.ts";
import { scoreTranslations } from "../../experiments/score.ts";
import { ResultStore } from "../../experiments/store.ts";
import { readTestSet } from "../../experiments/test_set.ts";
import { type Verification, verifyResults } from "../../experiments/verify.ts";
import { EXAMPLE_RECIPE, exampleRow, withFolder } from "./example_rows.ts";

/** A copy of the test set and results on it, one direction a row. */
class Results {
  readonly testSet: string;
  readonly rows: string;

  constructor(readonly folder: string) {
    this.testSet = `${folder}/test.tsv`;
    this.rows = `${folder}/results/rows.jsonl`;
  }

  async fill(): Promise<void> {
    const text = await Deno.readTextFile(tinySplitFile("test"));
    await Deno.writeTextFile(this.testSet, text.split("\n").slice(0, 7).join("\n") + "\n");
    const store = await ResultStore.open(`${this.folder}/results`);
    const testSet = await readTestSet("tiny/test", this.testSet);
    for (const direction of EXAMPLE_RECIPE.directions) {
      const { sources, references, data } = testSet.unit(direction, 4);
      // An empty translation at both ends, two right ones between them.
      const lines = ["", references[1], references[2], ""].map((line) => line.replace(".", ""));
      expect(sources.length).toBe(lines.length);
      await store.append(exampleRow({
        direction,
        data,
        hypotheses: { ...await store.writeHypotheses(lines), unfinished: 0 },
        scores: scoreTranslations(lines, references, direction),
      }));
    }
  }

  verify(): Promise<Verification> {
    return verifyResults(`${this.folder}/results`, (id) => readTestSet(id, this.testSet));
  }

  /** Every file's bytes, by name, to see that nothing changed. */
  async files(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (
      const folder of [this.folder, `${this.folder}/results`, `${this.folder}/results/hypotheses`]
    ) {
      for await (const { name, isFile } of Deno.readDir(folder)) {
        if (isFile) {
          found.set(`${folder}/${name}`, (await Deno.readFile(`${folder}/${name}`)).join());
        }
      }
    }
    return found;
  }

  /** Problems that are found with one bit of one byte of a file changed. */
  async problemsWithByte(path: string, at: number, flip = 1): Promise<string[]> {
    const bytes = await Deno.readFile(path);
    await Deno.writeFile(path, bytes.map((byte, i) => (i === at ? byte ^ flip : byte)));
    const { problems } = await this.verify();
    await Deno.writeFile(path, bytes);
    return problems;
  }
}

/** Runs a test on results that are sound. */
function withResults(test: (results: Results) => Promise<void>): () => Promise<void> {
  return () =>
    withFolder(async (folder) => {
      const results = new Results(folder);
      await results.fill();
      await test(results);
    });
}

/** About so many places in a file, its first and last byte among them. */
async function places(path: string, count: number): Promise<number[]> {
  const last = (await Deno.stat(path)).size - 1;
  return Array.from({ length: count }, (_, i) => Math.round(i * last / (count - 1)));
}

describe("verifyResults()", () => {
  it(
    "finds nothing wrong with sound results, computes every score again and changes nothing",
    withResults(async (results) => {
      const before = await results.files();
      expect(await results.verify()).toEqual({ rows: 3, scores: 6, problems: [] });
      expect(await results.files()).toEqual(before);
    }),
  );

  it(
    "finds one changed byte of a row, wherever it is, and changes nothing",
    withResults(async (results) => {
      for (const at of await places(results.rows, 150)) {
        const problems = await results.problemsWithByte(results.rows, at);
        expect(problems.length).toBeGreaterThan(0);
        expect(problems[0]).toContain(results.rows);
      }
      expect((await results.verify()).problems).toEqual([]);
    }),
  );

  it(
    "names the line and goes on with the other rows",
    withResults(async (results) => {
      const text = await Deno.readTextFile(results.rows);
      await Deno.writeTextFile(results.rows, text.replace('"en-zh"', '"en-zz"'));
      const { rows, scores, problems } = await results.verify();
      expect({ rows, scores }).toEqual({ rows: 3, scores: 4 });
      expect(problems).toEqual([`${results.rows}, line 2: the row is not what its SHA-256 says`]);
    }),
  );

  it(
    "finds one changed byte of a file of translations, wherever it is",
    withResults(async (results) => {
      const [name] = Array.from(Deno.readDirSync(`${results.folder}/results/hypotheses`));
      const path = `${results.folder}/results/hypotheses/${name.name}`;
      for (const at of (await Deno.readFile(path)).keys()) {
        const problems = await results.problemsWithByte(path, at);
        expect(problems.length).toBe(1);
        expect(problems[0]).toContain(`${name.name} is not what its SHA-256 says`);
      }
    }),
  );

  it(
    "finds one changed byte of the references' file in every row, wherever it is",
    withResults(async (results) => {
      for (const at of await places(results.testSet, 60)) {
        expect((await results.problemsWithByte(results.testSet, at)).length).toBe(3);
      }
    }),
  );

  it(
    "finds a file of translations that is gone",
    withResults(async (results) => {
      const folder = `${results.folder}/results/hypotheses`;
      for (const { name } of Deno.readDirSync(folder)) await Deno.remove(`${folder}/${name}`);
      expect((await results.verify()).problems.length).toBe(3);
    }),
  );

  it(
    "finds a last line that is torn, or a line that is empty",
    withResults(async (results) => {
      const text = await Deno.readTextFile(results.rows);
      await Deno.writeTextFile(results.rows, text.slice(0, -1));
      expect((await results.verify()).problems).toEqual([`${results.rows}: the last line is torn`]);
      await Deno.writeTextFile(results.rows, text + "\n");
      expect((await results.verify()).problems.length).toBe(1);
    }),
  );

  it(
    "finds a score that was never true, though the row carries its own SHA-256",
    withResults(async (results) => {
      const [line, ...rest] = (await Deno.readTextFile(results.rows)).split("\n");
      const { sha256: _seal, ...row } = JSON.parse(line);
      row.scores.bleu.score += 1e-12;
      await Deno.writeTextFile(results.rows, [JSON.stringify(sealRow(row)), ...rest].join("\n"));
      const { scores, problems } = await results.verify();
      expect(scores).toBe(5);
      expect(problems.length).toBe(1);
      expect(problems[0]).toMatch(
        /line 1: bleu is recorded as [\d.]+, computed again it is [\d.]+/,
      );
    }),
  );

  it("refuses a folder without rows", async () => {
    await withFolder(async (folder) => {
      await expect(verifyResults(folder)).rejects.toThrow(Deno.errors.NotFound);
    });
  });
});

describe("deno task verify", () => {
  /** Runs the task, with its own permissions, on the folders given or on those it chooses. */
  async function verify(
    results: string,
    ...folders: string[]
  ): Promise<{ code: number; text: string }> {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", "verify", ...folders],
      cwd: fileURLToPath(new URL("../../", import.meta.url)),
      env: { MTPRESS_RESULTS: results, NO_COLOR: "1" },
    }).output();
    const decoder = new TextDecoder();
    return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
  }

  it("fails on a changed byte and on a folder without results, and succeeds otherwise", async () => {
    await withFolder(async (folder) => {
      const testSet = await readTestSet("tiny/test", tinySplitFile("test"));
      const { references, data } = testSet.unit("en-de", 2);
      const store = await ResultStore.open(`${folder}/results`);
      await store.append(exampleRow({
        data,
        hypotheses: { ...await store.writeHypotheses(references), unfinished: 0 },
        scores: scoreTranslations(references, references, "en-de"),
      }));
      const sound = await verify("", store.folder);
      expect(sound.text).toContain("1 rows, 2 scores computed again, 0 problems");
      expect(sound.code).toBe(0);
      const rows = `${store.folder}/rows.jsonl`;
      await Deno.writeTextFile(rows, (await Deno.readTextFile(rows)).replace("cpu", "cpv"));
      const broken = await verify(store.folder);
      expect(broken.text).toContain("line 1: the row is not what its SHA-256 says");
      expect(broken.code).toBe(1);
      const missing = await verify("", `${folder}/missing`);
      expect(missing.text).toContain("no results yet");
      expect(missing.code).toBe(1);
    });
  });

  it("checks the committed reference, and takes no harm from results that are not there yet", async () => {
    await withFolder(async (folder) => {
      const { code, text } = await verify(`${folder}/none`);
      expect(text).toMatch(/reference\/?: [1-9]\d* rows, \d+ scores computed again, 0 problems/);
      expect(text).toContain(`${folder}/none: no results yet`);
      expect(code).toBe(0);
    });
  });
});
