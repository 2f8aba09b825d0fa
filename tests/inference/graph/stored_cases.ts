/**
 * Every form in which a linear layer is run, as one model each, with its distance from the float64 oracle of the
 * dequantised weights.
 * @module
 */
import { openCheckpoint } from "../../../inference/checkpoint.ts";
import { openCompressedModel } from "../../../inference/compressed/model.ts";
import type { Device } from "../../../inference/devices.ts";
import { joinedStoredLinear, storedLinear } from "../../../inference/graph/stored_linear.ts";
import { writeLlamaGraph } from "../../../inference/llama_graph.ts";
import { openDecoder } from "../../../inference/onnx_decoder.ts";
import { gptq } from "../../../kernels/gptq.ts";
import { magnitudeMask } from "../../../kernels/magnitude.ts";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import { quantizeNf4 } from "../../../kernels/nf4.ts";
import { roundToNearest } from "../../../kernels/round_to_nearest.ts";
import { sparseWeight } from "../../../kernels/sparse.ts";
import { checkpointWeights, llamaLogits } from "../../../inference/llama_float64.ts";
import { type CompressOne, compressWith } from "../compressed/compress_with.ts";
import { decodingError, type OpenCase, randomTokens, relativeError } from "../decoder_cases.ts";
import { writeRandomCheckpoint } from "../random_checkpoint.ts";

function integer(bits: number, groupSize: number, symmetric = true): CompressOne {
  return (weight) => roundToNearest(weight, { bits, groupSize, symmetric });
}

/** A Hessian whose diagonal falls and rises, so that act-order mixes the columns. */
function unevenHessian(columns: number): Matrix {
  const data = new Float32Array(columns * columns);
  for (let c = 0; c < columns; c++) data[c * columns + c] = 1 + (c * 37 % columns);
  return matrix(columns, columns, data);
}

function actOrder(bits: number, groupSize: number, symmetric: boolean): CompressOne {
  return (weight) =>
    gptq(weight, unevenHessian(weight.columns), { bits, groupSize, symmetric, actOrder: true })
      .weight;
}

const sparse: CompressOne = (weight) => sparseWeight(weight, magnitudeMask(weight, { ratio: 0.4 }));

/** All forms by name. The inputs have 160 and 200 columns: short last groups, and rows that fill no block. */
export const FORMS: Record<string, CompressOne> = {
  "2 bits, group 64": integer(2, 64),
  "2 bits, group 128, asymmetric": integer(2, 128, false),
  "3 bits, whole rows": integer(3, -1),
  "3 bits, group 64, asymmetric": integer(3, 64, false),
  "4 bits, whole rows": integer(4, -1),
  "4 bits, whole rows, asymmetric": integer(4, -1, false),
  "4 bits, group 128": integer(4, 128),
  "4 bits, group 48, asymmetric": integer(4, 48, false),
  "4 bits, act-order, group 64": actOrder(4, 64, true),
  "4 bits, act-order, group 64, asymmetric": actOrder(4, 64, false),
  "5 bits, group 32, asymmetric": integer(5, 32, false),
  "8 bits, whole rows": integer(8, -1),
  "8 bits, group 64, asymmetric": integer(8, 64, false),
  "NF4, block 64": (weight) => quantizeNf4(weight),
  "NF4, block 128, double quantisation": (weight) =>
    quantizeNf4(weight, { blockSize: 128, doubleQuantization: true }),
  "sparse, 40 %": sparse,
  "dense": (weight) => ({ kind: "dense", ...weight }),
  "not compressed": () => undefined,
};

/** Linear layers of a decoder layer. */
const LINEARS = 7;

/** All forms again, seven in one model: a software adapter takes seconds to compile the shaders of each model. */
export const MIXTURES: Record<string, CompressOne> = Object.fromEntries([
  ...Array.from({ length: Math.ceil(Object.keys(FORMS).length / LINEARS) }, (_, model) => {
    const names = Object.keys(FORMS).slice(model * LINEARS, (model + 1) * LINEARS);
    const compress: CompressOne = (weight, index) => FORMS[names[index]]?.(weight, index);
    return [names.join("; "), compress] as const;
  }),
  ["4 bits in every layer, so that they are joined", actOrder(4, 64, false)] as const,
]);

/** A small model in float16, written to a folder that `remove()` removes. */
export async function smallModel(): Promise<{ folder: string; remove: () => Promise<void> }> {
  return await writeRandomCheckpoint({
    hiddenSize: 160,
    intermediateSize: 200,
    heads: 4,
    headSize: 48,
    keyValueHeads: 2,
    layers: 1,
    dtype: "F16",
  });
}

/** One sequence alone: a prompt, then a token, which is another kernel where a matrix becomes a vector. */
async function aloneError({ decoder, oracle }: OpenCase): Promise<number> {
  const tokens = randomTokens(9, 8, decoder.vocabularySize);
  const prompt = tokens.slice(0, 7);
  const run = await decoder.start([prompt], { maxNewTokens: 1 });
  const first = relativeError(run, [prompt], oracle);
  await run.step(Int32Array.of(tokens[7]), Int32Array.of(0));
  const second = relativeError(run, [tokens], oracle);
  run.release();
  return Math.max(first, second);
}

/** Compresses a checkpoint in one form and opens it as it is run, with the oracle of its dequantised weights. */
export async function openForm(
  sourceFolder: string,
  compress: CompressOne,
  device: Device,
  accuracyLevel: 1 | 4 = 1,
): Promise<OpenCase> {
  const folder = await Deno.makeTempDir({ prefix: "mtpress-form-" });
  const source = await openCheckpoint(sourceFolder);
  await compressWith(source, folder, compress);
  source.close();
  const model = await openCompressedModel(folder);
  const { config } = model;
  const weights = await checkpointWeights(model);
  const linear = storedLinear({ accuracyLevel });
  const joined = joinedStoredLinear({ accuracyLevel });
  const graph = await writeLlamaGraph(model, folder, { linear, joined });
  model.close();
  const decoder = await openDecoder(graph.model, config, { device, threads: 2 });
  return {
    decoder,
    oracle: (sequence) => llamaLogits(weights, config, sequence).at(-1)!,
    close: async () => {
      await decoder.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/**
 * The largest distance of each model's logits from its oracle, relative to the largest logit, by the model's name. Batches run on the CPU
 * only: a software adapter takes seconds to compile the shaders of each length, and a prompt is a matrix as a batch is.
 */
export async function formErrors(
  forms: Readonly<Record<string, CompressOne>>,
  device: Device,
): Promise<Record<string, number>> {
  const { folder, remove } = await smallModel();
  const errors: Record<string, number> = {};
  try {
    for (const [name, compress] of Object.entries(forms)) {
      const open = await openForm(folder, compress, device);
      const batches = device === "cpu" ? await decodingError(open, 1) : 0;
      errors[name] = Math.max(await aloneError(open), batches);
      await open.close();
    }
  } finally {
    await remove();
  }
  return errors;
}
