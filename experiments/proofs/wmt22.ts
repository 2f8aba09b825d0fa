/**
 * WMT22 end to end at ALMA-7B's width: random weights of few layers are compressed, translate real sentences, and are scored and
 * verified, as `deno task reproduce` does it with the real ones. The translations are nonsense; every part is real.
 * @module
 */
import { ALMA_7B } from "../../data/alma_7b.ts";
import { requireFetched } from "../../data/fetched.ts";
import { loadComet } from "../../inference/comet/comet.ts";
import { isFile } from "../../inference/files.ts";
import { gigabytes } from "../../inference/decoding_memory.ts";
import { cometLookup } from "../comet_lookup.ts";
import { cometScores } from "../comet_scores.ts";
import type { ModelChoice } from "../model.ts";
import { recipeOutputs } from "../outputs.ts";
import type { MethodRecipe, Recipe } from "../recipe.ts";
import { modelRecipe } from "../recipe_model.ts";
import { loadRecipe } from "../recipes.ts";
import { runRecipe } from "../run.ts";
import { ResultStore } from "../store.ts";
import { recipeUnits } from "../units.ts";
import { verifyResults } from "../verify.ts";
import { residentMemory } from "./peak_memory.ts";
import type { Proof } from "./proof.ts";
import { copyTokenizer } from "./random_model.ts";
import { writeRandomModel } from "./random_weights.ts";
import { parseWmt22Options, WMT22_HELP, type Wmt22Options } from "./wmt22_options.ts";

/** `deno task proof wmt22`. */
export const WMT22: Proof = {
  name: "wmt22",
  summary:
    "WMT22 end to end at ALMA-7B's width: compress, translate, score (12 GB of disk, minutes)",
  help: WMT22_HELP,
  async run(args, print) {
    const options = parseWmt22Options(args);
    const recipe = await proofRecipe(options); // before the gigabytes
    const model = await randomAlma(options, print);
    const folder = await Deno.makeTempDir({ dir: options.work, prefix: "results-" });
    try {
      const store = await ResultStore.open(folder);
      return await measure({ recipe, model, store, options, print });
    } finally {
      if (options.keep) print(`Results: ${folder}`);
      else await Deno.remove(folder, { recursive: true });
    }
  },
};

/** What the parts of the proof share. */
interface Run {
  recipe: Recipe;
  model: ModelChoice;
  store: ResultStore;
  options: Wmt22Options;
  print: (line: string) => void;
}

/** Table 1 as it is run on ALMA-7B, cut to what was asked for. */
async function proofRecipe({ only, limit, samples, maxNewTokens }: Wmt22Options): Promise<Recipe> {
  const recipe = modelRecipe(await loadRecipe("table_1"), ALMA_7B.id);
  const units = recipeUnits(recipe, only);
  return {
    ...recipe,
    sentences: limit,
    calibration: { ...recipe.calibration!, samples },
    decoding: { ...recipe.decoding, maxNewTokens },
    methods: [...new Set(units.map(({ method }) => method))],
    directions: [...new Set(units.map(({ direction }) => direction))],
  };
}

/** Random weights in ALMA-7B's layout with its tokenizer, written unless they are there. */
async function randomAlma(
  { work, layers, dtype, tokenizer }: Wmt22Options,
  print: (line: string) => void,
): Promise<ModelChoice> {
  const from = tokenizer ?? await requireFetched(ALMA_7B.id, ["tokenizer.model"]);
  const folder = `${work}/random-${layers}-${dtype.toLowerCase()}`;
  if (!await isFile(`${folder}/config.json`)) { // which is written last
    const config = { ...ALMA_7B.config, num_hidden_layers: layers };
    const [seconds, bytes] = await timed(() => writeRandomModel({ config, dtype, folder }));
    print(`random weights: ${layers} layers, ${gigabytes(bytes)} of ${dtype}, ${text(seconds)}`);
  }
  await copyTokenizer(from, folder);
  return { id: `random-${layers}`, folder, dtype: "float16" };
}

async function measure(run: Run): Promise<Record<string, unknown>> {
  const { recipe, store, options, print } = run;
  const methods = [];
  for (const method of recipe.methods) methods.push(await measureMethod(method, run));
  const comet = options.comet === undefined ? null : await scoreComet(options.comet, run);
  const lookup = await cometLookup(store.rows, store.folder);
  for (const output of await recipeOutputs([recipe], store.rows, store, lookup)) {
    if (output.printed) print(`\n${output.content.toText()}`);
  }
  const [verified, { problems, rows, scores }] = await timed(() => verifyResults(store.folder));
  if (problems.length > 0) throw new Error(`Cannot verify the results: ${problems.join("; ")}`);
  print(`\nverified: ${rows} rows, ${scores} scores computed again, ${text(verified)}`);
  const [again, { computed }] = await timed(() => runRecipe(recipe, runOptions(run)));
  if (computed > 0) throw new Error(`Cannot find ${computed} rows again: all must be stored`);
  print(`second run: no row computed, ${text(again)}`);
  return { ...options, methods, comet, verified, again, memory: await residentMemory() };
}

function runOptions({ model, store, options: { device } }: Run) {
  return { model, store, device };
}

/** Compresses the model, translates every direction and scores it; prints what that took. */
async function measureMethod(method: MethodRecipe, run: Run): Promise<Record<string, unknown>> {
  const { recipe, print } = run;
  const { id } = method;
  const [seconds, { rows }] = await timed(() =>
    runRecipe(recipe, {
      ...runOptions(run),
      only: [id],
      onNotice: (sentence) => print(sentence),
    })
  );
  const [{ compression, bytes, bytesExecuted }] = rows;
  const compress = compression?.seconds ?? 0;
  const translate = rows.map(({ direction, time }) => ({ direction, ...time }));
  const { now, peak } = await residentMemory();
  print(
    `${id}: ${text(seconds)} in all, compressing ${text(compress)}; ${gigabytes(bytes)} stored, ` +
      `${gigabytes(bytesExecuted)} as run; peak memory so far ${gigabytes(peak)}`,
  );
  for (const { direction, hypotheses, perplexity, time } of rows) {
    print(
      `  ${direction}: ${time.tokens} tokens in ${text(time.seconds)}, ${hypotheses.unfinished} ` +
        `unfinished, perplexity ${Math.round(perplexity)}`,
    );
  }
  return { id, seconds, compress, translate, bytes, bytesExecuted, now, peak };
}

/** Scores all rows with COMET. */
async function scoreComet(folder: string, { store, options, print }: Run) {
  const [load, comet] = await timed(() =>
    loadComet(folder, {
      tokenizerFolder: options.cometTokenizer,
      device: options.device,
      graphFolder: `${store.folder}/graphs`,
    })
  );
  try {
    const [seconds, records] = await timed(() => cometScores(store.rows, store, comet));
    print(`COMET: loaded in ${text(load)}, ${records.length} rows in ${text(seconds)}`);
    const { signature } = comet;
    return { signature, load, seconds, scores: records.map(({ score }) => score) };
  } finally {
    await comet.close();
  }
}

async function timed<T>(work: () => Promise<T>): Promise<[seconds: number, result: T]> {
  const start = performance.now();
  const result = await work();
  return [(performance.now() - start) / 1000, result];
}

function text(seconds: number): string {
  return `${seconds.toFixed(1)} s`;
}
