import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { ALMA_7B } from "../../data/alma_7b.ts";
import { chooseAccuracyLevel } from "../../inference/accuracy_level.ts";
import type { Step } from "../../inference/compression/step.ts";
import { parseLlamaConfig } from "../../inference/llama_config.ts";

const alma = parseLlamaConfig(ALMA_7B.config, ALMA_7B.id);

describe("chooseAccuracyLevel()", () => {
  it("is 4 at 7B for codes in containers of 2 and 8 bits, and 1 for those in containers of 4", () => {
    const levels = [2, 3, 4, 5, 6, 7, 8].map((bits) =>
      chooseAccuracyLevel(alma, [{ kind: "gptq", bits, groupSize: 100 }])
    );
    expect(levels).toEqual([4, 1, 1, 4, 4, 4, 4]);
  });

  it("is 4 from a hidden size of 2048 on", () => {
    const steps = [{ kind: "rtn", bits: 8 }];
    expect(chooseAccuracyLevel({ hiddenSize: 2047 }, steps)).toBe(1);
    expect(chooseAccuracyLevel({ hiddenSize: 2048 }, steps)).toBe(4);
  });

  it("is 1 for all that has no whole-number codes, and for methods that are not built in", () => {
    const methods: Step[][] = [
      [],
      [{ kind: "nf4" }],
      [{ kind: "wanda", sparsity: 0.4 }, { kind: "dsnot" }],
      [{ kind: "rtn", bits: 8 }, { kind: "mine" }],
    ];
    expect(methods.map((steps) => chooseAccuracyLevel(alma, steps))).toEqual([1, 1, 1, 1]);
  });

  it("looks at the step that stores last", () => {
    expect(chooseAccuracyLevel(alma, [{ kind: "rtn", bits: 4 }, { kind: "gptq", bits: 8 }])).toBe(
      4,
    );
  });

  it("is 1 on graphics devices", () => {
    expect(chooseAccuracyLevel(alma, [{ kind: "gptq", bits: 8 }], "webgpu")).toBe(1);
  });
});
