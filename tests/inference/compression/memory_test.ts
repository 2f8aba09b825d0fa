import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { roundToType } from "../../../kernels/float_type.ts";
import { gptq } from "../../../kernels/gptq.ts";
import { hessianAccumulator } from "../../../kernels/hessian.ts";
import { magnitudeMask } from "../../../kernels/magnitude.ts";
import { keptCount } from "../../../kernels/mask.ts";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import { quantizeNf4 } from "../../../kernels/nf4.ts";
import { roundToNearest } from "../../../kernels/round_to_nearest.ts";
import { sparseMask, sparseWeight } from "../../../kernels/sparse.ts";
import type { StoredWeight } from "../../../kernels/stored_weight.ts";
import { wandaMask } from "../../../kernels/wanda.ts";
import { encodeWeight } from "../../../inference/compressed/encode.ts";
import { linearShapes, storedModelBytes } from "../../../inference/compression/memory.ts";
import type { Step } from "../../../inference/compression/step.ts";
import { parseLlamaConfig } from "../../../inference/llama_config.ts";
import { normal, randomConfig, uniform } from "../random_checkpoint.ts";

/** A model in which no size is a multiple of 8, or of any group or block below. */
const CONFIG = parseLlamaConfig({
  ...randomConfig(),
  hidden_size: 44,
  intermediate_size: 37,
  num_hidden_layers: 2,
  num_attention_heads: 3,
  num_key_value_heads: 1,
  head_dim: 10,
  vocab_size: 51,
}, "config.json");

const EMBEDDING = 51 * 44;
const NORMS = 2 * 2 * 44;
const LAST_NORM = 44;

function randomMatrix(rows: number, columns: number, seed: number): Matrix {
  const next = normal(uniform(seed));
  const values = Float32Array.from({ length: rows * columns }, next);
  return matrix(rows, columns, roundToType(values, "float16"));
}

function hessianOf(columns: number): Matrix {
  const accumulator = hessianAccumulator(columns);
  accumulator.add(randomMatrix(2 * columns, columns, columns));
  return accumulator.hessian();
}

/** Bytes of the linear layers' tensors when a kernel's results are encoded for the disk. */
function encodedBytes(compress: (weight: Matrix) => StoredWeight): number {
  let bytes = 0;
  for (const [seed, { rows, columns }] of linearShapes(CONFIG).entries()) {
    const { parts } = encodeWeight(compress(randomMatrix(rows, columns, seed)), "F16");
    for (const part of parts.values()) bytes += part.byteLength;
  }
  return bytes;
}

const norms = (columns: number) => randomMatrix(1, columns, 7).data.map(Math.abs);

const CASES: [string, Step[], (weight: Matrix) => StoredWeight][] = [
  ["no step", [], (weight) => ({ ...weight, kind: "dense" })],
  ...[2, 3, 4, 5, 7, 8].flatMap((bits) =>
    [-1, 10, 16, 64].flatMap((groupSize) =>
      [true, false].map((symmetric): (typeof CASES)[number] => [
        `rtn with ${bits} bits, groups of ${groupSize}, ${symmetric ? "" : "a"}symmetric`,
        [{ kind: "rtn", bits, groupSize, symmetric }],
        (weight) => roundToNearest(weight, { bits, groupSize, symmetric }),
      ])
    )
  ),
  ...[-1, 10, 64].flatMap((groupSize) =>
    [true, false].map((staticGroups): (typeof CASES)[number] => [
      `gptq with act-order, groups of ${groupSize}${staticGroups ? ", static" : ""}`,
      [{ kind: "gptq", bits: 3, groupSize, actOrder: true, staticGroups }],
      (weight) => {
        const options = { bits: 3, symmetric: true, groupSize, actOrder: true, staticGroups };
        return gptq(weight, hessianOf(weight.columns), options).weight;
      },
    ])
  ),
  ...[16, 64, 4096].flatMap((blockSize) =>
    [true, false].map((doubleQuantization): (typeof CASES)[number] => [
      `nf4 in blocks of ${blockSize}, ${doubleQuantization ? "double" : "single"}`,
      [{ kind: "nf4", blockSize, doubleQuantization }],
      (weight) => quantizeNf4(weight, { blockSize, doubleQuantization }),
    ])
  ),
  ...[0, 0.4, 0.55, 0.99].map((sparsity): (typeof CASES)[number] => [
    `wanda at ${sparsity}`,
    [{ kind: "wanda", sparsity }],
    (weight) => sparseWeight(weight, wandaMask(weight, norms(weight.columns), { ratio: sparsity })),
  ]),
];

