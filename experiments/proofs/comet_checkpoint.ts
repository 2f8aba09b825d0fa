/**
 * A COMET checkpoint of COMET-22's size with random weights.
 * @module
 */
import { cometTensorShapes, type EncoderConfig } from "../../inference/comet/encoder_config.ts";
import { type TensorToWrite, writeSafetensors } from "../../inference/safetensors_writer.ts";

/** Sizes of XLM-RoBERTa-large. */
export const XLMR_LARGE: EncoderConfig = {
  vocabularySize: 250002,
  hiddenSize: 1024,
  layers: 24,
  heads: 16,
  feedForwardSize: 4096,
  positions: 514,
  layerNormEpsilon: 1e-5,
};

const HIDDEN_SIZES = [3072, 1024];

const HPARAMS = `class_identifier: regression_metric
encoder_model: XLM-RoBERTa
pretrained_model: xlm-roberta-large
layer: mix
layer_transformation: sparsemax
layer_norm: false
pool: avg
hidden_sizes: [${HIDDEN_SIZES}]
activations: Tanh
final_activation: null
`;

/**
 * Writes `hparams.yaml` and `checkpoints/model.safetensors` unless they are there. All layers have the same weight in the mix, so that
 * none is left out.
 *
 * @returns bytes of the weights.
 */
export async function writeRandomComet(folder: string): Promise<number> {
  await Deno.mkdir(`${folder}/checkpoints`, { recursive: true });
  const path = `${folder}/checkpoints/model.safetensors`;
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const tensors = new Map<string, TensorToWrite>();
  let seed = 1;
  for (const [name, shape] of cometTensorShapes(XLMR_LARGE, HIDDEN_SIZES)) {
    const own = seed++;
    tensors.set(name, { dtype: "F32", shape, bytes: () => randomBytes(name, shape, own) });
  }
  await Deno.writeTextFile(`${folder}/hparams.yaml`, HPARAMS);
  await writeSafetensors(path, tensors);
  return (await Deno.stat(path)).size;
}

/** Norms scale by 1, the mix is even, all else is uniform with the standard deviation that keeps a layer's output in range. */
function randomBytes(name: string, shape: readonly number[], seed: number): Uint8Array {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  if (/LayerNorm\.weight$|gamma$/.test(name)) values.fill(1);
  else if (shape.length === 2) {
    const scale = Math.sqrt(3 / shape[1]);
    let state = seed * 2654435761 >>> 0 | 1;
    for (let i = 0; i < values.length; i++) {
      state ^= state << 13; // xorshift32, Marsaglia 2003
      state ^= state >>> 17;
      state ^= state << 5;
      values[i] = state / 2 ** 31 * scale;
    }
  }
  return new Uint8Array(values.buffer);
}
