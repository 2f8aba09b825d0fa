/**
 * The backend on this machine's graphics adapter.
 * @module
 */
import type { Backend } from "../kernels/backend.ts";
import { webgpuBackend } from "../kernels/webgpu/backend.ts";
import { requireAdapter } from "./webgpu_adapter.ts";

/**
 * Opens it.
 *
 * @throws {Error} if there is no adapter.
 */
export async function openWebgpuBackend(): Promise<Backend> {
  const { gpu, facts } = await requireAdapter();
  return webgpuBackend(gpu, { adapter: facts.name });
}
