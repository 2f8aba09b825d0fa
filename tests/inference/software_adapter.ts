/**
 * SwiftShader, a graphics adapter in software on which ONNX Runtime's WebGPU provider runs. Debian's `chromium` package
 * brings it. The Vulkan loader reads VK_ICD_FILENAMES when it is loaded, so that a test which needs it starts a process.
 * @module
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Need } from "../needs.ts";

const FILE = "vk_swiftshader_icd.json";
const FOLDERS = ["/usr/lib/chromium", "/usr/lib/chromium-browser", "/usr/lib64/chromium-browser"];

/** Path of SwiftShader's driver manifest: MTPRESS_TEST_VULKAN_ICD, or where Linux packages of Chromium put it. */
export const SOFTWARE_DRIVER: string | undefined = [
  Deno.env.get("MTPRESS_TEST_VULKAN_ICD") ?? "",
  ...FOLDERS.map((folder) => `${folder}/${FILE}`),
].find((path) => path !== "" && existsSync(path));

/** The need for SwiftShader, for `itNeeds()`. */
export const SWIFTSHADER: Need = {
  what: "SwiftShader (Debian's chromium, or MTPRESS_TEST_VULKAN_ICD)",
  missing: SOFTWARE_DRIVER === undefined,
};

/** Runs a script of this folder in a new process that sees one Vulkan driver only, and gives what it printed. */
export async function runWithDriver(
  driver: string,
  script: string,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", path, ...args],
    env: { VK_ICD_FILENAMES: driver, VK_DRIVER_FILES: driver },
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}
