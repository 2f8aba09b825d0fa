/**
 * The devices that a model can run on, and what is recorded of them beside a result.
 * @module
 */

/** All devices, by the names of `--device`. They are ONNX Runtime's execution providers of the same names. */
export const DEVICES = ["cpu", "webgpu"] as const;

/** A device that a model can run on. */
export type Device = typeof DEVICES[number];

/** What is known of the device that a session runs on. */
export interface DeviceFacts {
  /** The device asked for, which is the one in use: there is no fallback. */
  device: Device;
  /** ONNX Runtime's name of the execution provider. */
  provider: string;
  /**
   * The graphics adapter, `null` on a CPU or when nothing is known. ONNX Runtime does not name the adapter it took;
   * this is the default one as Deno's own WebGPU describes it.
   */
  adapter: string | null;
  /** Version of onnxruntime-node. */
  onnxruntime: string;
  /** Threads that compute inside one operator on the CPU. */
  threads: number;
}

/**
 * Checks a device's name.
 * @param name What a user wrote.
 * @returns The same name, as a `Device`.
 * @throws {RangeError} If there is no such device.
 *
 * @example Usage
 * ```ts
 * import { equal, throws } from "node:assert/strict";
 * import { parseDevice } from "mtpress";
 *
 * equal(parseDevice("cpu"), "cpu");
 * throws(() => parseDevice("tpu"), /must be cpu or webgpu/);
 * ```
 */
export function parseDevice(name: string): Device {
  const device = DEVICES.find((known) => known === name);
  if (device) return device;
  throw new RangeError(
    `Cannot use device ${JSON.stringify(name)}: it must be ${DEVICES.join(" or ")}`,
  );
}

/** More threads than this gain little at the sizes of a decoding step, and every one of them waits actively. */
const MOST_THREADS = 8;

/**
 * The number of threads that a session uses unless it is told: one for each logical processor, at most 8.
 * @returns A number from 1 to 8.
 */
export function defaultThreads(): number {
  return Math.max(1, Math.min(navigator.hardwareConcurrency, MOST_THREADS));
}

/** An adapter's name as its driver gives it. */
export function adapterName({ description, device }: GPUAdapterInfo): string {
  return description || device || "unnamed adapter";
}

/** Describes the default WebGPU adapter in a few words, or gives `null` when Deno finds none. */
export async function describeAdapter(): Promise<string | null> {
  const info = (await navigator.gpu?.requestAdapter())?.info;
  if (!info) return null;
  const facts = [info.vendor && `vendor ${info.vendor}`, info.architecture].filter(Boolean);
  const name = adapterName(info);
  return facts.length ? `${name} (${facts.join(", ")})` : name;
}
