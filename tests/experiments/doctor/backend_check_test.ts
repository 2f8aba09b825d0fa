import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { checkBackend } from "../../../experiments/doctor/backend_check.ts";
import { isRight } from "../../../experiments/doctor/check.ts";
import type { Backend } from "../../../kernels/backend.ts";
import { referenceBackend } from "../../../kernels/reference.ts";

/** What is found wrong of the reference backend with something in it replaced. */
async function wrongOf(part: (inner: Backend) => Partial<Backend>): Promise<string[]> {
  const inner = referenceBackend();
  const measures = await checkBackend({ ...inner, ...part(inner) });
  return measures.filter((measure) => !isRight(measure)).map(({ what }) => what);
}

describe("checkBackend()", () => {
  it("finds nothing wrong with the reference itself, to the bit", async () => {
    const measures = await checkBackend(referenceBackend());
    expect(measures.every(({ value }) => value === 0)).toBe(true);
  });

  it("names a Hessian with one wrong entry, and nothing behind it", async () => {
    expect(
      await wrongOf((inner) => ({
        statistics(columns, kinds) {
          const sum = inner.statistics(columns, kinds);
          return {
            ...sum,
            async result() {
              const result = await sum.result();
              result.hessian!.data[0] *= 1.01;
              return result;
            },
          };
        },
      })),
    ).toEqual(["Hessian"]);
  });

  it("names GPTQ that rounds to nearest, by its layer error", async () => {
    expect(
      await wrongOf((inner) => ({
        async prepareHessian(hessian, options) {
          const identity = hessian.data.map((_, i) => i % (hessian.columns + 1) === 0 ? 1 : 0);
          const honest = await inner.prepareHessian(hessian, options);
          const other = await inner.prepareHessian({ ...hessian, data: identity }, options);
          return { ...honest, gptq: other.gptq };
        },
      })),
    ).toEqual(["GPTQ codes that differ", "GPTQ layer error"]);
  });

  it("names masks and codes that nothing was computed into", async () => {
    const empty = (length: number) => new Uint8Array(length);
    expect(
      await wrongOf((inner) => ({
        wandaMask: ({ rows, columns }) => Promise.resolve(empty(rows * columns)),
        dsnot: async (weight, ...others) => ({
          ...await inner.dsnot(weight, ...others),
          mask: empty(weight.data.length),
        }),
        quantizeNf4: async (weight) => {
          const right = await inner.quantizeNf4(weight);
          return {
            ...right,
            codes: empty(right.codes.length),
            absmax: new Float32Array((right.absmax as Float32Array).length).fill(NaN),
          };
        },
      })),
    ).toEqual([
      "NF4 codes that differ",
      "NF4 maxima",
      "Wanda's mask, weights that differ",
      "DSnoT's mask, weights that differ",
    ]);
  });
});
