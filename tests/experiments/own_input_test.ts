/**
 * A model, a text and a direction of one's own, through the command that users run.
 */
import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { loadRecipe, readTinySplit, ResultStore, tinyModelFolder, verifyResults } from "mtpress";
import { writeRandomCheckpoint } from "../inference/random_checkpoint.ts";
import { checkoutPath, type CommandEnd, runDeno } from "./command.ts";

const COMMAND = checkoutPath("experiments/reproduce.ts");

/** A folder that each test fills and that is removed at the end. */
class Workplace {
  folder = "";
  #runs = 0;

  async open(): Promise<void> {
    this.folder = await Deno.makeTempDir();
  }

  close(): Promise<void> {
    return Deno.remove(this.folder, { recursive: true });
  }

  /** Runs `reproduce` in the folder, with results of its own. */
  async reproduce(...args: string[]): Promise<CommandEnd & { results: string }> {
    const results = `${this.folder}/results-${this.#runs++}`;
    const end = await runDeno(["run", "--allow-all", COMMAND, ...args], {
      results,
      cwd: this.folder,
    });
    return { ...end, results };
  }

  /** Runs it and returns the rows. */
  async rows(...args: string[]) {
    const end = await this.reproduce(...args);
    expect(end.code === 0 ? "" : end.text).toBe("");
    const { rows } = await ResultStore.open(end.results);
    return { ...end, rows };
  }

  /** Writes lines into a file of the folder. */
  write(name: string, lines: readonly string[]): Promise<void> {
    return Deno.writeTextFile(`${this.folder}/${name}`, lines.join("\n") + "\n");
  }
}

const place = new Workplace();
before(() => place.open());
after(() => place.close());

describe("deno task reproduce --model", () => {
  const only = ["--recipe", "table_1", "--only", "baseline,rtn-4,en-de", "--limit", "4"];

  it("measures a Hugging Face folder under the folder's name", async () => {
    await Deno.mkdir(`${place.folder}/my-llama`);
    for await (const { name, isFile } of Deno.readDir(tinyModelFolder())) {
      if (!isFile) continue;
      await Deno.copyFile(`${tinyModelFolder()}/${name}`, `${place.folder}/my-llama/${name}`);
    }
    const { rows, text, results } = await place.rows("--model", "my-llama", ...only);
    expect(rows.map(({ method, model }) => [method.id, model.id]))
      .toEqual([["baseline", "my-llama"], ["rtn-4", "my-llama"]]);
    expect(text).toContain("my-llama: weights 6a8cdde0ff1a, 4 sentences per direction");
    expect(text).not.toContain("Reference:");
    expect((await verifyResults(results)).problems).toEqual([]);
  });

  it("measures a LLaMA of another shape, with shared heads, tied embeddings and bfloat16", async () => {
    const random = await writeRandomCheckpoint({
      seed: 3,
      dtype: "BF16",
      hiddenSize: 96,
      intermediateSize: 160,
      layers: 2,
      heads: 6,
      keyValueHeads: 2,
      vocabularySize: 3072,
      maxPositions: 256,
      tiedEmbeddings: true,
    });
    try {
      for (const name of ["tokenizer.json", "tokenizer_config.json"]) {
        await Deno.copyFile(`${tinyModelFolder()}/${name}`, `${random.folder}/${name}`);
      }
      const { rows, results } = await place.rows("--model", random.folder, ...only);
      expect(rows.map(({ perplexity }) => perplexity > 100)).toEqual([true, true]);
      expect(rows[1].bytes).toBeLessThan(rows[0].bytes);
      expect((await verifyResults(results)).problems).toEqual([]);
    } finally {
      await random.remove();
    }
  });

  it("says what is missing in a folder", async () => {
    await Deno.mkdir(`${place.folder}/half`);
    for (
      const [name, missing] of [
        ["config.json", "neither model.safetensors nor"],
        ["model.safetensors", "no tokenizer.json and no tokenizer.model"],
      ]
    ) {
      await Deno.copyFile(`${tinyModelFolder()}/${name}`, `${place.folder}/half/${name}`);
      const { code, text } = await place.reproduce("--model", "half", ...only);
      expect(code).toBe(1);
      expect(text).toMatch(/^Cannot [^\n]+half: [^\n]+\n$/);
      expect(text).toContain(missing);
    }
  });
});

