/**
 * The models whose decoding is measured, in every form that ONNX Runtime runs: the embedded model, compressed without calibration, and
 * random weights of larger shapes, whose times depend on the sizes and not on the numbers.
 * @module
 */
import { tinyModelFolder } from "../../data/tiny.ts";
import { openCheckpoint } from "../../inference/checkpoint.ts";
import { type CompressedModel, openCompressedModel } from "../../inference/compressed/model.ts";
import { CompressedModelWriter } from "../../inference/compressed/writer.ts";
import type { AccuracyLevel } from "../../inference/graph/nbits.ts";
import { joinedStoredLinear, storedLinear } from "../../inference/graph/stored_linear.ts";
import { parseLlamaConfig } from "../../inference/llama_config.ts";
import { writeLlamaGraph } from "../../inference/llama_graph.ts";
import { magnitudeMask } from "../../kernels/magnitude.ts";
import { type Matrix, matrix } from "../../kernels/matrix.ts";
import { quantizeNf4 } from "../../kernels/nf4.ts";
import { roundToNearest } from "../../kernels/round_to_nearest.ts";
import { sparseWeight } from "../../kernels/sparse.ts";
import type { StoredWeight } from "../../kernels/stored_weight.ts";
import { randomForm } from "../proofs/random_form.ts";
import { SHAPES } from "../proofs/run_models.ts";

/** Forms of the linear layers; norms, embedding and head are float32 in each. */
export const FORMS = ["float32", "8 bits", "4 bits", "3 bits", "2 bits", "NF4", "sparse"] as const;

/** A form of the linear layers. */
export type DecodingForm = typeof FORMS[number];

/** Columns of a group: those of llama.cpp's blocks. */
export const GROUP_SIZE = 32;

/** Sizes whose decoding is measured. */
export type DecodingSize = "tiny" | "135m" | "1.1b";

const RANDOM = {
  "float32": "16-bit",
  "8 bits": "8-bit",
  "4 bits": "4-bit",
  "3 bits": "3-bit",
  "2 bits": "2-bit",
  "NF4": "nf4",
} as const;

function store(weight: Matrix, form: DecodingForm, groupSize: number): StoredWeight {
  if (form === "float32") return { kind: "dense", ...weight };
  if (form === "NF4") return quantizeNf4(weight);
  if (form === "sparse") return sparseWeight(weight, magnitudeMask(weight, { ratio: 0.5 }));
  return roundToNearest(weight, {
    bits: Number(form[0]),
    groupSize,
    symmetric: true,
  });
}

const LINEAR = /^model\.layers\.(\d+)\..*_proj\.weight$/;

/** Stores the embedded model's linear layers in a form. */
async function compressTiny(
  form: DecodingForm,
  folder: string,
  groupSize: number,
): Promise<CompressedModel> {
  const source = await openCheckpoint(tinyModelFolder());
  const plan = {
    steps: [{ kind: "bench", form, groupSize }],
    calibration: null,
    backend: "reference",
  };
  const writer = await CompressedModelWriter.open(folder, source, plan);
  for (let layer = writer.done; layer < source.config.layers; layer++) {
    const linears = new Map<string, StoredWeight>();
    for (const name of source.names()) {
      if (LINEAR.exec(name)?.[1] !== String(layer)) continue;
      const [rows, columns] = source.info(name).shape;
      linears.set(name, store(matrix(rows, columns, await source.tensor(name)), form, groupSize));
    }
    await writer.writeLayer(layer, { linears, norms: new Map(), facts: {} });
  }
  await writer.finish({});
  source.close();
  return await openCompressedModel(folder);
}

/**
 * An open model of a size in a form.
 *
 * @param folder Where the embedded model is written; random weights lie nowhere.
 * @param groupSize Columns of a group of whole-number codes.
 * @throws {RangeError} If random weights are to be sparse, which is the same work as dense ones.
 */
export async function openForm(
  size: DecodingSize,
  form: DecodingForm,
  folder: string,
  groupSize = GROUP_SIZE,
): Promise<CompressedModel> {
  if (size === "tiny") {
    return await compressTiny(form, `${folder}/tiny-${form}-${groupSize}`, groupSize);
  }
  if (form === "sparse") {
    throw new RangeError(
      `Cannot make random sparse weights of size ${size}: they run as dense ones`,
    );
  }
  const like135m = size === "135m" ? { vocab_size: 49_152, tie_word_embeddings: true } : {};
  const config = parseLlamaConfig({ ...SHAPES[size], ...like135m }, size);
  return randomForm(config, [RANDOM[form]], 0, groupSize);
}

/** Writes the graph that the library itself would run; gives its path. */
export async function writeGraph(
  model: CompressedModel,
  folder: string,
  accuracyLevel: AccuracyLevel,
): Promise<string> {
  const linear = storedLinear({ accuracyLevel });
  const joined = joinedStoredLinear({ accuracyLevel });
  const graph = await writeLlamaGraph(model, folder, { linear, joined, embedding: "rows" });
  return graph.model;
}
