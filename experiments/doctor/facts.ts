/**
 * What a machine offers.
 * @module
 */
import { env, listSupportedBackends } from "onnxruntime-node";
import { defaultThreads, DEVICES } from "../../inference/devices.ts";
import type { AdapterFacts } from "../../inference/webgpu_adapter.ts";
import { BACKENDS } from "../../kernels/backend.ts";
import { preferredBuild } from "../../kernels/wasm/module.ts";
import { type BenchMachine, benchMachine } from "../bench/machine.ts";
import type { Check, CheckKind } from "./check.ts";
import { adapterFacts, runCheck } from "./run_check.ts";

/** What a machine offers, and what came of trying it. */
export interface DoctorReport {
  /** Processor, memory, versions. */
  readonly machine: BenchMachine;
  /** Bytes of memory that are free. */
  readonly freeBytes: number;
  /** The build of the WebAssembly kernels that runs here, and its threads. */
  readonly wasm: { readonly build: string; readonly threads: number };
  /** The default graphics adapter; `null` without one, a text where asking for it went wrong. */
  readonly adapter: AdapterFacts | null | string;
  /** ONNX Runtime's version and the providers that it brings. */
  readonly onnxruntime: { readonly version: string; readonly providers: readonly string[] };
  /** What was checked. */
  readonly checks: readonly Check[];
}

/** What looks at the machine. */
export interface DoctorSeams {
  /** Runs a check. */
  readonly check: (kind: CheckKind, name: string) => Promise<Check>;
  /** Gives the adapter's facts. */
  readonly adapter: () => Promise<AdapterFacts | null | string>;
  /** Is told of each check that is done. */
  readonly onCheck: (check: Check) => void;
}

/**
 * Gathers facts and runs the checks, one after the other: every backend, then a provider of ONNX Runtime for each device.
 */
export async function doctorReport(seams: Partial<DoctorSeams> = {}): Promise<DoctorReport> {
  const { check = runCheck, adapter = adapterFacts, onCheck = () => {} } = seams;
  const checks: Check[] = [];
  for (const [kind, names] of [["backend", BACKENDS], ["provider", DEVICES]] as const) {
    for (const name of names) {
      const found = await check(kind, name);
      onCheck(found);
      checks.push(found);
    }
  }
  return {
    machine: await benchMachine(),
    freeBytes: Deno.systemMemoryInfo().available,
    wasm: { build: preferredBuild(), threads: defaultThreads() },
    adapter: await adapter(),
    onnxruntime: {
      version: env.versions.node ?? env.versions.common,
      providers: listSupportedBackends().filter(({ bundled }) => bundled).map(({ name }) => name),
    },
    checks,
  };
}
