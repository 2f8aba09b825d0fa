import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { bleuStatistics } from "../../metrics/bleu.ts";
import {
  pairedApproximateRandomization,
  pairedBootstrap,
  type TestedSystem,
} from "../../metrics/significance.ts";
import type { BleuTokenizer } from "../../metrics/tokenizers/tokenize.ts";
import { METRICS_VERSION } from "../../metrics/version.ts";
import { itNeeds, SHARED } from "../needs.ts";
import { sharedJson, sharedLines } from "../shared.ts";
import { expectClose } from "./golden.ts";

interface Result {
  score: number;
  p_value: number | null;
  mean: number | null;
  ci: number | null;
}
interface Golden {
  direction: string;
  baseline: string;
  system: string;
  test: string;
  n_samples: number;
  seed: number;
  tokenizer: BleuTokenizer;
  signature: string;
  baseline_result: Result;
  system_result: Result;
}

/** Asserts |actual - expected| <= 3 standard errors of the difference of two independent Monte Carlo estimates. */
function expectWithin(actual: number, expected: number, standardError: number, what: string): void {
  const errors = Math.abs(actual - expected) / (Math.SQRT2 * standardError);
  if (!(errors <= 3)) {
    throw new Error(`${what}: ${actual} and ${expected} are ${errors} errors apart`);
  }
}

function expectSpread(tested: TestedSystem, golden: Result, samples: number, what: string): void {
  expectClose(tested.score, golden.score, what);
  if (golden.mean === null) return expect(tested.spread).toBe(undefined);
  const deviation = golden.ci! / 1.96;
  expectWithin(tested.spread!.mean, golden.mean, deviation / Math.sqrt(samples), `${what}, mean`);
  // a 2.5 % quantile has error sqrt(0.025 * 0.975 / n) / density, half the difference of two has 1 / sqrt(2) of it
  const quantileError = deviation * Math.sqrt(0.025 * 0.975 / samples) / 0.05845 / Math.SQRT2;
  expectWithin(tested.spread!.halfWidth, golden.ci!, quantileError, `${what}, half width`);
}

describe("paired tests of published systems", () => {
  itNeeds(
    SHARED,
    "pairedBootstrap() and pairedApproximateRandomization() agree with sacreBLEU within 3 Monte Carlo errors",
    async () => {
      const records = await sharedJson<Golden[]>("golden/metrics/significance.json");
      expect(records.length).toBe(8);
      for (const golden of records) {
        const references = await sharedLines(`wmt22/${golden.direction}/reference.txt`);
        const [baseline, system] = await Promise.all(
          [golden.baseline, golden.system].map(async (name) => {
            const hypotheses = await sharedLines(
              `golden/metrics/systems/${name}/${golden.direction}.txt`,
            );
            return bleuStatistics(hypotheses, references, { tokenizer: golden.tokenizer });
          }),
        );
        const test = golden.test.includes("bootstrap")
          ? pairedBootstrap
          : pairedApproximateRandomization;
        const { n_samples: samples, seed } = golden;
        const result = test(baseline, system, { samples, seed });
        const what = `${golden.test}, ${golden.direction}`;
        expectSpread(result.baseline, golden.baseline_result, samples, `${what}, baseline`);
        expectSpread(result.system, golden.system_result, samples, `${what}, system`);
        const p = golden.system_result.p_value!;
        const error = Math.sqrt(p * (1 - p) / samples);
        expectWithin(result.pValue, p, error, `${what}, p-value`);
        expect(result.signature).toBe(
          golden.signature.replace("version:2.6.0", `version:${METRICS_VERSION}`),
        );
      }
    },
  );
});
