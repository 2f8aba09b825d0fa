import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { magnitudeMask } from "../../kernels/magnitude.ts";
import { keptPerRow } from "../../kernels/mask.ts";
import { wandaMask, wandaMetric } from "../../kernels/wanda.ts";
import { wandaVariantMask } from "../../kernels/wanda_variant.ts";
import { asMatrix, type GoldenCase, itMatchesGolden } from "./golden.ts";
import { expectGolden, expectGoldenMask, goldenInputs, goldenPattern } from "./pruning_golden.ts";

const isMagnitude = (id: string) => id.includes("_mag");
const isVariant = (id: string) => id.includes("variant");

function expectStatistics(golden: GoldenCase): void {
  const { W, statistics } = goldenInputs(golden);
  expectGolden(statistics.squaredNorms, "scaler_row", golden);
  expectGolden(wandaMetric(W, statistics.squaredNorms).data, "metric", golden);
}

function expectCounts(mask: Uint8Array, { inputs, entry }: GoldenCase): void {
  const columns = inputs.W.shape[1];
  const pruned = Array.from(keptPerRow(mask, columns), (kept) => columns - kept);
  expect([Math.min(...pruned), Math.max(...pruned)]).toEqual(entry.pruned_per_row_min_max);
}

describe("Wanda's vectors", () => {
  const isPlain = (id: string) => !isMagnitude(id) && !isVariant(id);
  itMatchesGolden("wanda", "wandaMask() equals the authors' code on", isPlain, (golden) => {
    expectStatistics(golden);
    const { W, statistics } = goldenInputs(golden);
    const mask = wandaMask(W, statistics.squaredNorms, goldenPattern(golden));
    expectCounts(mask, golden);
    expectGoldenMask(mask, golden);
  });

  itMatchesGolden(
    "wanda",
    "wandaVariantMask() equals the authors' code on",
    isVariant,
    (golden) => {
      expectStatistics(golden);
      const { W, statistics } = goldenInputs(golden);
      const ratio = golden.params.sparsity_ratio;
      const { mask, alpha, sparsity } = wandaVariantMask(W, statistics.squaredNorms, ratio);
      expect(alpha).toBe(golden.entry.alpha);
      expect(Math.fround(sparsity)).toBe(Math.fround(golden.entry.sparsity));
      expectCounts(mask, golden);
      expectGoldenMask(mask, golden);
    },
  );

  itMatchesGolden("wanda", "magnitudeMask() equals the authors' code on", isMagnitude, (golden) => {
    const mask = magnitudeMask(asMatrix(golden.inputs.W), goldenPattern(golden));
    expectCounts(mask, golden);
    expectGoldenMask(mask, golden);
  });
});
