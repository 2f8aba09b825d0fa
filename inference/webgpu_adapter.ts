/**
 * Finds the graphics adapter and opens a device on it, with everything of the adapter that kernels can use.
 * @module
 */
import { adapterName } from "./devices.ts";
import { Gpu } from "../kernels/webgpu/gpu.ts";

/** An optional feature of an adapter. */
export type AdapterFeature = "shader-f16" | "subgroups" | "timestamp-query";

/** A limit of an adapter, by WebGPU's name. */
export type AdapterLimit =
  | "maxStorageBufferBindingSize"
  | "maxBufferSize"
  | "maxStorageBuffersPerShaderStage"
  | "maxComputeWorkgroupStorageSize"
  | "maxComputeInvocationsPerWorkgroup"
  | "maxComputeWorkgroupSizeX"
  | "maxComputeWorkgroupSizeY"
  | "maxComputeWorkgroupsPerDimension";

/**
 * The features that kernels look for. An adapter's own list is not complete: Deno 2.9 leaves `subgroups` out and gives it to those who
 * ask, so each is tried.
 */
const FEATURES: readonly AdapterFeature[] = ["shader-f16", "subgroups", "timestamp-query"];

/** The limits that kernels go up to; the defaults of WebGPU are far below most adapters'. */
const LIMITS: readonly AdapterLimit[] = [
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupsPerDimension",
];

/** What is known of a graphics adapter. */
export interface AdapterFacts {
  /** Its name as the driver gives it. */
  readonly name: string;
  /** Its vendor as the driver gives it, often a number; `""` if unknown. */
  readonly vendor: string;
  /** Whether it computes in software, on the processor, so that it is for tests and not for speed. */
  readonly fallback: boolean;
  /** The limits that kernels go up to, which are the adapter's own. */
  readonly limits: Readonly<Record<AdapterLimit, number>>;
  /** The optional features that the adapter gave when it was asked. */
  readonly features: readonly AdapterFeature[];
}

/** A graphics adapter with a device on it. */
export interface OpenAdapter {
  /** The device, on which kernels run. */
  readonly gpu: Gpu;
  /** What is known of the adapter. */
  readonly facts: AdapterFacts;
}

/** The features that an adapter gives one by one. A device that was opened to ask is closed at once. */
async function featuresOf(adapter: GPUAdapter): Promise<AdapterFeature[]> {
  const found: AdapterFeature[] = [];
  for (const feature of FEATURES) {
    try {
      (await adapter.requestDevice({ requiredFeatures: [feature] })).destroy();
      found.push(feature);
    } catch {
      // it was refused: the adapter lacks it
    }
  }
  return found;
}

/** A device with all features that the adapter gives, most often all. */
async function openDevice(
  adapter: GPUAdapter,
  requiredLimits: Record<AdapterLimit, number>,
): Promise<[GPUDevice, readonly AdapterFeature[]]> {
  const open = (features: readonly AdapterFeature[]) =>
    adapter.requestDevice({ requiredFeatures: [...features], requiredLimits });
  try {
    return [await open(FEATURES), FEATURES];
  } catch {
    const features = await featuresOf(adapter);
    return [await open(features), features];
  }
}

function limitsOf(adapter: GPUAdapter): Record<AdapterLimit, number> {
  const limits = LIMITS.map((name) => [name, adapter.limits[name]]);
  return Object.fromEntries(limits) as Record<AdapterLimit, number>;
}

async function openAdapter(): Promise<OpenAdapter | null> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return null;
  const limits = limitsOf(adapter);
  const [device, features] = await openDevice(adapter, limits);
  const { vendor, isFallbackAdapter } = adapter.info;
  const facts = {
    name: adapterName(adapter.info),
    vendor,
    fallback: isFallbackAdapter,
    limits,
    features,
  };
  return { gpu: await Gpu.open(device), facts };
}

let shared: Promise<OpenAdapter | null> | undefined;

/**
 * The default graphics adapter with a device on it, the same for everyone: a device keeps about 6 MiB even when it is destroyed.
 *
 * @returns `null` where there is no adapter.
 *
 * @example Usage
 * ```ts
 * import { findAdapter } from "mtpress";
 *
 * const adapter = await findAdapter();
 * const computesFast = adapter !== null && !adapter.facts.fallback;
 * ```
 */
export function findAdapter(): Promise<OpenAdapter | null> {
  return shared ??= openAdapter();
}

/**
 * As {@link findAdapter}, where there must be one.
 *
 * @throws {Error} if there is no adapter.
 */
export async function requireAdapter(): Promise<OpenAdapter> {
  const adapter = await findAdapter();
  if (adapter) return adapter;
  throw new Error(
    "Cannot compute on webgpu: there is no graphics adapter; install a Vulkan driver, or compute on another backend",
  );
}
