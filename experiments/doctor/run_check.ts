/**
 * Running checks in processes of their own, where a crash or a hang of a driver is a finding.
 * @module
 */
import { fileURLToPath } from "node:url";
import type { AdapterFacts } from "../../inference/webgpu_adapter.ts";
import type { Check, CheckKind } from "./check.ts";

/** How a process is run. */
export interface RunCheckOptions {
  /** The module that is run. Default: `child.ts`. */
  readonly module?: URL;
  /**
   * Seconds after which it is stopped: an adapter that takes longer for a small layer is of no use.
   * @default {180}
   */
  readonly seconds?: number;
}

const PERMISSIONS = ["read", "write", "env", "ffi", "sys"].map((name) => `--allow-${name}`);

/** Runs a check. A process that ends without a result, or does not end, is found wrong. */
export async function runCheck(
  kind: CheckKind,
  name: string,
  options: RunCheckOptions = {},
): Promise<Check> {
  const result = await runChild([kind, name], options);
  return "reason" in result
    ? { kind, name, verdict: "wrong", measures: [], reason: result.reason }
    : JSON.parse(result.line) as Check;
}

/** The graphics adapter's facts: `null` without an adapter; a text where asking for it went wrong. */
export async function adapterFacts(
  options: RunCheckOptions = {},
): Promise<AdapterFacts | null | string> {
  const result = await runChild(["adapter"], options);
  return "reason" in result ? result.reason : JSON.parse(result.line) as AdapterFacts | null;
}

/** Runs the module and gives the last line that it printed, or why there is none. */
async function runChild(
  args: readonly string[],
  { module = new URL("child.ts", import.meta.url), seconds = 180 }: RunCheckOptions,
): Promise<{ line: string } | { reason: string }> {
  const script = module.protocol === "file:" ? fileURLToPath(module) : module.href;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...PERMISSIONS, script, ...args],
    env: { ORT_DISABLE_TELEMETRY: "1", NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, seconds * 1000);
  const { code, signal, stdout, stderr } = await child.output().finally(() => clearTimeout(timer));
  const line = lines(stdout).at(-1);
  if (code === 0 && line) return { line };
  if (late) return { reason: `it was stopped after ${seconds} seconds without a result` };
  const error = lines(stderr).find((text) => /error/i.test(text));
  const end = signal === null ? `exit code ${code}` : `signal ${signal}`;
  return { reason: `its process ended with ${end}${error ? `: ${error}` : ""}` };
}

function lines(bytes: Uint8Array): string[] {
  return new TextDecoder().decode(bytes).trim().split("\n").filter((line) => line !== "");
}
