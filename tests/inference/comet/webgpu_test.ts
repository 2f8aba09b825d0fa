import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { itNeeds } from "../../needs.ts";
import { runWithDriver, SOFTWARE_DRIVER, SWIFTSHADER } from "../software_adapter.ts";
import { GOLDEN, largestDifference } from "./golden.ts";

describe("loadComet() on device webgpu", () => {
  itNeeds(SWIFTSHADER, "score() equals Python's unbabel-comet", async () => {
    const folder = await Deno.makeTempDir();
    try {
      const { code, stdout, stderr } = await runWithDriver(
        SOFTWARE_DRIVER!,
        "comet/webgpu_child.ts",
        folder,
      );
      expect(code === 0 ? "" : stderr).toBe("");
      const expected = GOLDEN.texts.slice(0, 5).map(({ score }) => score);
      expect(largestDifference(JSON.parse(stdout.trim().split("\n").at(-1)!), expected))
        .toBeLessThan(1e-4);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});
