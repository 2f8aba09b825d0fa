import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { factorizeHessian } from "../../../kernels/gptq_factor.ts";
import { FactorizationError } from "../../../kernels/linear_algebra.ts";
import { matrix } from "../../../kernels/matrix.ts";
import { webgpuBackend } from "../../../kernels/webgpu/backend.ts";
import { itNeeds } from "../../needs.ts";
import { errorOf, expectFactor } from "../backends/compare.ts";
import { expectAllClose } from "../golden.ts";
import { correlatedHessian } from "../wasm/layers.ts";
import { LAVAPIPE, lavapipe } from "./adapter.ts";

/** Bytes of panels of 64 and of 128 rows of 320 columns, and more than the matrices have. */
const PANELS = [64 * 320 * 4, 128 * 320 * 4, 1 << 24];

describe("factors on a graphics adapter", () => {
  for (const panelBytes of PANELS) {
    itNeeds(
      LAVAPIPE,
      `prepareHessian() gives U in panels of ${panelBytes} bytes, for sizes around tiles`,
      async () => {
        const backend = webgpuBackend(await lavapipe(), { panelBytes });
        for (const columns of [63, 64, 65, 192, 300]) {
          const hessian = correlatedHessian(columns, columns, [1]);
          const options = { actOrder: true, damping: 0.05 };
          const prepared = await backend.prepareHessian(hessian, options);
          const factor = await prepared.factor();
          prepared.release();
          if (columns < 100) expectFactor(factor, hessian, options, 1e-4);
          const { upper } = factorizeHessian(hessian, options);
          const largest = upper.reduce((most, u) => Math.max(most, Math.abs(u)), 0);
          expectAllClose(factor.upper, upper, { atol: 1e-5 * largest }, "U");
        }
        await backend.close();
      },
    );
  }

  itNeeds(
    LAVAPIPE,
    "prepareHessian() names the first pivot that is not positive, in any tile",
    async () => {
      const backend = webgpuBackend(await lavapipe());
      for (const column of [0, 70, 199]) {
        const hessian = correlatedHessian(200, 5);
        hessian.data[column * 201] = -2;
        const error = await errorOf(() => backend.prepareHessian(hessian, { damping: 0 }));
        expect(error).toBeInstanceOf(FactorizationError);
        expect(error).toMatchObject({ row: column });
        expect(error.message).toMatch(
          /raise damping, or take the precision "float64"$/,
        );
      }
      await backend.close();
    },
  );

  itNeeds(
    LAVAPIPE,
    "prepareHessian() refuses what overflows float32 where float64 does not",
    async () => {
      const backend = webgpuBackend(await lavapipe());
      const hessian = matrix(2, 2, [3e38, 1e38, 1e38, 3e38]);
      const error = await errorOf(() => backend.prepareHessian(hessian, { damping: 1 }));
      expect(error).toBeInstanceOf(FactorizationError);
      const wide = await backend.prepareHessian(hessian, { damping: 1, precision: "float64" });
      expect((await wide.factor()).upper[0]).toBeGreaterThan(0);
      wide.release();
      await backend.close();
    },
  );
});
