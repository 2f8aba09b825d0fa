/**
 * Three forms in one model, and weights that stay as they are.
 * @module
 */
import { magnitudeMask } from "../../../kernels/magnitude.ts";
import { quantizeNf4 } from "../../../kernels/nf4.ts";
import { roundToNearest } from "../../../kernels/round_to_nearest.ts";
import { sparseWeight } from "../../../kernels/sparse.ts";
import type { CompressOne } from "./compress_with.ts";

const FORMS: CompressOne[] = [
  (weight) => roundToNearest(weight, { bits: 3, groupSize: 32, symmetric: false }),
  (weight) => quantizeNf4(weight),
  (weight) => sparseWeight(weight, magnitudeMask(weight, { ratio: 0.4 })),
];
/** Compresses the three linear weights of the feed-forward layer, each in another form, and no others. */
export const compress: CompressOne = (weight, index) => FORMS[index]?.(weight, index);

/** Names of the first layer's weights in the order of `FORMS`, and one that is not compressed. */
export const [INTEGER, NF4, SPARSE, KEPT] = ["down", "gate", "up"]
  .map((part) => `model.layers.0.mlp.${part}_proj.weight`)
  .concat("model.layers.0.self_attn.k_proj.weight");
