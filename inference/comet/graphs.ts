/**
 * COMET's two graphs, written once for a checkpoint and kept, and their sessions.
 * @module
 */
import { type InferenceSession, Tensor } from "onnxruntime-node";
import { keepFolder } from "../kept_folder.ts";
import type { SessionFactory } from "../session.ts";
import { createHash } from "node:crypto";
import type { EncoderConfig } from "./encoder_config.ts";
import { SENTENCE_VECTOR, writeEncoderGraph } from "./encoder_graph.ts";
import { writeEstimatorGraph } from "./estimator_graph.ts";
import type { CometHparams } from "./hparams.ts";
import { type TokenBatch } from "./tokens.ts";
import type { CometWeights } from "./weights.ts";

/** Changes whenever the same checkpoint would be written as other bytes; it is part of the folder's name. */
const COMET_GRAPH_VERSION = 1;

/** What the graphs are written from. */
export interface CometModel {
  /** Settings. */
  readonly hparams: CometHparams;
  /** The encoder's sizes. */
  readonly config: EncoderConfig;
  /** The weights, open. */
  readonly weights: CometWeights;
}

/**
 * The folder of a checkpoint's graphs: the kept one, or a new one that is kept from now on.
 *
 * @param graphFolder where graphs are kept; it is made when it does not exist.
 * @param weightsSha256 SHA-256 of the weights.
 */
export async function cometGraphs(
  { hparams, config, weights }: CometModel,
  graphFolder: string,
  weightsSha256: string,
): Promise<string> {
  const shaping = { comet: COMET_GRAPH_VERSION, weightsSha256, config, hparams };
  const home = `${graphFolder}/comet-${
    createHash("sha256").update(JSON.stringify(shaping)).digest("hex").slice(0, 32)
  }`;
  await keepFolder(home, shaping, async (folder) => {
    await writeEncoderGraph(config, weights, folder);
    const hiddenLayers = hparams.hiddenSizes.length;
    await writeEstimatorGraph({ hiddenSize: config.hiddenSize, hiddenLayers }, weights, folder);
  });
  return home;
}

/** The vectors of a batch's sentences [rows, H]. */
export async function encodeBatch(
  encoder: InferenceSession,
  { places, length, ids, mask }: TokenBatch,
): Promise<Float32Array> {
  const dims = [places.length, length];
  const outputs = await encoder.run({
    input_ids: new Tensor("int64", ids, dims),
    attention_mask: new Tensor("int64", mask, dims),
  });
  return outputs[SENTENCE_VECTOR].data as Float32Array;
}

/** The vectors of some segments, [B, H] each. */
export interface SegmentVectors {
  /** Of the translations. */
  readonly translation: Float32Array;
  /** Of the references. */
  readonly reference: Float32Array;
  /** Of the sources. */
  readonly source: Float32Array;
}

/**
 * What the estimator makes of segments.
 *
 * @param output `"score"` [B], or `"features"` [B, 6H], what its first layer sees.
 */
export async function estimate(
  estimator: InferenceSession,
  vectors: SegmentVectors,
  hiddenSize: number,
  output: "score" | "features" = "score",
): Promise<Float32Array> {
  const dims = [vectors.translation.length / hiddenSize, hiddenSize];
  const feeds = Object.fromEntries(
    (["translation", "reference", "source"] as const).map((name) => [
      name,
      new Tensor("float32", vectors[name], dims),
    ]),
  );
  return (await estimator.run(feeds, [output]))[output].data as Float32Array;
}

/** Opens the sessions of both graphs. If one is refused, the other is closed again. */
export async function openCometSessions(
  factory: SessionFactory,
  folder: string,
): Promise<{ encoder: InferenceSession; estimator: InferenceSession }> {
  const encoder = await factory.open(`${folder}/encoder.onnx`);
  try {
    return { encoder, estimator: await factory.open(`${folder}/estimator.onnx`) };
  } catch (error) {
    await encoder.release();
    throw error;
  }
}
