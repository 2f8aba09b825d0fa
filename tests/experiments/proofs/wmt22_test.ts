import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { WMT22 } from "../../../experiments/proofs/wmt22.ts";
import { parseWmt22Options } from "../../../experiments/proofs/wmt22_options.ts";

describe("parseWmt22Options()", () => {
  it("measures five methods on two directions with float32 weights, unless it is told", () => {
    expect(parseWmt22Options([])).toMatchObject({
      layers: 2,
      dtype: "F32",
      limit: 2,
      samples: 16,
      maxNewTokens: 16,
      device: "cpu",
      comet: undefined,
      keep: false,
    });
    expect(parseWmt22Options([]).only).toContain("wanda-gptq-40-4");
    expect(parseWmt22Options(["--only", "nf4,is-en", "--tokens", "9"]))
      .toMatchObject({ only: ["nf4", "is-en"], maxNewTokens: 9 });
  });

  it("refuses what does not exist", () => {
    expect(() => parseWmt22Options(["--dtype", "F8"])).toThrow("it must be F32, F16 or BF16");
    expect(() => parseWmt22Options(["--limit", "all"])).toThrow("Cannot use --limit all");
    expect(() => parseWmt22Options(["--methods", "nf4"])).toThrow("Allowed are --only, --limit");
  });
});

describe("deno task proof wmt22", () => {
  it("refuses a method that Table 1 lacks before it writes anything", async () => {
    await expect(WMT22.run(["--only", "gptq-5"], () => {})).rejects.toThrow(
      'Cannot run only "gptq-5": it must be a method (baseline, gptq-4',
    );
  });
});
