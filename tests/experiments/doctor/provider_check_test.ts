import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { isRight } from "../../../experiments/doctor/check.ts";
import { checkProvider } from "../../../experiments/doctor/provider_check.ts";
import { withFolder } from "../example_rows.ts";

describe("checkProvider()", () => {
  it("finds ONNX Runtime's processor provider right in every stored form", async () => {
    await withFolder(async (folder) => {
      const { on, measures } = await checkProvider("cpu", folder);
      expect(measures.map(({ what }) => what)).toEqual([
        ...["float32", "8 bits", "4 bits", "2 bits", "NF4", "4 bits, int8 activations"],
      ]);
      expect(measures.filter((measure) => !isRight(measure))).toEqual([]);
      expect(measures.every(({ value }) => value > 0)).toBe(true);
      expect(on).toMatch(/cpu, \d+ threads/);
    });
  });
});
