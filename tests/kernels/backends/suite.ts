/**
 * The backends' suite: what must hold of every backend, whatever it computes on. What is expected is computed by
 * `referenceBackend()`, or stands in the golden vectors.
 * @module
 */
import { after, describe } from "@std/testing/bdd";
import type { Backend } from "../../../kernels/backend.ts";
import { itNeeds } from "../../needs.ts";
import { testErrors } from "./errors_suite.ts";
import { testGoldenVectors } from "./golden_suite.ts";
import { testGptq } from "./gptq_suite.ts";
import { testHessians } from "./hessian_suite.ts";
import { testLifetime } from "./lifetime_suite.ts";
import { testNf4 } from "./nf4_suite.ts";
import { testDsnot, testWanda } from "./pruning_suite.ts";
import { testStatistics } from "./statistics_suite.ts";
import type { Suite, SuiteOptions } from "./suite_options.ts";

/**
 * Declares the suite for a backend.
 *
 * @param title the backend's name, to be read before the tests' names.
 * @param open opens it; called for the first test, and again for tests of its end while the first one is still open.
 * @param options what it needs, and how closely it must agree with the reference.
 */
export function testBackend(
  title: string,
  open: () => Promise<Backend>,
  { need, sums = 1e-6, equalCodes = 1, equalRows = 1 }: SuiteOptions = {},
): void {
  if (need?.missing) return itNeeds(need, `${title} does what every backend must`, () => {});
  let opened: Promise<Backend> | undefined;
  const backend = () => opened ??= open();
  const suite: Suite = { backend, open, sums, equalCodes, equalRows };
  describe(title, () => {
    after(async () => await (await opened)?.close());
    testStatistics(suite);
    testHessians(suite);
    testGptq(suite);
    testNf4(suite);
    testWanda(suite);
    testDsnot(suite);
    testErrors(suite);
    testLifetime(suite);
    testGoldenVectors(suite);
  });
}
