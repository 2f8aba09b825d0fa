/**
 * Real WMT22 text through the whole path, from the checkpoint to the table, with random weights in ALMA-7B's layout at small width.
 */
import { after, before, describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import {
  cometLookup,
  loadRecipe,
  openCheckpoint,
  type Recipe,
  ResultStore,
  runRecipe,
  table1,
  verifyResults,
} from "mtpress";
import { recipeOutputs } from "../../experiments/outputs.ts";
import { writeRandomModel } from "../../experiments/proofs/random_weights.ts";
import { readRecipeFile } from "../../experiments/recipe_file.ts";
import { isSealed, type ResultRow } from "../../experiments/row.ts";
import { GOLDEN_MODEL, GOLDEN_TOKENIZER } from "../inference/comet/golden.ts";
import { writeAlmaTokenizer } from "../inference/sentencepiece/llama2_model.ts";
import { itNeeds, SHARED } from "../needs.ts";
import { checkoutPath, runDeno } from "./command.ts";
import {
  humanParallelSlice,
  NARROW_ALMA,
  wmt22Slice,
  writeAlmaClone,
  writeLock,
} from "./narrow_alma.ts";

const METHODS = ["baseline", "gptq-4", "nf4", "wanda-40", "wanda-gptq-40-4"];
const DIRECTIONS = ["en-zh", "en-de"];
const SENTENCES = 3;

/** The column of Table 1. */
const COMET_OUT_OF_ENGLISH = 4;

const {
  hidden_size: HIDDEN,
  intermediate_size: FEED_FORWARD,
  num_hidden_layers: LAYERS,
  vocab_size: VOCABULARY,
} = NARROW_ALMA;

/** Weights that methods compress, and all others. */
const LINEAR = LAYERS * (4 * HIDDEN * HIDDEN + 3 * HIDDEN * FEED_FORWARD);
const REST = 2 * VOCABULARY * HIDDEN + (2 * LAYERS + 1) * HIDDEN;

describe("WMT22 end to end", () => {
  let folder: string;
  let recipe: Recipe;
  let store: ResultStore;
  let rows: ResultRow[];
  let runs = 0;
  const model = () => ({
    id: "narrow-alma",
    folder: `${folder}/narrow-alma`,
    dtype: "float16" as const,
  });
  const run = () => runRecipe(recipe, { model: model(), store });
  const rowsOf = (id: string) => rows.filter(({ method }) => method.id === id);

  async function writeInputs(): Promise<void> {
    await writeRandomModel({
      config: NARROW_ALMA,
      dtype: "F32",
      folder: model().folder,
      shardBytes: 40e6,
    });
    await writeAlmaTokenizer(model().folder);
    await Deno.writeTextFile(`${folder}/wmt22.tsv`, await wmt22Slice(SENTENCES));
    await Deno.writeTextFile(`${folder}/pairs.tsv`, await humanParallelSlice());
    const whole = await loadRecipe("table_1");
    const own = {
      ...whole,
      id: "slice",
      testSet: "wmt22.tsv",
      sentences: "all",
      directions: DIRECTIONS,
      decoding: { ...whole.decoding, maxNewTokens: 6, batchSize: 2 },
      calibration: { set: "pairs.tsv", samples: 16 },
      methods: whole.methods.filter(({ id }) => METHODS.includes(id)),
    };
    await Deno.writeTextFile(`${folder}/slice.json`, JSON.stringify(own));
  }

  before(async () => {
    if (SHARED.missing) return;
    folder = await Deno.makeTempDir({ prefix: "mtpress-wmt22-" });
    await writeInputs();
    recipe = await readRecipeFile(`${folder}/slice.json`);
    store = await ResultStore.open(`${folder}/results`);
    ({ rows } = await run());
  });

  after(async () => {
    if (folder !== undefined) await Deno.remove(folder, { recursive: true });
  });

  itNeeds(SHARED, "starts from ALMA's layout: float32 shards and tokenizer.model", async () => {
    const names = [...Deno.readDirSync(model().folder)].map(({ name }) => name);
    expect(names).toContain("model.safetensors.index.json");
    expect(names).toContain("model-00002-of-00002.safetensors");
    expect(names).toContain("tokenizer.model");
    expect(names).not.toContain("tokenizer.json");
    const checkpoint = await openCheckpoint(model().folder);
    expect(checkpoint.info("lm_head.weight")).toMatchObject({
      dtype: "F32",
      shape: [VOCABULARY, HIDDEN],
    });
    checkpoint.close();
  });

  itNeeds(SHARED, "gives a sealed row of every method and direction, with its facts", () => {
    expect(rows.map(({ method, direction }) => `${method.id} ${direction}`))
      .toEqual(METHODS.flatMap((id) => DIRECTIONS.map((direction) => `${id} ${direction}`)));
    for (const row of rows) {
      expect(isSealed(row)).toBe(true);
      expect(row.data.segments).toBe(SENTENCES);
      expect(row.decoding).toMatchObject({ beams: 5, maxNewTokens: 6 });
      expect(row.device).toMatchObject({ device: "cpu" });
      expect(row.device.weightsSha256).toMatch(/^[0-9a-f]{64}$/);
      expect(row.time.tokens).toBeGreaterThanOrEqual(SENTENCES);
      expect(row.perplexity).toBeGreaterThan(1000); // of 32,000 words, by chance
      expect(row.calibration?.samples).toBe(/^(gptq|wanda)/.test(row.method.id) ? 16 : undefined);
    }
  });

  itNeeds(SHARED, "scores Chinese by its characters, and German by words", () => {
    for (const { direction, scores: { bleu } } of rows) {
      expect(bleu.signature).toContain(direction === "en-zh" ? "tok:zh" : "tok:13a");
    }
  });

  itNeeds(SHARED, "stores the bytes that arithmetic gives", () => {
    const blocks = LINEAR / 64;
    const nf4 = LINEAR / 2 + blocks;
    const bytes = (id: string) => rowsOf(id)[0].bytes;
    expect(bytes("baseline")).toBe(2 * (LINEAR + REST));
    expect(bytes("gptq-4")).toBe(LINEAR / 2 + 2 * LINEAR / 128 + 2 * REST);
    expect(bytes("wanda-gptq-40-4")).toBe(bytes("gptq-4"));
    expect(bytes("nf4") - 2 * REST - nf4).toBeGreaterThan(0);
    expect((bytes("nf4") - 2 * REST - nf4) / blocks).toBeLessThan(0.1); // of the second quantization
    for (const { compression } of rowsOf("wanda-40")) {
      expect(compression!.sparsity).toBeCloseTo(0.4, 2);
    }
  });

  itNeeds(
    SHARED,
    "prints the table, each method once with the study's numbers beside it",
    async () => {
      const [table] = await recipeOutputs([recipe], rows, store);
      const text = table.content.toText();
      const measured = text.split("\n").filter((line) => line.includes("narrow-alma  "));
      expect(measured.length).toBe(METHODS.length);
      expect(text).toContain("tok:zh");
      expect(text).toContain(`${SENTENCES} sentences per direction`);
      expect(text).toContain("Calibration: 16 samples of");
    },
  );

  itNeeds(SHARED, "leaves rows that verify, and computes none of them twice", async () => {
    const { problems, ...counts } = await verifyResults(store.folder);
    expect(problems).toEqual([]);
    expect(counts).toEqual({ rows: rows.length, scores: 2 * rows.length });
    const again = await run();
    expect(again.computed).toBe(0);
    expect(again.rows).toEqual(rows);
  });

  itNeeds(SHARED, "leaves compressed folders that are models by themselves", async () => {
    const folders = [...Deno.readDirSync(`${store.folder}/models`)]
      .filter((entry) => entry.isDirectory).map(({ name }) => name);
    expect(folders.map((name) => name.replace(/-[0-9a-f]{16}$/, "")).sort())
      .toEqual(METHODS.filter((id) => id !== "baseline").sort());
    const nf4 = `${store.folder}/models/${folders.find((name) => name.startsWith("nf4"))}`;
    const tokenizer = await Deno.readFile(`${nf4}/tokenizer.model`);
    expect(tokenizer).toEqual(await Deno.readFile(`${model().folder}/tokenizer.model`));
    const { code, text, results } = await command("reproduce", [
      ...["--model", nf4, "--recipe", `${folder}/slice.json`, "--only", "baseline,en-zh"],
    ]);
    expect(code === 0 ? "" : text).toBe("");
    const [row] = (await ResultStore.open(results)).rows;
    expect(row.hypotheses).toEqual(rowsOf("nf4")[0].hypotheses);
    expect(row.scores).toEqual(rowsOf("nf4")[0].scores);
    expect(row.bytes).toBe(rowsOf("nf4")[0].bytes);
  });

  itNeeds(SHARED, "leaves rows that deno task comet scores, for the table too", async () => {
    const { code, text } = await command(
      "comet",
      [
        ...["--rows", "--model", GOLDEN_MODEL, "--tokenizer", GOLDEN_TOKENIZER],
      ],
      { MTPRESS_GRAPHS: `${folder}/graphs` },
      store.folder,
    );
    expect(code === 0 ? "" : text).toBe("");
    const lookup = await cometLookup(rows, store.folder);
    for (const row of rows) expect(lookup(row)!.segments.length).toBe(SENTENCES);
    const line = table1(recipe, rows, lookup).content.rows[0];
    const [chinese, german] = rowsOf("baseline").map((row) => lookup(row)!.score);
    expect(line[COMET_OUT_OF_ENGLISH].text).toBe((50 * (chinese + german)).toFixed(2));
  });

  itNeeds(SHARED, "leaves rows whose works deno task cite names", async () => {
    const { code, text } = await command("cite", [], {}, store.folder);
    expect(code).toBe(0);
    for (const work of ["frantar-2023-gptq", "dettmers-2023-qlora", "sun-2024-wanda"]) {
      expect(text).toContain(work);
    }
    expect(text).toContain("Model narrow-alma is not in the bibliography");
  });

  itNeeds(SHARED, "says how the texts are fetched where a recipe names them", async () => {
    for (
      const [change, wanted] of [
        [{ testSet: "wmt22" }, "deno task fetch wmt22-test"],
        [
          { calibration: { set: "alma-human-parallel", samples: 16 } },
          "deno task fetch alma-human",
        ],
      ] as const
    ) {
      const file = `${folder}/named.json`;
      await Deno.writeTextFile(file, JSON.stringify({ ...recipe, ...change }));
      const { code, text } = await command("reproduce", [
        ...["--model", model().folder, "--recipe", file, "--only", "gptq-4", "--limit", "1"],
      ]);
      expect(code).toBe(1);
      expect(text).toContain(wanted);
    }
  });

  itNeeds(SHARED, "runs as haoranxu/ALMA-7B from PyTorch shards that were fetched", async () => {
    const clone = `${folder}/clone`;
    await writeAlmaClone(model().folder, clone);
    const environment = {
      MTPRESS_DATA: `${folder}/data`,
      MTPRESS_PINS_LOCK: await writeLock(clone, `${folder}/lock.json`),
    };
    const fetched = await command("fetch", ["alma-7b", "--from", clone], environment);
    expect(fetched.code === 0 ? "" : fetched.text).toBe("");
    const { code, text, results } = await command("reproduce", [
      ...["--model", "haoranxu/ALMA-7B", "--recipe", `${folder}/slice.json`],
      ...["--only", "baseline,wanda-40,en-zh"],
    ], environment);
    expect(code === 0 ? "" : text).toBe("");
    const own = (await ResultStore.open(results)).rows;
    expect(own.map(({ model: { id } }) => id)).toEqual(["haoranxu/ALMA-7B", "haoranxu/ALMA-7B"]);
    for (const row of own) {
      const [same] = rowsOf(row.method.id);
      expect(row.hypotheses).toEqual(same.hypotheses);
      expect([row.perplexity, row.bytes]).toEqual([same.perplexity, same.bytes]);
    }
  });

  /** Runs a command, without downloaded data unless the environment says where some is. */
  async function command(
    name: string,
    args: string[],
    environment: Record<string, string> = { MTPRESS_DATA: `${folder}/nothing` },
    results = `${folder}/results-${name}-${runs++}`,
  ) {
    const module = checkoutPath(`experiments/${name}.ts`);
    const end = await runDeno(["run", "--allow-all", module, ...args], { results, environment });
    return { ...end, results };
  }
});
