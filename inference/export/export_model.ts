/**
 * Exports a model to the formats of other people's programs.
 * @module
 */
import type { Checkpoint } from "../checkpoint.ts";
import { isCompressed } from "../compressed/model.ts";
import type { JsonObject } from "../json_value.ts";
import { writeSafetensors } from "../safetensors_writer.ts";
import { isJsonObject, parseStrictJson } from "../strict_json.ts";
import { bitsandbytesFormat } from "./bitsandbytes.ts";
import { checkpointTensors } from "./checkpoint_tensors.ts";
import { compressedTensorsFormat } from "./compressed_tensors.ts";
import { denseFormat } from "./dense.ts";
import type { ExportFormat } from "./format.ts";
import { gptqFormat } from "./gptq.ts";
import type { CheckpointFormat } from "./linear.ts";
import { modelCard } from "./model_card.ts";
import { checkFree, writeFolder } from "./new_folder.ts";
import { writeTransformersJsGraph } from "./transformers_js.ts";

/** Name of the file that tells what an exported folder was made of, and by which such a folder is known. */
const MARKER = "mtpress_export.json";

/** Files of the model's folder that are copied where they are there. */
const COPIED = [
  "generation_config.json",
  "special_tokens_map.json",
  "tokenizer.json",
  "tokenizer.model",
  "tokenizer_config.json",
];

const FORMATS: Readonly<Record<Exclude<ExportFormat, "transformers.js">, () => CheckpointFormat>> =
  {
    "gptq": () => gptqFormat("gptq"),
    "gptq_v2": () => gptqFormat("gptq_v2"),
    "bnb-nf4": bitsandbytesFormat,
    "compressed-tensors": compressedTensorsFormat,
    "safetensors": denseFormat,
  };

/** What to export, and where to. */
export interface ExportOptions {
  /** An open model, compressed or not; it stays open. */
  readonly model: Checkpoint;
  /** The format. */
  readonly format: ExportFormat;
  /** The folder to write. */
  readonly folder: string;
  /** Name of the source model in the model card. */
  readonly source: string;
  /**
   * Whether a folder that was exported before is replaced; other folders never are.
   * @default {false}
   */
  readonly force?: boolean;
}

/**
 * Exports a model as a Hugging Face folder in one of the formats that other programs read.
 *
 * The folder holds `config.json`, the tokenizer, generation settings, a model card and the weights: `model.safetensors`, or for
 * transformers.js an ONNX graph. It appears under its name only when it is complete. What a format cannot hold is refused before
 * anything is written; the error names the linear and the rule:
 * - gptq, gptq_v2: integers of 2, 3, 4 or 8 bits, both sizes divisible by 32; gptq has no zero point of 0;
 * - bnb-nf4: NF4 in blocks of 32 to 4096 elements, a power of two;
 * - compressed-tensors: integers of 1 to 8 bits, columns in their order, the group size divides them;
 * - safetensors and transformers.js: everything that this package runs.
 *
 * @throws {Deno.errors.AlreadyExists} if there is something at the path that may not be replaced.
 * @throws {RangeError} if a linear does not fit the format.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { exportModel, openCheckpoint, tinyModelFolder } from "mtpress";
 *
 * const model = await openCheckpoint(tinyModelFolder());
 * const folder = "results/example-export";
 * await exportModel({ model, format: "safetensors", folder, source: "tiny", force: true });
 * const copy = await openCheckpoint(folder);
 * equal((await copy.tensor("model.norm.weight")).length, 128);
 * copy.close();
 * model.close();
 * ```
 */
export async function exportModel(options: ExportOptions): Promise<void> {
  const { model, format, folder, force = false } = options;
  await checkFree(folder, MARKER, force);
  const write = format === "transformers.js"
    ? (partial: string) => writeGraph(model, partial)
    : await checkpointWriter(model, FORMATS[format]());
  await writeFolder(folder, MARKER, force, async (partial) => {
    await write(partial);
    await copyFiles(model.folder, partial);
    await describe(options, partial);
  });
}

/** Lays the checkpoint out and gives what writes it. */
async function checkpointWriter(
  model: Checkpoint,
  format: CheckpointFormat,
): Promise<(folder: string) => Promise<void>> {
  const tensors = await checkpointTensors(model, format);
  const quantization = format.config();
  return async (folder) => {
    await writeSafetensors(`${folder}/model.safetensors`, tensors, { format: "pt" });
    const more = quantization && { quantization_config: quantization };
    await writeConfig(model, folder, more ?? {});
    if (quantization?.["quant_method"] === "gptq") {
      await writeJson(`${folder}/quantize_config.json`, quantization); // where older readers look
    }
  };
}

async function writeGraph(model: Checkpoint, folder: string): Promise<void> {
  const more = await writeTransformersJsGraph(model, folder);
  await writeConfig(model, folder, { "transformers.js_config": more });
}

async function writeJson(path: string, value: JsonObject): Promise<void> {
  await Deno.writeTextFile(path, JSON.stringify(value, null, 2) + "\n");
}

/** The source's config.json with further keys. */
async function writeConfig(model: Checkpoint, folder: string, more: JsonObject): Promise<void> {
  const file = `${model.folder}/config.json`;
  const config = parseStrictJson(await Deno.readTextFile(file), file);
  if (!isJsonObject(config)) throw new SyntaxError(`Cannot read ${file}: it must hold an object`);
  await writeJson(`${folder}/config.json`, { ...config as JsonObject, ...more });
}

async function copyFiles(from: string, to: string): Promise<void> {
  for (const name of COPIED) {
    try {
      await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** Writes the model card, and the same facts for programs. */
async function describe({ model, format, source }: ExportOptions, folder: string): Promise<void> {
  const record = isCompressed(model) ? model.record : undefined;
  const weightsSha256 = record?.source.weightsSha256 ?? await model.sha256();
  const facts = { source, weightsSha256, steps: record?.steps ?? [], format };
  await Deno.writeTextFile(`${folder}/README.md`, modelCard(facts));
  await writeJson(`${folder}/${MARKER}`, facts);
}
