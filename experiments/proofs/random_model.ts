/**
 * Random weights in the exact layout of ALMA-7B, with as many layers as asked for.
 * @module
 */
import { ALMA_7B } from "../../data/alma_7b.ts";
import { isFloatDtype } from "../../inference/float_values.ts";
import { readArguments } from "../command.ts";
import type { Proof } from "./proof.ts";
import { writeRandomModel } from "./random_weights.ts";

const TOKENIZER_FILES = [
  "tokenizer.model",
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
];

/**
 * Copies the files of a tokenizer from one model's folder into another's.
 *
 * @returns their names.
 * @throws {RangeError} If there is none.
 */
export async function copyTokenizer(from: string, to: string): Promise<string[]> {
  const copied: string[] = [];
  for (const name of TOKENIZER_FILES) {
    try {
      await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
      copied.push(name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  if (copied.length > 0) return copied;
  throw new RangeError(`Cannot take a tokenizer from ${from}: it has no tokenizer file`);
}

function parseOptions(args: readonly string[]) {
  const { values } = readArguments(args, {
    layers: { type: "string" },
    dtype: { type: "string" },
    out: { type: "string" },
    seed: { type: "string" },
    tokenizer: { type: "string" },
  });
  const { dtype = "F16", out, tokenizer } = values;
  const [layers, seed] = [Number(values.layers ?? 2), Number(values.seed ?? 0)];
  if (!(Number.isSafeInteger(layers) && layers >= 1)) {
    throw new RangeError(`Cannot use --layers ${values.layers}: it must be a positive integer`);
  }
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`Cannot use --seed ${values.seed}: it must be a whole number`);
  }
  if (!isFloatDtype(dtype)) {
    throw new RangeError(`Cannot use --dtype ${dtype}: it must be F32, F16 or BF16`);
  }
  if (!out) throw new RangeError("Cannot write a random model without --out: it names the folder");
  return { layers, dtype, out, seed, tokenizer };
}

/** `deno task proof random-model`. */
export const RANDOM_MODEL: Proof = {
  name: "random-model",
  summary: "Writes random weights in ALMA-7B's layout (2 layers: 1.3 GB in float16; 32: 13.5 GB)",
  help: `deno task proof random-model --out FOLDER [--layers N] [--dtype TYPE] [options]

Writes a checkpoint with ALMA-7B's config, tensor names and shapes and random weights.
Memory: about 1 GB. Disk: 0.40 GB a layer and 0.52 GB for the rest in float16, twice that in float32.

  --out FOLDER        where to write; a Hugging Face folder
  --layers N          decoder layers (default 2; ALMA-7B has 32)
  --dtype TYPE        F16 (default), F32 or BF16
  --seed N            seed of the weights (default 0)
  --tokenizer FOLDER  copies the tokenizer's files from there
  --json              ends with a line of JSON`,
  async run(args, print) {
    const { layers, dtype, out, seed, tokenizer } = parseOptions(args);
    const start = performance.now();
    const config = { ...ALMA_7B.config, num_hidden_layers: layers };
    const bytes = await writeRandomModel({ config, dtype, folder: out, seed });
    const copied = tokenizer === undefined ? [] : await copyTokenizer(tokenizer, out);
    const seconds = (performance.now() - start) / 1000;
    const rate = Math.round(bytes / 1e6 / seconds);
    print(`${out}: ${layers} layers of ${dtype}, ${bytes} bytes in ${seconds.toFixed(1)} s`);
    print(`${rate} MB/s${copied.length > 0 ? `; copied ${copied.join(", ")}` : ""}`);
    return { folder: out, layers, dtype, seed, bytes, seconds, tokenizer: copied };
  },
};