describe("storedModelBytes()", () => {
  for (const [name, steps, compress] of CASES) {
    it(`storedModelBytes() after ${name} are those of the encoded tensors`, () => {
      expect(storedModelBytes(CONFIG, steps).linears).toBe(encodedBytes(compress));
    });
  }

  it("storedModelBytes() after n:m pruning are those of the encoded tensors", () => {
    const even = parseLlamaConfig({ ...randomConfig(), intermediate_size: 36 }, "config.json");
    let bytes = 0;
    for (const [seed, { rows, columns }] of linearShapes(even).entries()) {
      const weight = randomMatrix(rows, columns, seed);
      const { parts } = encodeWeight(
        sparseWeight(weight, magnitudeMask(weight, { n: 1, m: 4 })),
        "F32",
      );
      for (const part of parts.values()) bytes += part.byteLength;
    }
    const steps = [{ kind: "magnitude", n: 1, m: 4 }];
    expect(storedModelBytes(even, steps, { valueBytes: 4 }).linears).toBe(bytes);
  });

  it("storedModelBytes() after magnitude pruning are one weight less than the ratio in each matrix", () => {
    const distinct = ({ rows, columns }: Matrix) =>
      matrix(
        rows,
        columns,
        Float32Array.from({ length: rows * columns }, (_, i) => (i + 1) / 4096),
      );
    const bytes = encodedBytes((weight) => {
      const values = distinct(weight);
      return sparseWeight(values, magnitudeMask(values, { ratio: 0.4 }));
    });
    expect(storedModelBytes(CONFIG, [{ kind: "magnitude", sparsity: 0.4 }]).linears).toBe(bytes);
  });

  it("storedModelBytes() with the sparsity that ties led to are exact", () => {
    let [pruned, weights] = [0, 0];
    const bytes = encodedBytes((weight) => {
      const coarse = matrix(weight.rows, weight.columns, weight.data.map((w) => Math.round(w)));
      const stored = sparseWeight(coarse, magnitudeMask(coarse, { ratio: 0.4 }));
      weights += weight.data.length;
      pruned += weight.data.length - keptCount(sparseMask(stored));
      return stored;
    });
    const steps = [{ kind: "magnitude", sparsity: 0.4 }];
    const sparsity = pruned / weights;
    expect(storedModelBytes(CONFIG, steps, { sparsity }).linears).toBe(bytes);
    expect(storedModelBytes(CONFIG, steps).linears).not.toBe(bytes);
  });

  it("storedModelBytes() keep embedding, norms and head in the source's type, smoothed norms as float32", () => {
    const smooth = [{ kind: "smoothquant", alpha: 0.85 }];
    expect(storedModelBytes(CONFIG, []).rest).toBe(2 * (2 * EMBEDDING + NORMS + LAST_NORM));
    expect(storedModelBytes(CONFIG, [], { valueBytes: 4 }).rest)
      .toBe(4 * (2 * EMBEDDING + NORMS + LAST_NORM));
    expect(storedModelBytes(CONFIG, smooth).rest)
      .toBe(2 * (2 * EMBEDDING + LAST_NORM) + 4 * NORMS);
    const tied = { ...CONFIG, tiedEmbeddings: true };
    expect(storedModelBytes(tied, []).rest).toBe(2 * (EMBEDDING + NORMS + LAST_NORM));
  });

  it("storedModelBytes() are of the form that the last storing step leaves", () => {
    const wanda = { kind: "wanda", sparsity: 0.4 };
    const gptq = { kind: "gptq", bits: 4, groupSize: 16 };
    const bytes = (...steps: Step[]) => storedModelBytes(CONFIG, steps).total;
    expect(bytes(wanda, { kind: "dsnot", skip: "mlp" })).toBe(bytes(wanda));
    expect(bytes(wanda, gptq)).toBe(bytes(gptq));
    expect(bytes(wanda, { ...gptq, respectMask: true })).toBe(bytes(gptq));
    expect(bytes(gptq, wanda)).toBe(bytes(wanda));
  });

  it("storedModelBytes() grow with the bits and shrink with the groups' and blocks' size and the sparsity", () => {
    const bytes = (step: Step) => storedModelBytes(CONFIG, [step]).total;
    const rising = (steps: Step[]) => {
      const all = steps.map(bytes);
      expect(all).toEqual(all.toSorted((a, b) => a - b));
      expect(new Set(all).size).toBe(all.length);
    };
    rising([2, 3, 4, 5, 6, 7, 8].map((bits) => ({ kind: "gptq", bits, groupSize: 16 })));
    rising([-1, 32, 16, 8].map((groupSize) => ({ kind: "gptq", bits: 4, groupSize })));
    rising([128, 64, 32].map((blockSize) => ({ kind: "nf4", blockSize })));
    rising([0.6, 0.4, 0.2].map((sparsity) => ({ kind: "wanda", sparsity })));
  });

  const refused: [string, Step[], RegExp][] = [
    ["an unknown step", [{ kind: "awq", bits: 4 }], /step "awq": its kind must be one of .*gptq/],
    ["a name of every object", [{ kind: "toString" }], /step "toString"/],
    ["missing bits", [{ kind: "gptq" }], /gptq without bits/],
    ["9 bits", [{ kind: "rtn", bits: 9 }], /bits 9 in step rtn/],
    ["an unknown option", [{ kind: "rtn", bits: 4, groups: 8 }], /option "groups" in step rtn/],
    ["a missing sparsity", [{ kind: "wanda" }], /wanda with neither sparsity nor n and m/],
    ["runs that do not fit", [{ kind: "wanda", n: 2, m: 8 }], /44 columns into runs of 8/],
    ["DSnoT without a mask", [{ kind: "dsnot" }], /"dsnot": the last step before it .* must prune/],
  ];
  for (const [what, steps, message] of refused) {
    it(`storedModelBytes() refuse ${what}`, () => {
      expect(() => storedModelBytes(CONFIG, steps)).toThrow(RangeError);
      expect(() => storedModelBytes(CONFIG, steps)).toThrow(message);
    });
  }

  it("storedModelBytes() refuse a sparsity that does not belong", () => {
    const wanda = [{ kind: "wanda", sparsity: 0.4 }];
    expect(() => storedModelBytes(CONFIG, [], { sparsity: 0.4 })).toThrow(/dense form/);
    expect(() => storedModelBytes(CONFIG, wanda, { sparsity: 40 })).toThrow(/within 0 and 1/);
  });
});
