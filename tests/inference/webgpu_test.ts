import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { itNeeds, LINUX } from "../needs.ts";
import { VARIANTS, WEBGPU_VARIANTS } from "./decoder_cases.ts";
import { runWithDriver, SOFTWARE_DRIVER, SWIFTSHADER } from "./software_adapter.ts";

describe("device webgpu", () => {
  itNeeds(
    SWIFTSHADER,
    "openDecoder() on webgpu is within 1e-4 of the largest logit of the float64 oracle",
    async () => {
      const { stdout, stderr } = await runWithDriver(SOFTWARE_DRIVER!, "webgpu_child.ts");
      if (stdout === "") throw new Error(stderr);
      const { errors, longPrompt, facts } = JSON.parse(stdout);
      expect(Object.keys(errors)).toEqual(Object.keys(VARIANTS).slice(0, WEBGPU_VARIANTS));
      const tooFar = Object.entries<number>(errors).filter(([, error]) => !(error < 1e-4));
      expect(tooFar).toEqual([]);
      expect(longPrompt).toBeLessThan(1e-4);
      expect(facts).toMatchObject({ device: "webgpu", provider: "webgpu" });
      expect(facts.adapter).toContain("SwiftShader");
    },
  );

  itNeeds(
    LINUX,
    "openDecoder() without a graphics adapter says so and falls back to nothing",
    async () => {
      const { code, stdout, stderr } = await runWithDriver("/dev/null", "webgpu_child.ts");
      expect(code).toBe(1);
      expect(stdout).toBe("");
      expect(stderr).toContain(
        "Cannot use device webgpu: ONNX Runtime found no graphics adapter; install a driver",
      );
    },
  );
});
