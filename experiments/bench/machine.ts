/**
 * Facts of the machine that a measurement was made on.
 * @module
 */
import { cpus, totalmem } from "node:os";
import process from "node:process";
import { readIfThere } from "../../inference/files.ts";
import { dependencyVersions, VERSION } from "../versions.ts";

/** Facts of the machine that a measurement was made on. */
export interface BenchMachine {
  /** Operating system and architecture, such as `"linux x86_64"`. */
  readonly platform: string;
  /** Name of the processor. */
  readonly processor: string;
  /** Extensions of the processor that arithmetic can use; empty where the system does not say. */
  readonly extensions: readonly string[];
  /** Cores that this process may use. */
  readonly cores: number;
  /** Memory in bytes. */
  readonly memoryBytes: number;
  /** Versions of this package, Deno, V8 and the packages that compute. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Extensions that kernels of this package, ONNX Runtime or PyTorch choose by. */
const EXTENSIONS =
  /^(sse4_2|avx|avx2|fma|f16c|avx512\w*|avx_vnni|amx_\w+|asimd\w*|sve\w*|fphp|bf16|i8mm)$/;

/** The facts of this machine. */
export async function benchMachine(): Promise<BenchMachine> {
  const { os, arch } = Deno.build;
  return {
    platform: `${os} ${arch}`,
    processor: cpus()[0]?.model.trim() || "unknown",
    extensions: await processorExtensions(),
    cores: navigator.hardwareConcurrency,
    memoryBytes: totalmem(),
    versions: { mtpress: VERSION, v8: Deno.version.v8, ...dependencyVersions() },
  };
}

/** What Linux says of the processor; nothing elsewhere. */
async function processorExtensions(): Promise<string[]> {
  if (process.platform !== "linux") return [];
  const text = await readIfThere("/proc/cpuinfo") ?? "";
  const names = text.match(/^(?:flags|Features)\s*:(.*)$/m)?.[1].trim().split(/\s+/) ?? [];
  return names.filter((name) => EXTENSIONS.test(name)).sort();
}

/** How busy the machine is: processes that run or want to, averaged over the last minute. */
export function machineLoad(): number {
  return Deno.loadavg()[0];
}

/** The facts as lines for people. */
export function machineLines(machine: BenchMachine): string[] {
  const { platform, processor, extensions, cores, memoryBytes, versions } = machine;
  return [
    `${processor}, ${cores} cores, ${(memoryBytes / 2 ** 30).toFixed(0)} GiB, ${platform}`,
    ...extensions.length > 0 ? [`with ${extensions.join(" ")}`] : [],
    Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", "),
  ];
}
