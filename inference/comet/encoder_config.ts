/**
 * The sizes of a COMET checkpoint, read off the shapes of its tensors. What no shape tells, the number of heads, is in
 * `config.json` beside `hparams.yaml`, or known from the encoder's name.
 * @module
 */
import { readIfThere } from "../files.ts";
import { isFloatDtype } from "../float_values.ts";
import { Fields } from "../json_fields.ts";
import { isJsonObject, parseStrictJson } from "../strict_json.ts";
import type { CometHparams } from "./hparams.ts";
import type { CometWeights } from "./weights.ts";

/** Sizes and constants of an XLM-RoBERTa encoder. */
export interface EncoderConfig {
  /** Rows of the word embedding. */
  readonly vocabularySize: number;
  /** Width H of the hidden states. */
  readonly hiddenSize: number;
  /** Transformer layers. */
  readonly layers: number;
  /** Attention heads of each layer. */
  readonly heads: number;
  /** Width of the feed-forward layers. */
  readonly feedForwardSize: number;
  /** Rows of the position embedding, 514 in XLM-RoBERTa; the first two are for padding. */
  readonly positions: number;
  /** Added to variances in layer norms. */
  readonly layerNormEpsilon: number;
}

/** Name of the encoder's part of the state dict. */
export const ENCODER = "encoder.model";

/** Heads and layers of the encoders that are known by name. */
const KNOWN: Readonly<Record<string, { heads: number; layers: number }>> = {
  "xlm-roberta-base": { heads: 12, layers: 12 },
  "xlm-roberta-large": { heads: 16, layers: 24 },
};

/**
 * Reads the sizes and checks that every tensor is there in its shape.
 *
 * @param folder the COMET folder, for `config.json`.
 * @throws {RangeError} If a tensor is missing or of another shape, or the number of heads is not known.
 */
export async function readEncoderConfig(
  folder: string,
  hparams: CometHparams,
  weights: CometWeights,
): Promise<EncoderConfig> {
  const shape = (name: string) => weights.info(`${ENCODER}.${name}`).shape;
  const [vocabularySize, hiddenSize] = shape("embeddings.word_embeddings.weight");
  const [positions] = shape("embeddings.position_embeddings.weight");
  const [feedForwardSize] = shape("encoder.layer.0.intermediate.dense.weight");
  const layers = layerCount(weights);
  const sizes = { vocabularySize, hiddenSize, layers, feedForwardSize, positions };
  const { heads, layerNormEpsilon } = await headCount(folder, hparams, layers);
  if (hiddenSize % heads !== 0) {
    throw new RangeError(
      `Cannot use ${weights.path}: ${heads} heads must divide the width ${hiddenSize}`,
    );
  }
  const config = { ...sizes, heads, layerNormEpsilon };
  checkShapes(config, hparams, weights);
  return config;
}

function layerCount(weights: CometWeights): number {
  const layer = new RegExp(`^${ENCODER.replaceAll(".", "\\.")}\\.encoder\\.layer\\.(\\d+)\\.`);
  const found = weights.names().map((name) => Number(layer.exec(name)?.[1] ?? -1));
  return found.reduce((most, index) => Math.max(most, index), -1) + 1;
}

/** From `config.json` if there is one, else from the encoder's name. */
async function headCount(
  folder: string,
  { pretrainedModel }: CometHparams,
  layers: number,
): Promise<{ heads: number; layerNormEpsilon: number }> {
  const file = `${folder}/config.json`;
  const text = await readIfThere(file);
  if (text !== undefined) {
    const json = parseStrictJson(text, file);
    if (!isJsonObject(json)) {
      throw new SyntaxError(`Cannot read ${file}: it must hold a JSON object`);
    }
    const fields = new Fields(json, file);
    fields.only("model_type", "xlm-roberta");
    fields.only("hidden_act", "gelu");
    fields.only("position_embedding_type", "absolute");
    const layerNormEpsilon = fields.positive("layer_norm_eps", 1e-5);
    return { heads: fields.size("num_attention_heads"), layerNormEpsilon };
  }
  const known = KNOWN[pretrainedModel.replace(/^FacebookAI\//, "")];
  if (known?.layers === layers) return { heads: known.heads, layerNormEpsilon: 1e-5 };
  throw new RangeError(
    `Cannot load COMET from ${folder}: the heads of encoder ${pretrainedModel} with ${layers} layers are not known, so ` +
      "its config.json must lie beside hparams.yaml",
  );
}

function checkShapes(config: EncoderConfig, hparams: CometHparams, weights: CometWeights): void {
  for (const [name, expected] of cometTensorShapes(config, hparams.hiddenSizes)) {
    const { dtype, shape } = weights.info(name);
    if (String(shape) !== String(expected)) {
      throw new RangeError(
        `Cannot use tensor ${name} of ${weights.path}: its shape must be [${expected}], not [${shape}]`,
      );
    }
    if (!isFloatDtype(dtype)) {
      throw new TypeError(
        `Cannot use tensor ${name} of ${weights.path}: a weight must be F32, F16 or BF16, not ${dtype}`,
      );
    }
  }
}

/** Every tensor that a score depends on, with its shape. */
export function cometTensorShapes(
  config: EncoderConfig,
  hiddenSizes: readonly number[],
): Map<string, number[]> {
  const { vocabularySize, hiddenSize: H, layers, feedForwardSize: F, positions } = config;
  const shapes = new Map<string, number[]>();
  const add = (name: string, shape: number[]) => shapes.set(name, shape);
  const linear = (name: string, to: number, from: number) => {
    add(`${name}.weight`, [to, from]);
    add(`${name}.bias`, [to]);
  };
  const norm = (name: string) => ["weight", "bias"].forEach((part) => add(`${name}.${part}`, [H]));
  const embeddings = `${ENCODER}.embeddings`;
  add(`${embeddings}.word_embeddings.weight`, [vocabularySize, H]);
  add(`${embeddings}.position_embeddings.weight`, [positions, H]);
  add(`${embeddings}.token_type_embeddings.weight`, [1, H]);
  norm(`${embeddings}.LayerNorm`);
  for (let index = 0; index < layers; index++) {
    const layer = `${ENCODER}.encoder.layer.${index}`;
    for (const part of ["query", "key", "value"]) linear(`${layer}.attention.self.${part}`, H, H);
    linear(`${layer}.attention.output.dense`, H, H);
    norm(`${layer}.attention.output.LayerNorm`);
    linear(`${layer}.intermediate.dense`, F, H);
    linear(`${layer}.output.dense`, H, F);
    norm(`${layer}.output.LayerNorm`);
  }
  for (let k = 0; k <= layers; k++) add(`layerwise_attention.scalar_parameters.${k}`, [1]);
  add("layerwise_attention.gamma", [1]);
  const widths = [6 * H, ...hiddenSizes, 1];
  // in the state dict each linear layer takes three places: itself, its tanh and its dropout
  widths.slice(1).forEach((to, k) => linear(`estimator.ff.${3 * k}`, to, widths[k]));
  return shapes;
}
