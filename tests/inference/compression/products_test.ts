import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { MatrixProducts } from "../../../inference/compression/products.ts";
import { SessionFactory } from "../../../inference/session.ts";
import { hessianAccumulator } from "../../../kernels/hessian.ts";
import { matrix } from "../../../kernels/matrix.ts";
import { normal, uniform } from "../random_checkpoint.ts";
import { relativeDifference } from "./setup.ts";

describe("MatrixProducts.addGram()", () => {
  let products: MatrixProducts;

  before(async () => {
    const factory = await SessionFactory.create({ device: "cpu", threads: 1, keepMemory: false });
    products = await MatrixProducts.open(factory);
  });
  after(() => products.close());

  for (const columns of [7, 1024, 2100]) {
    it(`adds XᵀX of ${columns} columns, and counts its samples once`, async () => {
      const next = normal(uniform(columns));
      const draw = () => matrix(12, columns, Float32Array.from({ length: 12 * columns }, next));
      const [sum, expected] = [hessianAccumulator(columns), hessianAccumulator(columns)];
      for (const x of [draw(), draw()]) {
        await products.addGram(x, 3, sum);
        expected.add(x, 3);
      }
      expect(sum.samples).toBe(6);
      const difference = relativeDifference(sum.hessian().data, expected.hessian().data);
      expect(difference).toBeLessThan(1e-6);
    });
  }
});
