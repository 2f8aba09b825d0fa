/**
 * Writes the corpus.
 *
 * ```sh
 * deno run -A data/tiny/corpus/generate.ts --train 300000 --seed 11 --out <folder>
 * deno run -A data/tiny/corpus/generate.ts --splits-only --seed 11 --out data/tiny/splits
 * ```
 * The first writes train.tsv, dev.tsv, calibration.tsv and test.tsv; the second all but train.tsv.
 * @module
 */
import { parseArgs } from "node:util";
import { drawSplits, SPLIT_SIZES, toTsv, trainingSentences } from "./splits.ts";
import type { Sentence } from "./sentences.ts";

/** Options of the command line, parsed. */
interface Options {
  readonly train: number;
  readonly seed: number;
  readonly out: string;
  readonly splitsOnly: boolean;
}

function parseOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      train: { type: "string", default: "300000" },
      seed: { type: "string", default: "11" },
      out: { type: "string" },
      "splits-only": { type: "boolean", default: false },
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
  if (!values.out) throw new TypeError("Cannot write the corpus: --out must name a folder");
  return { train, seed, out: values.out.replace(/\/$/, ""), splitsOnly: values["splits-only"] };
}

function main(args: string[]): void {
  const { train, seed, out, splitsOnly } = parseOptions(args);
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

if (import.meta.main) main(Deno.args);
