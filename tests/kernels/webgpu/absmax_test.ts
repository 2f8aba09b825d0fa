import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { channelAbsmax } from "../../../kernels/channel_absmax.ts";
import { matrix } from "../../../kernels/matrix.ts";
import { absmaxWebgpu } from "../../../kernels/webgpu/absmax.ts";
import { itNeeds } from "../../needs.ts";
import { errorOf } from "../backends/compare.ts";
import { randomMatrix } from "../random.ts";
import { LAVAPIPE, lavapipe } from "./adapter.ts";

describe("absmaxWebgpu()", () => {
  itNeeds(
    LAVAPIPE,
    "absmaxWebgpu() equals channelAbsmax() over several batches of odd shapes",
    async () => {
      const gpu = await lavapipe();
      for (const C of [1, 5, 64, 131]) {
        let actual: Float32Array | undefined;
        let expected: Float32Array | undefined;
        for (const tokens of [1, 64, 200]) {
          const inputs = randomMatrix(tokens, C, tokens + C);
          expected = channelAbsmax(inputs, expected);
          actual = await absmaxWebgpu(gpu, inputs, actual);
          expect(actual).toEqual(expected);
        }
      }
    },
  );

  itNeeds(
    LAVAPIPE,
    "absmaxWebgpu() keeps zeros and subnormal values, and what it is given",
    async () => {
      const gpu = await lavapipe();
      const inputs = matrix(2, 4, [0, -1e-45, -0, 1e-40, 0, 1e-45, 0, -2e-40]);
      const before = Float32Array.of(0, 0, 3, 1e-40);
      const copy = before.slice();
      expect(await absmaxWebgpu(gpu, inputs)).toEqual(channelAbsmax(inputs));
      expect(await absmaxWebgpu(gpu, inputs, before)).toEqual(channelAbsmax(inputs, before));
      expect(before).toEqual(copy);
      expect(await absmaxWebgpu(gpu, matrix(0, 4), before)).toEqual(before);
    },
  );

  itNeeds(LAVAPIPE, "absmaxWebgpu() gives the same in parts as in one", async () => {
    const gpu = await lavapipe();
    const inputs = randomMatrix(77, 6, 1);
    for (const panelBytes of [1, 24, 500]) {
      expect(await absmaxWebgpu(gpu, inputs, undefined, { panelBytes })).toEqual(
        channelAbsmax(inputs),
      );
    }
  });

  itNeeds(
    LAVAPIPE,
    "absmaxWebgpu() refuses what channelAbsmax() refuses, with its words",
    async () => {
      const gpu = await lavapipe();
      for (const value of [NaN, Infinity, -Infinity]) {
        const inputs = matrix(3, 2, [1, 2, 3, value, NaN, 4]);
        const refusal = await errorOf(() => channelAbsmax(inputs));
        expect(await errorOf(() => absmaxWebgpu(gpu, inputs))).toEqual(refusal);
      }
      const refusal = await errorOf(() => channelAbsmax(matrix(1, 2), new Float32Array(3)));
      expect(await errorOf(() => absmaxWebgpu(gpu, matrix(1, 2), new Float32Array(3)))).toEqual(
        refusal,
      );
    },
  );
});
