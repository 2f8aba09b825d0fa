import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { tinyModelFolder } from "../../../data/tiny.ts";
import { openBackend } from "../../../inference/backends.ts";
import { type Checkpoint, openCheckpoint } from "../../../inference/checkpoint.ts";
import { openCompressedModel } from "../../../inference/compressed/model.ts";
import { compressModel } from "../../../inference/compression/compress_model.ts";
import type { Step } from "../../../inference/compression/step.ts";
import type { Backend } from "../../../kernels/backend.ts";
import { webgpuBackend } from "../../../kernels/webgpu/backend.ts";
import { OPENBLAS } from "../../kernels/blas/library.ts";
import { LAVAPIPE, lavapipe } from "../../kernels/webgpu/adapter.ts";
import { itNeeds, type Need } from "../../needs.ts";

const BACKENDS: readonly [name: string, need: Need | undefined, open: () => Promise<Backend>][] = [
  ["wasm", undefined, () => openBackend("wasm")],
  ["blas", OPENBLAS, () => openBackend("blas")],
  ["webgpu", LAVAPIPE, async () => webgpuBackend(await lavapipe())],
];

/** Samples of 20 to 26 tokens of the embedded model's vocabulary. */
const SAMPLES = Array.from({ length: 24 }, (_, s) => [
  1,
  ...Array.from({ length: 19 + s % 7 }, (_, i) => 5 + (s * 131 + i * 977 + i * i * 31) % 3000),
]);

const GPTQ: Step = { kind: "gptq", bits: 4, groupSize: 128 };
const PRUNE: Step = { kind: "wanda", sparsity: 0.4 };

/** Methods, and whether backends store the same bytes. */
const METHODS: readonly { steps: readonly Step[]; exact: boolean }[] = [
  { steps: [GPTQ], exact: false },
  { steps: [PRUNE, { ...GPTQ, respectMask: true }], exact: false },
  { steps: [{ kind: "smoothquant" }, { kind: "nf4" }], exact: true },
  { steps: [PRUNE, { kind: "dsnot", maxCycles: 10 }], exact: true },
];

/** A compressed model's errors and what is stored of its linear layers. */
interface Outcome {
  readonly error: number;
  readonly stored: readonly Uint8Array[];
}

describe("compressModel() on the embedded model", () => {
  let source: Checkpoint;
  let folder: string;
  let count = 0;

  before(async () => {
    source = await openCheckpoint(tinyModelFolder());
    folder = await Deno.makeTempDir({ prefix: "mtpress_backends_" });
  });
  after(async () => {
    source.close();
    await Deno.remove(folder, { recursive: true });
  });

  async function outcome(steps: readonly Step[], backend: Backend | "reference"): Promise<Outcome> {
    const into = `${folder}/${count++}`;
    const { linears } = await compressModel({
      ...{ source, steps, calibration: SAMPLES, folder: into, backend },
    });
    const model = await openCompressedModel(into);
    const stored: Uint8Array[] = [];
    for (const { name } of linears) {
      const weight = await model.storedWeight(name);
      stored.push(weight.kind === "sparse" ? weight.mask : (weight as { codes: Uint8Array }).codes);
    }
    model.close();
    return { error: linears.reduce((sum, linear) => sum + (linear.error ?? 0), 0), stored };
  }

  const known = new Map<readonly Step[], Promise<Outcome>>();

  /** What the reference gives, computed once. */
  function expectedOf(steps: readonly Step[]): Promise<Outcome> {
    const expected = known.get(steps) ?? outcome(steps, "reference");
    known.set(steps, expected);
    return expected;
  }

  /** Share of equal codes or of equal bytes of masks. */
  function equalShare(a: Outcome, b: Outcome): number {
    let [equal, all] = [0, 0];
    a.stored.forEach((values, i) =>
      values.forEach((value, j) => {
        equal += Number(value === b.stored[i][j]);
        all++;
      })
    );
    return equal / all;
  }

  for (const [name, need, open] of BACKENDS) {
    const title = `gives on ${name} the reference's masks and NF4 codes, and with GPTQ an error ` +
      "within one part in a thousand";
    const test = async () => {
      const backend = await open();
      for (const { steps, exact } of METHODS) {
        const expected = await expectedOf(steps);
        const found = await outcome(steps, backend);
        // a code next to a tie changes the next layers' inputs, so that codes differ more than within one layer
        expect(equalShare(found, expected)).toBeGreaterThanOrEqual(exact ? 1 : 0.95);
        if (!exact) expect(Math.abs(found.error / expected.error - 1)).toBeLessThan(1e-3);
      }
      await backend.close();
    };
    if (need) itNeeds(need, title, test);
    else it(title, test);
  }
});
