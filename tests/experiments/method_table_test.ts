import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { methodTable } from "../../experiments/method_table.ts";
import { EXAMPLE_RECIPE } from "./example_rows.ts";

describe("methodTable()", () => {
  it("names each method's steps with their options, and its calibration samples", () => {
    const [baseline, gptq] = EXAMPLE_RECIPE.methods;
    const table = methodTable({
      ...EXAMPLE_RECIPE,
      calibration: { set: "tiny/calibration", samples: 512 },
      methods: [baseline, gptq, { ...gptq, id: "gptq-n32", calibration: { samples: 32 } }],
    });
    expect(table.content.rows.map((row) => row.map(({ text }) => text))).toEqual([
      ["baseline", "none", "–"],
      ["gptq", "gptq|bits:4|groupSize:128", "512"],
      ["gptq-n32", "gptq|bits:4|groupSize:128", "32"],
    ]);
  });

  it("shows no samples where a recipe has no calibration", () => {
    expect(methodTable(EXAMPLE_RECIPE).content.rows[1][2].text).toBe("–");
  });
});
