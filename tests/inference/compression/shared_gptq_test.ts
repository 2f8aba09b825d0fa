import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { inFloat32OrFloat64, SharedGptq } from "../../../inference/compression/shared_gptq.ts";
import type { Backend, PrepareOptions } from "../../../kernels/backend.ts";
import { gptq } from "../../../kernels/gptq.ts";
import { FactorizationError } from "../../../kernels/linear_algebra.ts";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import { referenceBackend } from "../../../kernels/reference.ts";
import { normal, uniform } from "../random_checkpoint.ts";

const silent = () => {};

/** A weight, and the second moments of 40 random inputs. */
function problem(rows: number, columns: number): { weight: Matrix; hessian: Matrix } {
  const next = normal(uniform(3));
  const draw = (count: number) => Float32Array.from({ length: count }, next);
  const x = draw(40 * columns);
  const hessian = matrix(columns, columns);
  for (let t = 0; t < 40; t++) {
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j < columns; j++) {
        hessian.data[i * columns + j] += x[t * columns + i] * x[t * columns + j];
      }
    }
  }
  return { weight: matrix(rows, columns, draw(rows * columns)), hessian };
}

/** The reference backend, and what became of the Hessians that it prepared. */
function watchedBackend(failing: readonly string[] = []) {
  const prepared: (PrepareOptions | undefined)[] = [];
  const released: number[] = [];
  const inner = referenceBackend();
  const backend: Backend = {
    ...inner,
    name: "wasm",
    async prepareHessian(hessian, options) {
      prepared.push(options);
      if (failing.includes(options!.precision!)) {
        throw new FactorizationError("Cannot factorise", 0, -1);
      }
      const number = prepared.length;
      const result = await inner.prepareHessian(hessian, options);
      return { ...result, release: () => void released.push(number) };
    },
  };
  return { backend, prepared, released };
}

describe("SharedGptq", () => {
  const { weight, hessian } = problem(6, 20);
  const options = { bits: 4, symmetric: true, groupSize: 10, damping: 0.02, actOrder: true };

  it("gives exactly the backend's result, and factorises once for weights with one Hessian", async () => {
    const { backend, prepared, released } = watchedBackend();
    const shared = new SharedGptq(backend);
    const expected = gptq(weight, hessian, options);
    expect(await shared.quantise(weight, hessian, options, silent)).toEqual(expected);
    expect(await shared.quantise(weight, hessian, { ...options, bits: 3 }, silent))
      .toEqual(gptq(weight, hessian, { ...options, bits: 3 }));
    expect([prepared.length, released]).toEqual([1, []]);
    shared.release();
    expect(released).toEqual([1]);
  });

  it("factorises again for another Hessian, damping or order, and lets go of the factor before", async () => {
    const { backend, prepared, released } = watchedBackend();
    const shared = new SharedGptq(backend);
    const others = [
      [hessian, { ...options, damping: 1 }],
      [hessian, { ...options, actOrder: false }],
      [problem(6, 20).hessian, options],
    ] as const;
    await shared.quantise(weight, hessian, options, silent);
    for (const [of, choices] of others) {
      expect(await shared.quantise(weight, of, choices, silent)).toEqual(gptq(weight, of, choices));
    }
    expect([prepared.length, released]).toEqual([4, [1, 2, 3]]);
  });

  it("takes float64 after a failed factorisation, says so, and holds nothing of the failed one", async () => {
    const { backend, prepared, released } = watchedBackend(["float32"]);
    const said: string[] = [];
    const result = await new SharedGptq(backend)
      .quantise(weight, hessian, options, (sentence) => said.push(sentence));
    expect(result).toEqual(gptq(weight, hessian, options));
    expect(prepared.map((of) => of!.precision)).toEqual(["float32", "float64"]);
    expect([said.length, released]).toEqual([1, []]);
  });

  it("asks the reference backend for float64 at once", async () => {
    const asked: (string | undefined)[] = [];
    const inner = referenceBackend();
    const backend: Backend = {
      ...inner,
      prepareHessian(of, choices) {
        asked.push(choices?.precision);
        return inner.prepareHessian(of, choices);
      },
    };
    await new SharedGptq(backend).quantise(weight, hessian, options, silent);
    expect(asked).toEqual(["float64"]);
  });

  it("refuses impossible options before it factorises", async () => {
    const { backend, prepared } = watchedBackend();
    const work = new SharedGptq(backend).quantise(weight, hessian, { ...options, bits: 9 }, silent);
    await expect(work).rejects.toThrow(RangeError);
    expect(prepared).toEqual([]);
  });
});

describe("inFloat32OrFloat64()", () => {
  const failing = new FactorizationError("Cannot factorise", 0, -1);

  it("does the work again in float64 after a failed factorisation, and says so", async () => {
    const said: string[] = [];
    const done: string[] = [];
    const result = await inFloat32OrFloat64((precision) => {
      done.push(precision);
      return precision === "float32" ? Promise.reject(failing) : Promise.resolve(7);
    }, (sentence) => said.push(sentence));
    expect([result, done]).toEqual([7, ["float32", "float64"]]);
    expect(said.length).toBe(1);
    expect(said[0]).toMatch(/again in float64/);
  });

  it("tries float64 once only, and nothing after another error", async () => {
    const tries = async (error: Error) => {
      const done: string[] = [];
      const work = (precision: string) => {
        done.push(precision);
        return Promise.reject(error);
      };
      await expect(inFloat32OrFloat64(work, silent)).rejects.toThrow(error);
      return done;
    };
    expect(await tries(failing)).toEqual(["float32", "float64"]);
    expect(await tries(new RangeError("Cannot quantise"))).toEqual(["float32"]);
  });
});
