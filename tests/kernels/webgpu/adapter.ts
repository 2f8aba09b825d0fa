/**
 * lavapipe, Mesa's graphics adapter in software, on which the kernels of kernels/webgpu are tested whatever else a machine has.
 * Debian's `mesa-vulkan-drivers` brings it. The Vulkan loader reads its variables when the first adapter is asked for, and every
 * test file asks for itself.
 * @module
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type OpenAdapter, requireAdapter } from "../../../inference/webgpu_adapter.ts";
import type { Gpu } from "../../../kernels/webgpu/gpu.ts";
import type { Need } from "../../needs.ts";

const FOLDERS = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d", "/usr/local/share/vulkan/icd.d"];
const VARIABLES = ["VK_ICD_FILENAMES", "VK_DRIVER_FILES"];

/** Path of lavapipe's driver manifest, where Linux packages put it. */
export const LAVAPIPE_DRIVER: string | undefined = FOLDERS
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  .find((path) => /\/lvp_icd[^/]*\.json$/.test(path));

/** The need for lavapipe, for `itNeeds()`. */
export const LAVAPIPE: Need = {
  what: "lavapipe (Debian's mesa-vulkan-drivers)",
  missing: LAVAPIPE_DRIVER === undefined,
};

async function open(): Promise<OpenAdapter> {
  if (LAVAPIPE_DRIVER === undefined) throw new Error(`Cannot open ${LAVAPIPE.what}: it is missing`);
  const before = VARIABLES.map((name) => Deno.env.get(name));
  for (const name of VARIABLES) Deno.env.set(name, LAVAPIPE_DRIVER);
  try {
    const adapter = await requireAdapter();
    if (/llvmpipe/.test(adapter.facts.name)) return adapter;
    throw new Error(`Cannot open lavapipe: the adapter is ${adapter.facts.name}`);
  } finally {
    VARIABLES.forEach((name, i) => {
      const value = before[i];
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    });
  }
}

let opened: Promise<OpenAdapter> | undefined;

/** lavapipe and what is known of it; one for a test file. */
export function lavapipeAdapter(): Promise<OpenAdapter> {
  return opened ??= open();
}

/** A device on lavapipe; one for a test file. Nobody closes it. */
export async function lavapipe(): Promise<Gpu> {
  return (await lavapipeAdapter()).gpu;
}
