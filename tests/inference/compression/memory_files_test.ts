import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import { magnitudeMetric } from "../../../kernels/magnitude.ts";
import { quantizeNf4 } from "../../../kernels/nf4.ts";
import { pruneSmallest } from "../../../kernels/prune_smallest.ts";
import { roundToNearest } from "../../../kernels/round_to_nearest.ts";
import { sparseWeight } from "../../../kernels/sparse.ts";
import type { StoredWeight } from "../../../kernels/stored_weight.ts";
import { type Checkpoint, openCheckpoint } from "../../../inference/checkpoint.ts";
import { openCompressedModel } from "../../../inference/compressed/model.ts";
import { CompressedModelWriter } from "../../../inference/compressed/writer.ts";
import {
  executedModelBytes,
  linearShapes,
  storedModelBytes,
} from "../../../inference/compression/memory.ts";
import type { Step } from "../../../inference/compression/step.ts";
import { writeRandomCheckpoint } from "../random_checkpoint.ts";

type Compress = (weight: Matrix) => StoredWeight;

/** Writes a compressed model of the source, with its norms as float32 if they are smoothed. */
async function writeModel(
  source: Checkpoint,
  folder: string,
  steps: readonly Step[],
  compress?: Compress,
): Promise<void> {
  const plan = { steps, calibration: null, backend: "reference" };
  const writer = await CompressedModelWriter.open(folder, source, plan);
  const smoothed = steps.some(({ kind }) => kind === "smoothquant");
  for (let layer = 0; layer < source.config.layers; layer++) {
    const prefix = `model.layers.${layer}.`;
    const linears = new Map<string, StoredWeight>();
    const norms = new Map<string, Float32Array>();
    for (const { name, rows, columns } of linearShapes(source.config)) {
      if (!compress || !name.startsWith(prefix)) continue;
      linears.set(name, compress(matrix(rows, columns, await source.tensor(name))));
    }
    for (const norm of smoothed ? ["input_layernorm", "post_attention_layernorm"] : []) {
      norms.set(`${prefix}${norm}.weight`, await source.tensor(`${prefix}${norm}.weight`));
    }
    await writer.writeLayer(layer, { linears, norms, facts: {} });
  }
  await writer.finish({});
}

const rowMask = (weight: Matrix, ratio: number) =>
  pruneSmallest(magnitudeMetric(weight), { ratio });

const CASES: [string, Step[], Compress?][] = [
  ["an untouched model", []],
  ...[2, 3, 4, 8].map((bits): [string, Step[], Compress] => [
    `${bits} bits with zero points`,
    [{ kind: "rtn", bits, groupSize: 16, symmetric: false }],
    (weight) => roundToNearest(weight, { bits, groupSize: 16, symmetric: false }),
  ]),
  [
    "4 bits, one group a row",
    [{ kind: "rtn", bits: 4 }],
    (weight) => roundToNearest(weight, { bits: 4, symmetric: true }),
  ],
  [
    "smoothed double NF4",
    [{ kind: "smoothquant", alpha: 0.5 }, { kind: "nf4", doubleQuantization: true }],
    (weight) => quantizeNf4(weight, { doubleQuantization: true }),
  ],
  [
    "pruned weights",
    [{ kind: "wanda", sparsity: 0.4 }],
    (weight) => sparseWeight(weight, rowMask(weight, 0.4)),
  ],
];

describe("the files of a compressed model", () => {
  const models: { dtype: "F16" | "F32"; tiedEmbeddings: boolean }[] = [
    { dtype: "F16", tiedEmbeddings: false },
    { dtype: "F32", tiedEmbeddings: true },
  ];
  for (const { dtype, tiedEmbeddings } of models) {
    describe(`in ${dtype}, head ${tiedEmbeddings ? "tied" : "of its own"}`, () => {
      let source: Checkpoint;
      let folder: string;
      let remove: () => Promise<void>;

      before(async () => {
        const sizes = { hiddenSize: 44, intermediateSize: 37, heads: 3, headSize: 10 };
        const options = { ...sizes, keyValueHeads: 1, vocabularySize: 51, dtype, tiedEmbeddings };
        ({ folder, remove } = await writeRandomCheckpoint(options));
        source = await openCheckpoint(folder);
      });

      after(async () => {
        source.close();
        await remove();
      });

      for (const [index, [name, steps, compress]] of CASES.entries()) {
        it(`have the bytes of storedModelBytes() and executedModelBytes() for ${name}`, async () => {
          const target = `${folder}/compressed-${index}`;
          await writeModel(source, target, steps, compress);
          const model = await openCompressedModel(target);
          const valueBytes = dtype === "F16" ? 2 : 4;
          const stored = storedModelBytes(model.config, steps, { valueBytes });
          expect(stored.total).toBe(model.storedBytes());
          expect(stored.linears + stored.rest).toBe(stored.total);
          const executed = executedModelBytes(model.config, steps, { valueBytes });
          expect(executed.total).toBe(model.executedBytes());
          model.close();
        });
      }
    });
  }
});
