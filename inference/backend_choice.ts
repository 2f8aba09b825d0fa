/**
 * Which backend a machine is to compute on. Nothing is opened here.
 * @module
 */
import { type BackendName, BACKENDS } from "../kernels/backend.ts";
import { adapterName } from "./devices.ts";

/** The backend that a machine is to compute on, and why. */
export interface BackendChoice {
  /** Its name. */
  readonly backend: BackendName;
  /** Why, to be read after "backend wasm: ". */
  readonly reason: string;
}

/**
 * Checks a backend's name.
 *
 * @throws {RangeError} if there is no such backend.
 */
export function parseBackend(name: string): BackendName {
  const backend = BACKENDS.find((known) => known === name);
  if (backend) return backend;
  throw new RangeError(
    `Cannot use backend ${JSON.stringify(name)}: it must be ${BACKENDS.slice(0, -1).join(", ")} ` +
      `or ${BACKENDS.at(-1)}`,
  );
}

/**
 * The backend for this machine, by a rule and not by measuring: `"webgpu"` where there is a graphics adapter that is not in software, else
 * `"wasm"`.
 *
 * @param gpu where adapters are asked for; `navigator.gpu` unless given.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { chooseBackend } from "mtpress";
 *
 * const { backend } = await chooseBackend({ requestAdapter: () => Promise.resolve(null) });
 * equal(backend, "wasm");
 * ```
 */
export async function chooseBackend(
  gpu: Pick<GPU, "requestAdapter"> | undefined = navigator.gpu,
): Promise<BackendChoice> {
  const info = (await gpu?.requestAdapter({ powerPreference: "high-performance" }))?.info;
  if (!info) return { backend: "wasm", reason: "there is no graphics adapter" };
  const name = adapterName(info);
  return info.isFallbackAdapter
    ? { backend: "wasm", reason: `the graphics adapter computes in software (${name})` }
    : { backend: "webgpu", reason: `there is a graphics adapter (${name})` };
}
