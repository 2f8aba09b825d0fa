import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { ColumnStatistics } from "../../kernels/column_statistics.ts";
import { dsnot } from "../../kernels/dsnot.ts";
import { dsnotRuns } from "../../kernels/dsnot_nm.ts";
import type { DsnotOptions, DsnotResult } from "../../kernels/dsnot_options.ts";
import { dsnotMetric } from "../../kernels/dsnot_rows.ts";
import { magnitudeMetric } from "../../kernels/magnitude.ts";
import { keptPerRow } from "../../kernels/mask.ts";
import type { Matrix } from "../../kernels/matrix.ts";
import { pruneSmallest } from "../../kernels/prune_smallest.ts";
import { wandaMetric } from "../../kernels/wanda.ts";
import { expectAllEqual, type GoldenCase, itMatchesGolden } from "./golden.ts";
import {
  expectGolden,
  expectGoldenMask,
  goldenInputs,
  goldenMask,
  goldenPattern,
} from "./pruning_golden.ts";

/** Modules that the references' `skip_layer` leaves with their first mask. */
const isSkipped = (id: string) => id.includes("_mlp_");

function expectStatistics(W: Matrix, statistics: ColumnStatistics, golden: GoldenCase): void {
  expectGolden(statistics.squaredNorms, "scaler_row", golden);
  expectGolden(statistics.sums, "sum_metric_row", golden);
  expectGolden(statistics.variances, "var", golden);
  expectGolden(dsnotMetric(W, statistics.sums).data, "dsnot_metric", golden);
}

function firstMask(golden: GoldenCase): Uint8Array {
  const { W, statistics } = goldenInputs(golden);
  const metric = golden.params.initial_method === "wanda"
    ? wandaMetric(W, statistics.squaredNorms)
    : magnitudeMetric(W);
  return pruneSmallest(metric, goldenPattern(golden));
}

function run(golden: GoldenCase): DsnotResult {
  const { params } = golden;
  const { W, statistics } = goldenInputs(golden);
  const options: DsnotOptions = {
    maxCycles: params.max_cycle_time,
    updateThreshold: params.update_threshold,
    powerOfVariance: params.pow_of_var_regrowing,
    sameSign: !params.without_same_sign,
  };
  const mask = firstMask(golden);
  if (params.prune_n === 0) return dsnot(W, mask, statistics, options);
  const { prune_m: m, initial_method: metric } = params;
  return dsnotRuns(W, mask, statistics, { ...options, m, metric });
}

describe("DSnoT's vectors", () => {
  itMatchesGolden(
    "dsnot",
    "statistics and first mask equal the references' on",
    () => true,
    (golden) => {
      const { W, statistics } = goldenInputs(golden);
      expectStatistics(W, statistics, golden);
      expectAllEqual(firstMask(golden), goldenMask(golden.tensors.mask_initial), "mask_initial");
      if (isSkipped(golden.id)) expectGoldenMask(firstMask(golden), golden);
    },
  );

  itMatchesGolden("dsnot", "dsnot() equals the references on", (id) => !isSkipped(id), (golden) => {
    const { mask, errorsBefore, errorsAfter, swaps, cycles } = run(golden);
    expect(cycles).toBe(golden.entry.cycles);
    expectAllEqual(swaps, golden.tensors.swaps_per_row.data, "swaps_per_row");
    expectGolden(errorsBefore, "error_before", golden, "error_before/after");
    expectGolden(errorsAfter, "error_after", golden, "error_before/after");
    const columns = golden.inputs.W.shape[1];
    const pruned = Array.from(keptPerRow(mask, columns), (kept) => columns - kept);
    expect([Math.min(...pruned), Math.max(...pruned)]).toEqual(golden.entry.pruned_per_row_min_max);
    expectGoldenMask(mask, golden);
  });
});
