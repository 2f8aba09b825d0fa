import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { sha256 } from "../../experiments/canonical_json.ts";
import { isSealed, type SystemRow } from "../../experiments/row.ts";
import { scoreSystem, type SystemScoring } from "../../experiments/score_system.ts";
import { parseScoreOptions, SCORE_HELP } from "../../experiments/score_system_options.ts";
import { systemTable } from "../../experiments/score_system_table.ts";
import { ResultStore } from "../../experiments/store.ts";
import { openTestSet } from "../../experiments/test_set.ts";
import { verifyResults } from "../../experiments/verify.ts";
import { checkoutPath, runDeno } from "./command.ts";
import { withFolder, writeTree } from "./example_rows.ts";

const SOURCES = ["Der Hund schläft.", "Sie haben einen Ball."];
const REFERENCES = ["The dog is sleeping now.", "They have a heavy ball."];

/** A test set of two sentences in a folder, and a store beside it. */
async function scoring(folder: string): Promise<SystemScoring> {
  await writeTree(folder, {
    "de.txt": `${SOURCES.join("\n")}\n`,
    "en.txt": `${REFERENCES.join("\n")}\n`,
  });
  const testSet = await openTestSet(`${folder}/de.txt,${folder}/en.txt`);
  return { store: await ResultStore.open(`${folder}/results`), testSet, protocol: "sound" };
}

const system = (hypotheses: readonly string[], direction: `${string}-${string}` = "de-en") => ({
  name: "System",
  direction,
  hypotheses,
  fileSha256: sha256(hypotheses.join("\n")),
});

describe("scoreSystem()", () => {
  it("keeps one sealed row that says only what is known, verifies, and is found again", async () => {
    await withFolder(async (folder) => {
      const options = await scoring(folder);
      const lines = ["The dog sleeps.", "They have a heavy ball."];
      const { row, computed } = await scoreSystem(system(lines), options);
      expect(computed).toBe(true);
      expect(isSealed(row)).toBe(true);
      expect(Object.keys(row).sort()).toEqual([
        ...["commit", "data", "direction", "finished", "hypotheses", "keys", "protocol"],
        ...["schema", "scores", "sha256", "sources", "system", "versions"],
      ]);
      expect(await options.store.hypotheses(row)).toEqual(lines);
      const again = await ResultStore.open(options.store.folder);
      expect(again.systems).toEqual([row]);
      expect(again.rows).toEqual([]);
      const repeated = await scoreSystem(system(lines), { ...options, store: again });
      expect(repeated).toEqual({ row, computed: false });
      expect(await verifyResults(again.folder)).toEqual({ rows: 1, scores: 2, problems: [] });
    });
  });

  it("records the study's quirks about scoring, each where it touches the direction", async () => {
    await withFolder(async (folder) => {
      const options = { ...await scoring(folder), protocol: "study" } as const;
      const rows: SystemRow[] = [];
      for (const direction of ["de-en", "de-zh"] as const) {
        rows.push((await scoreSystem(system(REFERENCES, direction), options)).row);
      }
      expect(rows.map(({ quirks }) => quirks)).toEqual([
        ["reference-newline", "comet-prompt-source"],
        ["chinese-13a", "reference-newline", "comet-prompt-source"],
      ]);
      expect(rows.map(({ scores }) => scores.bleu.signature.match(/tok:\w+/)?.[0]))
        .toEqual(["tok:13a", "tok:13a"]);
      const plain = await scoreSystem(system(REFERENCES, "de-zh"), { ...options, quirks: [] });
      expect(plain.row.scores.bleu.signature).toContain("tok:zh");
      expect(await verifyResults(options.store.folder))
        .toEqual({ rows: 3, scores: 6, problems: [] });
    });
  });

  it("refuses another number of translations, and a system without a name", async () => {
    await withFolder(async (folder) => {
      const options = await scoring(folder);
      await expect(scoreSystem(system(["one"]), options)).rejects.toThrow(
        /Cannot score 1 translations by System against .*, de-en: it has 2 sentences/,
      );
      await expect(scoreSystem({ ...system(REFERENCES), name: " " }, options))
        .rejects.toThrow("it must have a name");
      expect(options.store.systems).toEqual([]);
    });
  });

  it("leaves a row whose quirks were changed to verifyResults(), which finds the score untrue", async () => {
    await withFolder(async (folder) => {
      const options = { ...await scoring(folder), protocol: "study" } as const;
      const { row } = await scoreSystem(system(REFERENCES, "de-zh"), options);
      const path = `${options.store.folder}/systems.jsonl`;
      const text = await Deno.readTextFile(path);
      await Deno.writeTextFile(path, text.replace('"chinese-13a",', ""));
      expect((await verifyResults(options.store.folder)).problems).toEqual([
        `${path}, line 1: the row is not what its SHA-256 says`,
      ]);
      expect(row.quirks).toContain("chinese-13a");
    });
  });
});

