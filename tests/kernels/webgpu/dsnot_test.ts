import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { ColumnStatistics } from "../../../kernels/column_statistics.ts";
import { dsnotRuns, type DsnotRunsOptions } from "../../../kernels/dsnot_nm.ts";
import { dsnot } from "../../../kernels/dsnot.ts";
import type { DsnotOptions } from "../../../kernels/dsnot_options.ts";
import { magnitudeMetric } from "../../../kernels/magnitude.ts";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import { pruneSmallest, type SparsityPattern } from "../../../kernels/prune_smallest.ts";
import { wandaMask } from "../../../kernels/wanda.ts";
import { dsnotRunsWebgpu, dsnotWebgpu } from "../../../kernels/webgpu/dsnot.ts";
import type { PanelOptions } from "../../../kernels/webgpu/row_panels.ts";
import { itNeeds } from "../../needs.ts";
import { errorOf } from "../backends/compare.ts";
import { caseIds, loadCase } from "../golden.ts";
import { expectGoldenMask, goldenInputs, goldenPattern, statisticsOf } from "../pruning_golden.ts";
import { randomMatrix } from "../random.ts";
import { LAVAPIPE, lavapipe } from "./adapter.ts";

interface Problem {
  W: Matrix;
  statistics: ColumnStatistics;
}

/** A layer whose inputs have means, so that pruning leaves errors. */
function problem(R: number, C: number, seed: number): Problem {
  const W = matrix(R, C, randomMatrix(R, C, seed).data.map((w) => w / 10));
  const means = randomMatrix(1, C, seed + 50).data;
  const X = [9, 5].map((tokens, s) => {
    const noise = randomMatrix(tokens, C, seed + 100 + s).data;
    return matrix(tokens, C, noise.map((x, i) => x + means[i % C]));
  });
  return { W, statistics: statisticsOf(X) };
}

const wandaOf = ({ W, statistics }: Problem, pattern: SparsityPattern) =>
  wandaMask(W, statistics.squaredNorms, pattern);

async function expectReference(
  { W, statistics }: Problem,
  mask: Uint8Array,
  options: DsnotOptions & PanelOptions,
): Promise<number> {
  const expected = dsnot(W, mask, statistics, options);
  expect(await dsnotWebgpu(await lavapipe(), W, mask, statistics, options)).toEqual(expected);
  return expected.cycles;
}

async function expectRunsReference(
  { W, statistics }: Problem,
  mask: Uint8Array,
  options: DsnotRunsOptions & PanelOptions,
): Promise<void> {
  const result = await dsnotRunsWebgpu(await lavapipe(), W, mask, statistics, options);
  expect(result).toEqual(dsnotRuns(W, mask, statistics, options));
}

const OPTIONS: DsnotOptions[] = [
  {},
  { sameSign: true },
  { powerOfVariance: 0, stoppedRowsRest: true },
  { powerOfVariance: 0.5, updateThreshold: 2 },
  { maxCycles: 0 },
  { maxCycles: 7, sameSign: true, stoppedRowsRest: true },
];

describe("dsnotWebgpu()", () => {
  itNeeds(
    LAVAPIPE,
    "dsnotWebgpu() equals dsnot(), errors to the bit, for odd shapes and all options",
    async () => {
      for (const [R, C] of [[5, 257], [3, 300], [4, 131]]) {
        const at = problem(R, C, R);
        const mask = wandaOf(at, { ratio: 0.4 });
        for (const options of OPTIONS) await expectReference(at, mask, options);
      }
    },
  );

  itNeeds(
    LAVAPIPE,
    "dsnotWebgpu() equals dsnot() where lists reach each other and stopped rows go on writing",
    async () => {
      for (const seed of [1, 2, 3]) {
        const at = problem(12, 96, seed);
        const mask = wandaOf(at, { ratio: 0.4 });
        for (const options of [{ updateThreshold: 0 }, { updateThreshold: 0.01, maxCycles: 57 }]) {
          expect(await expectReference(at, mask, options)).toBeGreaterThan(20);
        }
      }
    },
  );

  itNeeds(
    LAVAPIPE,
    "dsnotWebgpu() equals dsnot() with ties, dead channels, M = 0 and any number pruned in a row",
    async () => {
      for (const seed of [1, 2]) {
        const { W, statistics } = problem(9, 70, seed);
        const few = matrix(9, 70, W.data.map((w) => Math.round(w * 20) / 20));
        const sums = statistics.sums.map((s, j) => j % 5 === 0 ? 0 : Math.round(s / 4));
        const variances = statistics.variances.map((v, j) => j % 10 === 0 ? 0 : Math.ceil(v));
        const squaredNorms = new Float32Array(70).fill(2);
        const at = { W: few, statistics: { ...statistics, sums, variances, squaredNorms } };
        const mask = randomMatrix(9, 70, seed + 5).data.map((x, i) => x > i / 400 - 1 ? 1 : 0);
        for (const maxCycles of [10, 20]) {
          await expectReference(at, Uint8Array.from(mask), {
            maxCycles,
          });
        }
      }
    },
  );

  itNeeds(LAVAPIPE, "dsnotWebgpu() gives the same in parts as in one", async () => {
    const at = problem(7, 66, 4);
    const mask = wandaOf(at, { ratio: 0.5 });
    for (const panelBytes of [1, 600, 1000]) {
      await expectReference(at, mask, { panelBytes, maxCycles: 30 });
    }
  });

  itNeeds(LAVAPIPE, "dsnotWebgpu() says with dsnot()'s words which list is used up", async () => {
    const gpu = await lavapipe();
    const at = problem(6, 24, 2);
    const masks = [
      wandaOf(at, { ratio: 0.5 }),
      wandaOf(at, { ratio: 0.9 }),
      wandaOf(at, { ratio: 0.1 }),
    ];
    masks.push(new Uint8Array(6 * 24));
    const words = new Set<string>();
    for (const mask of masks) {
      for (const more of [{}, { stoppedRowsRest: true }, { panelBytes: 100 }]) {
        const options = { updateThreshold: 0, ...more };
        const refusal = await errorOf(() => dsnot(at.W, mask, at.statistics, options));
        words.add(refusal.message);
        const error = await errorOf(() => dsnotWebgpu(gpu, at.W, mask, at.statistics, options));
        expect(error).toEqual(refusal);
      }
    }
    expect(words.size).toBeGreaterThan(2);
  });

  itNeeds(LAVAPIPE, "dsnotWebgpu() refuses what dsnot() refuses", async () => {
    const gpu = await lavapipe();
    const { W, statistics } = problem(2, 8, 1);
    const mask = new Uint8Array(16).fill(1);
    const short = { ...statistics, squaredNorms: new Float32Array(7) };
    const CALLS = [
      [mask, statistics, { maxCycles: -1 }],
      [mask.subarray(1), statistics, {}],
      [mask.map(() => 2), statistics, {}],
      [mask, { ...statistics, sums: new Float32Array(9) }, {}],
      [mask, short, {}],
    ] as const;
    for (const [kept, of, options] of CALLS) {
      const refusal = await errorOf(() => dsnot(W, kept, of, options));
      expect(await errorOf(() => dsnotWebgpu(gpu, W, kept, of, options))).toEqual(refusal);
    }
  });
});

