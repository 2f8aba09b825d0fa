import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { gptqOn, inFloat32OrFloat64 } from "../../../inference/compression/gptq_backend.ts";
import { gptq } from "../../../kernels/gptq.ts";
import { FactorizationError } from "../../../kernels/linear_algebra.ts";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
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

describe("gptqOn()", () => {
  const { weight, hessian } = problem(6, 20);
  const options = { bits: 4, symmetric: true, groupSize: 10, damping: 0.02, actOrder: true };

  it("gives exactly the kernel's result on the reference backend", () => {
    const quantise = gptqOn("reference");
    const expected = gptq(weight, hessian, options);
    expect(quantise(weight, hessian, options, silent)).toEqual(expected);
    expect(quantise(weight, hessian, options, silent)).toEqual(expected); // with the shared factor
    const other = { ...options, damping: 1 };
    expect(quantise(weight, hessian, other, silent)).toEqual(gptq(weight, hessian, other));
  });

  it("gives nearly the reference's codes in WebAssembly", () => {
    const { codes } = gptq(weight, hessian, options).weight;
    const result = gptqOn("wasm")(weight, hessian, options, silent).weight;
    const equal = result.codes.filter((code, i) => code === codes[i]).length;
    expect(equal / codes.length).toBeGreaterThan(0.98);
  });
});

describe("inFloat32OrFloat64()", () => {
  const failing = new FactorizationError("Cannot factorise", 0, -1);

  it("does the work again in float64 after a failed factorisation, and says so", () => {
    const said: string[] = [];
    const done: string[] = [];
    const result = inFloat32OrFloat64((precision) => {
      done.push(precision);
      if (precision === "float32") throw failing;
      return 7;
    }, (sentence) => said.push(sentence));
    expect([result, done]).toEqual([7, ["float32", "float64"]]);
    expect(said.length).toBe(1);
    expect(said[0]).toMatch(/again in float64/);
  });

  it("tries float64 once only, and nothing after another error", () => {
    const tries = (error: Error) => {
      const done: string[] = [];
      const work = (precision: string) => {
        done.push(precision);
        throw error;
      };
      expect(() => inFloat32OrFloat64(work, silent)).toThrow(error);
      return done;
    };
    expect(tries(failing)).toEqual(["float32", "float64"]);
    expect(tries(new RangeError("Cannot quantise"))).toEqual(["float32"]);
  });
});
