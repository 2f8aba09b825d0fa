import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { dequantize } from "../../kernels/dequantize.ts";
import { float16ToFloat32 } from "../../kernels/float16.ts";
import { roundToType } from "../../kernels/float_type.ts";
import { gptq } from "../../kernels/gptq.ts";
import { factorizeHessian } from "../../kernels/gptq_factor.ts";
import { packGptq, unpackGptq } from "../../kernels/gptq_packing.ts";
import { applyMask } from "../../kernels/mask.ts";
import type { Matrix } from "../../kernels/matrix.ts";
import { roundToNearest } from "../../kernels/round_to_nearest.ts";
import type { IntegerWeight } from "../../kernels/stored_weight.ts";
import { wandaMask } from "../../kernels/wanda.ts";
import { addColumnStatistics, emptyColumnStatistics } from "../../kernels/column_statistics.ts";
import {
  asMatrix,
  expectAllClose,
  expectAllEqual,
  type GoldenCase,
  itMatchesGolden,
  samples,
} from "./golden.ts";
import { gptqHessian, gptqOptions } from "./gptq_cases.ts";

/** Compares codes, grids and values with the reference's, as tightly as the case says. */
function expectWeight(weight: IntegerWeight, { tensors, tolerance, id }: GoldenCase): void {
  const { codes, scales, zeros, g_idx, Q } = tensors;
  expect(tolerance.codes).toMatch(/^exact|^at most 0.2%/); // and ours are exact in every case
  expectAllEqual(weight.codes, codes.data, `${id}, codes`);
  if (scales) expectAllClose(weight.scales, scales.data, tolerance.scales, `${id}, scales`);
  if (zeros) expectAllEqual(weight.zeros, zeros.data, `${id}, zeros`);
  if (g_idx) expectAllEqual(weight.groupIndex, g_idx.data, `${id}, groups`);
  expectAllClose(dequantize(weight).data, Q.data, tolerance.Q, `${id}, values`);
}

function expectLoss(loss: number, { entry, tolerance, id }: GoldenCase): void {
  expectAllClose([loss], [entry.loss], tolerance.loss, `${id}, loss`);
}

const isRounding = (id: string) => id.startsWith("j_");

describe("GPTQ against its reference", () => {
  itMatchesGolden(
    "gptq",
    "gptq() equals the reference on",
    (id) => !isRounding(id),
    (golden) => {
      const { weight, loss } = gptq(
        asMatrix(golden.inputs.W),
        gptqHessian(golden),
        gptqOptions(golden),
      );
      expectWeight(weight, golden);
      expectLoss(loss, golden);
    },
  );

  itMatchesGolden(
    "gptq",
    "factorizeHessian() gives the reference's order and factor on",
    (_, { tensors }) => "perm" in tensors || "hinv_upper" in tensors,
    (golden) => {
      const { order, upper } = factorizeHessian(gptqHessian(golden), gptqOptions(golden));
      const { perm, hinv_upper } = golden.tensors;
      if (perm) expectAllEqual(order, perm.data, "order");
      if (!hinv_upper) return;
      const largest = Math.max(...hinv_upper.data.map(Math.abs));
      expectAllClose(upper, hinv_upper.data, { atol: 1e-6 * largest }, "U"); // float32 there: about 2e-7
    },
  );

  itMatchesGolden("gptq", "roundToNearest() equals the reference on", isRounding, (golden) => {
    const { bits, symmetric, groupSize } = gptqOptions(golden);
    expectWeight(
      roundToNearest(asMatrix(golden.inputs.W), { bits, symmetric, groupSize }),
      golden,
    );
  });

  itMatchesGolden(
    "gptq",
    "packGptq() gives the reference's words on",
    (_, { tensors }) => "qweight" in tensors,
    (golden) => {
      const W = asMatrix(golden.inputs.W);
      const { tensors } = golden;
      const half = { ...W, data: roundToType(W.data, "float16") }; // the packed run is of float16 weights
      const { weight } = gptq(half, gptqHessian(golden), gptqOptions(golden));
      expectAllEqual(weight.codes, tensors.codes_of_packed_run.data, "codes");
      expectAllEqual(weight.zeros, tensors.zeros_of_packed_run.data, "zeros");
      for (const format of ["gptq", "gptq_v2"] as const) {
        const packed = packGptq(weight, format);
        const qzeros = tensors[format === "gptq" ? "qzeros_v1" : "qzeros_v2"];
        expectAllEqual(packed.qweight, tensors.qweight.data, "qweight");
        if (qzeros) expectAllEqual(packed.qzeros, qzeros.data, `qzeros of ${format}`);
        expectAllEqual(packed.groupIndex, tensors.packed_g_idx.data, "g_idx");
        const scales = float16ToFloat32(packed.scales);
        // a scale may differ in its last float32 bits and so, next to a tie, by one float16 step
        expectAllClose(scales, tensors.packed_scales_f16_as_f32.data, { rtol: 1e-3 }, "scales");
        expectAllEqual(unpackGptq(packed).codes, weight.codes, "codes read back");
      }
    },
  );
});

describe("Wanda, then GPTQ, against their references", () => {
  const isStudy = (id: string) => id.endsWith("_study");

  /** Wanda's mask of a case, 1 = kept, checked against the reference's, and the pruned weight. */
  function prune({ inputs, tensors, params }: GoldenCase): { mask: Uint8Array; pruned: Matrix } {
    let statistics = emptyColumnStatistics(inputs.X.shape.at(-1)!);
    for (const x of samples(inputs.X)) statistics = addColumnStatistics(statistics, x);
    const W = asMatrix(inputs.W);
    const mask = wandaMask(W, statistics.squaredNorms, { ratio: params.sparsity_ratio });
    expectAllEqual(mask.map((kept) => 1 - kept), tensors.mask.data, "mask");
    const pruned = applyMask(W, mask);
    expectAllEqual(pruned.data, tensors.W_pruned.data, "pruned weight");
    return { mask, pruned };
  }

  itMatchesGolden(
    "combo",
    "gptq() after wandaMask(), as the study ran it, equals the references on",
    isStudy,
    (golden) => {
      const { mask, pruned } = prune(golden);
      const { weight, loss } = gptq(pruned, gptqHessian(golden), gptqOptions(golden));
      expectWeight(weight, golden);
      expectLoss(loss, golden);
      let [prunedCount, still, zero] = [0, 0, 0];
      dequantize(weight).data.forEach((value, i) => {
        if (value === 0) zero++;
        if (mask[i]) return;
        prunedCount++;
        if (value === 0) still++;
      });
      const { entry } = golden;
      expect(still / prunedCount).toBeCloseTo(entry.pruned_weights_still_zero_after_gptq, 10);
      expect(zero / mask.length).toBeCloseTo(entry.zero_fraction_of_Q, 10);
      expect(still).toBeLessThan(prunedCount); // nothing holds the mask
    },
  );

  itMatchesGolden(
    "combo",
    "gptq() that holds wandaMask()'s mask equals the re-derivation on",
    (id) => id.includes("masked"),
    (golden) => {
      const { mask, pruned } = prune(golden);
      const { weight, loss } = gptq(pruned, gptqHessian(golden), { ...gptqOptions(golden), mask });
      expectWeight(weight, golden);
      expectLoss(loss, golden);
      expect(dequantize(weight).data.findIndex((value, i) => mask[i] === 0 && value !== 0)).toBe(
        -1,
      );
    },
  );
});