describe("dsnotRunsWebgpu()", () => {
  itNeeds(
    LAVAPIPE,
    "dsnotRunsWebgpu() equals dsnotRuns() for all runs, metrics and options",
    async () => {
      for (const [n, m, C] of [[2, 4, 68], [4, 8, 264], [1, 3, 63]]) {
        const at = problem(7, C, n);
        const magnitude = pruneSmallest(magnitudeMetric(at.W), { n, m });
        for (const options of OPTIONS) {
          await expectRunsReference(at, wandaOf(at, { n, m }), { ...options, m });
          await expectRunsReference(at, magnitude, { ...options, m, metric: "magnitude" });
        }
      }
    },
  );

  itNeeds(
    LAVAPIPE,
    "dsnotRunsWebgpu() equals dsnotRuns() where runs have none left to choose",
    async () => {
      const { W, statistics } = problem(6, 40, 3);
      const sums = statistics.sums.map((s) => 50 * s); // so that rows go on
      const at = { W, statistics: { ...statistics, sums } };
      for (const panelBytes of [undefined, 320]) {
        await expectRunsReference(at, wandaOf(at, { n: 3, m: 4 }), {
          m: 4,
          maxCycles: 40,
          panelBytes,
        });
        await expectRunsReference(at, new Uint8Array(240), { m: 5, maxCycles: 40, panelBytes });
      }
    },
  );

  itNeeds(LAVAPIPE, "dsnotRunsWebgpu() refuses what dsnotRuns() refuses", async () => {
    const gpu = await lavapipe();
    const at = problem(4, 8, 1);
    const { W } = at;
    const statistics = { ...at.statistics, sums: at.statistics.sums.map((s) => 500 * s) };
    const mask = wandaOf(at, { n: 2, m: 4 });
    const short = { ...statistics, sums: new Float32Array(7) };
    const CALLS = [
      [mask, statistics, { m: 3 }],
      [mask, statistics, { m: 4, metric: "none" as "wanda" }],
      [mask, statistics, { m: 4, updateThreshold: -1 }],
      [mask.subarray(1), statistics, { m: 4 }],
      [mask, short, { m: 4 }],
      [new Uint8Array(32), statistics, { m: 4 }],
    ] as const;
    for (const [kept, of, options] of CALLS) {
      const refusal = await errorOf(() => dsnotRuns(W, kept, of, options));
      expect(await errorOf(() => dsnotRunsWebgpu(gpu, W, kept, of, options))).toEqual(refusal);
    }
  });
});

describe("DSnoT on an adapter", () => {
  itNeeds(
    LAVAPIPE,
    "dsnotWebgpu() and dsnotRunsWebgpu() equal the references on the golden vectors",
    async () => {
      const gpu = await lavapipe();
      const ids = caseIds("dsnot", "committed").filter((id) => !id.includes("_mlp_"));
      expect(ids.length).toBeGreaterThan(3);
      for (const id of ids) {
        const golden = await loadCase("dsnot", id, "committed");
        const { params } = golden;
        const { W, statistics } = goldenInputs(golden);
        const metric = params.initial_method;
        const first = metric === "wanda"
          ? wandaMask(W, statistics.squaredNorms, goldenPattern(golden))
          : pruneSmallest(magnitudeMetric(W), goldenPattern(golden));
        const options = {
          maxCycles: params.max_cycle_time,
          updateThreshold: params.update_threshold,
          powerOfVariance: params.pow_of_var_regrowing,
          sameSign: !params.without_same_sign,
        };
        const { mask, cycles, swaps } = params.prune_n === 0
          ? await dsnotWebgpu(gpu, W, first, statistics, options)
          : await dsnotRunsWebgpu(gpu, W, first, statistics, {
            ...options,
            m: params.prune_m,
            metric,
          });
        expect([cycles, ...swaps]).toEqual([
          golden.entry.cycles,
          ...golden.tensors.swaps_per_row.data,
        ]);
        expectGoldenMask(mask, golden);
      }
    },
  );
});