describe("deno task reproduce with a text of one's own", () => {
  before(async () => {
    const test = await readTinySplit("test");
    for (const code of ["de", "en", "cs"] as const) {
      const { sources } = test.pairs(code === "en" ? "en-de" : `${code}-en`, 3);
      await place.write(`${code}.txt`, sources);
    }
    await Deno.mkdir(`${place.folder}/deep`);
    const { sources, references } = test.pairs("en-cs", 3);
    const lines = sources.map((line, i) => `${line}\t${references[i]}`);
    await place.write("deep/own.tsv", ["en\tcs", ...lines]);
  });

  const own = (files: string, pair: string, ...more: string[]) =>
    ["--data", files, "--pair", pair, "--only", "baseline"].concat(more);

  it("translates two files of lines, and its rows verify while the files stay as they are", async () => {
    const { rows, results } = await place.rows(...own("de.txt,en.txt", "de-en"));
    expect(rows.map(({ direction, data }) => [direction, data.segments])).toEqual([["de-en", 3]]);
    const tiny = await place.rows(
      ...["--recipe", "table_1", "--only", "baseline,de-en", "--limit", "3"],
    );
    expect(rows[0].scores).toEqual(tiny.rows[0].scores);
    expect((await verifyResults(results)).problems).toEqual([]);
    const before = await Deno.readTextFile(`${place.folder}/en.txt`);
    await Deno.writeTextFile(`${place.folder}/en.txt`, before.replace("e", "a"));
    const [problem] = (await verifyResults(results)).problems;
    expect(problem).toContain("is not the one that the row was scored against");
    await Deno.writeTextFile(`${place.folder}/en.txt`, before);
  });

  it("runs a recipe file, whose texts lie beside it", async () => {
    const table = await loadRecipe("table_1");
    const recipe = {
      ...table,
      id: "own",
      title: "Own text",
      testSet: "own.tsv",
      sentences: 3,
      directions: ["en-cs", "cs-en"],
      calibration: { set: "own.tsv", samples: 2 },
      methods: table.methods.filter(({ id }) => ["baseline", "wanda-40"].includes(id)),
    };
    await place.write("deep/own.json", [JSON.stringify(recipe)]);
    const { rows, text, results } = await place.rows("--recipe", "deep/own.json");
    expect(rows.map(({ direction }) => direction)).toEqual(["en-cs", "cs-en", "en-cs", "cs-en"]);
    expect(rows[2].calibration!.samples).toBe(2);
    expect(text).toContain("Own text");
    expect((await Deno.stat(`${results}/own.md`)).isFile).toBe(true);
    expect((await verifyResults(results)).problems).toEqual([]);
  });

  it("translates between two languages other than English, and shows the scores by direction", async () => {
    const { rows, text } = await place.rows(...own("de.txt,cs.txt", "de-cs"));
    expect(rows.map(({ direction }) => direction)).toEqual(["de-cs"]);
    expect(text).toMatch(/Baseline +16bit\/NA +tiny +– +– +– +– /);
    expect(text).toContain("de-cs: in neither mean");
    expect(text).toMatch(new RegExp(`Baseline +BLEU +${rows[0].scores.bleu.score.toFixed(2)}\n`));
  });

  it("asks in the name of a language beyond the six", async () => {
    const { rows } = await place.rows(...own("de.txt,en.txt", "fr-en"));
    expect(rows.map(({ direction }) => direction)).toEqual(["fr-en"]);
  });

  it("refuses in one sentence, before any work, what cannot be measured", async () => {
    await place.write("gap.txt", ["Eins.", "", "Drei."]);
    await place.write("two.txt", ["Eins.", "Zwei."]);
    await place.write("no.json", ["{"]);
    const refusals: [string[], RegExp][] = [
      [own("de.txt,two.txt", "de-en"), /they have 3 and 2 lines, and must have as many/],
      [own("de.txt,missing.txt", "de-en"), /Cannot read .*missing.txt: there is no such file/],
      [own("gap.txt,en.txt", "de-en"), /Cannot read .*gap.txt, line 2: it must not be empty/],
      [own("de.txt,en.txt", "xx-en"), /Cannot name language "xx": it must be an ISO 639 code/],
      [own("de.txt,en.txt", "deu-en"), /its code is "de"/],
      [own("en.txt,de.txt", "en-ja"), /sacreBLEU's for ja needs MeCab/],
      [own("de.txt,en.txt", "de-en", "--limit", "9"), /Cannot take 9 sentences/],
      [["--recipe", "no.json"], /Cannot read no.json: it must be JSON/],
      [["--recipe", "none.json"], /Cannot read none.json: there is no such file/],
    ];
    const ends = await Promise.all(
      refusals.map(([args]) => place.reproduce(...args, "--no-notebooks")),
    );
    for (const [i, { code, text }] of ends.entries()) {
      expect(text).toMatch(refusals[i][1]);
      expect(text.trimEnd().split("\n").length).toBe(1);
      expect(code).toBe(1);
    }
  });
});
