/**
 * The linear layers of LLaMA-architecture models, by their shapes.
 * @module
 */

/** Weights [rows, columns] that a token passes through, `count` of them. */
export interface LayerShape {
  /** Number of outputs. */
  readonly rows: number;
  /** Number of inputs. */
  readonly columns: number;
  /** How many of this shape a model has. */
  readonly count: number;
}

/** A model whose products are measured. */
export interface ProductModel {
  /** Its name. */
  readonly name: string;
  /** Its linear layers, the head included. */
  readonly layers: readonly LayerShape[];
}

interface Sizes {
  readonly hidden: number;
  readonly intermediate: number;
  readonly blocks: number;
  readonly keyValues: number; // outputs of the key and of the value projection
  readonly vocabulary: number;
}

function model(name: string, sizes: Sizes): ProductModel {
  const { hidden, intermediate, blocks, keyValues, vocabulary } = sizes;
  return {
    name,
    layers: [
      { rows: hidden, columns: hidden, count: 2 * blocks }, // queries and outputs of the attention
      { rows: keyValues, columns: hidden, count: 2 * blocks },
      { rows: intermediate, columns: hidden, count: 2 * blocks },
      { rows: hidden, columns: intermediate, count: blocks },
      { rows: vocabulary, columns: hidden, count: 1 },
    ],
  };
}

/** The embedded model, the shapes of SmolLM-135M and TinyLlama-1.1B, and ALMA-7B's, which are LLaMA-2-7B's. */
export const PRODUCT_MODELS: readonly ProductModel[] = [
  model("tiny", { hidden: 128, intermediate: 384, blocks: 4, keyValues: 128, vocabulary: 3072 }),
  model("135M", { hidden: 576, intermediate: 1536, blocks: 30, keyValues: 192, vocabulary: 49152 }),
  model("1.1B", {
    hidden: 2048,
    intermediate: 5632,
    blocks: 22,
    keyValues: 256,
    vocabulary: 32000,
  }),
  model("ALMA-7B", {
    ...{ hidden: 4096, intermediate: 11008, blocks: 32, keyValues: 4096, vocabulary: 32000 },
  }),
];

/** Numbers in all linear layers. */
export function parametersOf({ layers }: ProductModel): number {
  return layers.reduce((sum, { rows, columns, count }) => sum + rows * columns * count, 0);
}