describe("systemTable()", () => {
  it("has BLEU and chrF of each direction, and means that say what they are of", async () => {
    await withFolder(async (folder) => {
      const options = await scoring(folder);
      for (const direction of ["de-en", "cs-en", "en-de"] as const) {
        await scoreSystem(system(REFERENCES, direction), options);
      }
      await scoreSystem({ ...system(REFERENCES), name: "Other" }, options);
      const lines = systemTable(options.store.systems).toCsv().split("\n");
      expect(lines.slice(0, 5)).toEqual([
        "System,Test set,Protocol,Metric,en-de,cs-en,de-en,Mean en→x,Mean x→en",
        "System,text files,sound,BLEU,100.00,100.00,100.00,100.00,100.00",
        "System,text files,sound,chrF,100.00,100.00,100.00,100.00,100.00",
        "Other,text files,sound,BLEU,–,–,100.00,–,100.00 (1/2)",
        "Other,text files,sound,chrF,–,–,100.00,–,100.00 (1/2)",
      ]);
    });
  });
});

describe("deno task score", () => {
  const needed = ["--hypotheses", "h.txt", "--data", "wmt22", "--pair", "de-en", "--name", "S"];

  it("needs to know what, against what, in which direction and by whom", () => {
    expect(parseScoreOptions(needed)).toEqual({
      hypotheses: "h.txt",
      data: "wmt22",
      direction: "de-en",
      name: "S",
      protocol: "sound",
      quirks: undefined,
    });
    for (let at = 0; at < needed.length; at += 2) {
      expect(() => parseScoreOptions(needed.toSpliced(at, 2)))
        .toThrow(`Cannot score without ${needed[at]}: --help says what it is`);
    }
    expect(() => parseScoreOptions([...needed, "--pair", "de"])).toThrow("Cannot use --pair de");
    expect(parseScoreOptions(["--help"])).toBe("help");
    for (const option of needed.filter((_, i) => i % 2 === 0)) expect(SCORE_HELP).toContain(option);
  });

  it("scores a file, prints the table, and leaves a row that verifies from anywhere", async () => {
    await withFolder(async (folder) => {
      await scoring(folder);
      await Deno.writeTextFile(`${folder}/system.txt`, `${REFERENCES.join("\r\n")}\r\n`);
      const args = ["--hypotheses", "system.txt", "--data", "de.txt,en.txt", "--pair", "de-en"];
      const run = () =>
        runDeno([
          ...["run", "--allow-all", "--config", checkoutPath("deno.json"), "--no-lock"],
          ...[checkoutPath("experiments/score_system_command.ts"), ...args, "--name", "My system"],
        ], { results: `${folder}/results`, cwd: folder });
      const first = await run();
      expect(first.code).toBe(0);
      expect(first.text).toMatch(/My system +text files +sound +BLEU +100\.00/);
      expect(first.text).toContain("My system de-en: scored, row ");
      expect((await run()).text).toContain("My system de-en: was scored already, row ");
      expect(await verifyResults(`${folder}/results`))
        .toEqual({ rows: 1, scores: 2, problems: [] });
    });
  });
});
