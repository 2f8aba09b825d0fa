import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { findAdapter, requireAdapter } from "../../inference/webgpu_adapter.ts";
import { itNeeds, LINUX } from "../needs.ts";

/** What leaves Deno no adapter: one kind of driver, and none of that kind. */
const NONE = {
  DENO_WEBGPU_BACKEND: "vulkan",
  VK_ICD_FILENAMES: "/dev/null",
  VK_DRIVER_FILES: "/dev/null",
};

describe("webgpu adapters", () => {
  itNeeds(LINUX, "requireAdapter() says so where there is no graphics adapter", async () => {
    const before = Object.keys(NONE).map((name) => [name, Deno.env.get(name)] as const);
    for (const [name, value] of Object.entries(NONE)) Deno.env.set(name, value);
    try {
      expect(await findAdapter()).toBe(null);
      await expect(requireAdapter()).rejects.toThrow(
        "Cannot compute on webgpu: there is no graphics adapter; install a Vulkan driver, or compute on another backend",
      );
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) Deno.env.delete(name);
        else Deno.env.set(name, value);
      }
    }
  });
});
