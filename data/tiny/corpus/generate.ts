/**
 * `deno task corpus`: writes the corpus from its seed.
 * @module
 */
import { parseArgs } from "node:util";
import { drawSplits, SPLIT_SIZES, toTsv, trainingSentences } from "./splits.ts";
import type { Sentence } from "./sentences.ts";

const HELP = `Usage: deno task corpus --out FOLDER [options]

Writes test.tsv, calibration.tsv, dev.tsv and train.tsv: a line of language codes,
then one meaning a line in six languages, separated by tabs.

  --out FOLDER   where to write; data/tiny/splits holds the committed files
  --train N      training sentences (default 300000)
  --seed N       default 11, the seed of the committed files
  --splits-only  all but train.tsv
  --help         this text`;

/** Options of the command line, parsed. */
interface Options {
  readonly train: number;
  readonly seed: number;
  readonly out: string;
  readonly splitsOnly: boolean;
  readonly help: boolean;
}

function parseOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      train: { type: "string", default: "300000" },
      seed: { type: "string", default: "11" },
      out: { type: "string" },
      "splits-only": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const [train, seed] = [Number(values.train), Number(values.seed)];
  if (!Number.isInteger(train) || train < 1) {
    throw new RangeError(
      `Cannot write ${values.train} training sentences: --train must be a positive integer`,
    );
  }
  if (!Number.isInteger(seed)) {
    throw new RangeError(`Cannot use seed ${values.seed}: --seed must be an integer`);
  }
  const { help, "splits-only": splitsOnly } = values;
  if (!values.out && !help) {
    throw new TypeError("Cannot write the corpus: --out must name a folder");
  }
  return { train, seed, out: (values.out ?? "").replace(/\/$/, ""), splitsOnly, help };
}

function main(args: string[]): void {
  const { train, seed, out, splitsOnly, help } = parseOptions(args);
  if (help) return console.log(HELP);
  Deno.mkdirSync(out, { recursive: true });
  const splits = drawSplits(seed);
  for (const name of Object.keys(SPLIT_SIZES) as (keyof typeof SPLIT_SIZES)[]) {
    Deno.writeTextFileSync(`${out}/${name}.tsv`, toTsv(splits[name]));
    console.log(`${name}: ${splits[name].length}`);
  }
  if (splitsOnly) return;
  const sentences: Sentence[] = [];
  for (const sentence of trainingSentences(seed, splits)) {
    sentences.push(sentence);
    if (sentences.length === train) break;
  }
  Deno.writeTextFileSync(`${out}/train.tsv`, toTsv(sentences));
  console.log(`train: ${sentences.length}`);
}

if (import.meta.main) {
  try {
    main(Deno.args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
