import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { ALMA_7B } from "../../../data/alma_7b.ts";
import { packGptq } from "../../../kernels/gptq_packing.ts";
import { matrix } from "../../../kernels/matrix.ts";
import { roundToNearest } from "../../../kernels/round_to_nearest.ts";
import { linearShapes, storedModelBytes } from "../../../inference/compression/memory.ts";
import { studyModelBytes } from "../../../inference/compression/memory_study.ts";
import { parseLlamaConfig } from "../../../inference/llama_config.ts";
import { itNeeds, SHARED } from "../../needs.ts";
import { sharedJson } from "../../shared.ts";
import { randomConfig } from "../random_checkpoint.ts";

const ALMA = parseLlamaConfig(ALMA_7B.config, ALMA_7B.id);
const SMALL = parseLlamaConfig(
  { ...randomConfig(), hidden_size: 64, intermediate_size: 96, head_dim: 32 },
  "config.json",
);

interface SharedBars {
  memory_mb: { bits: number; expected_gptq_group128_mib: number }[];
}

describe("studyModelBytes()", () => {
  for (const bits of [2, 3, 4, 8]) {
    it(`studyModelBytes() of ${bits} bits are those of packGptq()'s words`, () => {
      let bytes = 0;
      for (const { rows, columns } of linearShapes(SMALL)) {
        const weight = matrix(rows, columns, new Float32Array(rows * columns).fill(0.5));
        const stored = roundToNearest(weight, { bits, groupSize: 32, symmetric: true });
        const { qweight, qzeros, scales, groupIndex } = packGptq(stored, "gptq");
        for (const tensor of [qweight, qzeros, scales, groupIndex]) bytes += tensor.byteLength;
      }
      const steps = [{ kind: "gptq", bits, groupSize: 32 }];
      expect(studyModelBytes(SMALL, steps).linears).toBe(bytes);
    });
  }

  it("studyModelBytes() of pruned weights are those of the unpruned model", () => {
    expect(studyModelBytes(ALMA, [{ kind: "wanda", sparsity: 0.4 }]))
      .toEqual(studyModelBytes(ALMA, []));
    expect(studyModelBytes(ALMA, []).total).toBe(2 * ALMA_7B.parameters);
  });

  it("studyModelBytes() of NF4 add the library's tables to the codes, and leave smoothed norms in float16", () => {
    const nf4 = { kind: "nf4", blockSize: 64, doubleQuantization: true };
    const linears = linearShapes(ALMA).length;
    expect(linears).toBe(224);
    expect(studyModelBytes(ALMA, [nf4]).linears - storedModelBytes(ALMA, [nf4]).linears)
      .toBe(linears * (16 * 4 + 256 * 4));
    expect(studyModelBytes(ALMA, [{ kind: "smoothquant", alpha: 0.85 }, nf4]))
      .toEqual(studyModelBytes(ALMA, [nf4]));
  });

  it("studyModelBytes() refuse bits and shapes that the library does not pack", () => {
    const odd = { ...SMALL, intermediateSize: 100 };
    expect(() => studyModelBytes(ALMA, [{ kind: "gptq", bits: 5 }])).toThrow(/at 5 bits/);
    expect(() => studyModelBytes(odd, [{ kind: "gptq", bits: 4 }])).toThrow(/\[100, 64\]/);
  });

  itNeeds(SHARED, "studyModelBytes() equal the sizes expected of Figure 1's models", async () => {
    const { memory_mb } = await sharedJson<SharedBars>("paper/figure1.json");
    for (const { bits, expected_gptq_group128_mib: expected } of memory_mb) {
      const { total } = studyModelBytes(ALMA, [{ kind: "gptq", bits, groupSize: 128 }]);
      expect(Math.abs(total / 2 ** 20 - expected)).toBeLessThan(0.06);
    }
  });
});
