/**
 * A machine's report as text.
 * @module
 */
import { sizeText } from "../../data/fetch/size_text.ts";
import type { BackendChoice } from "../../inference/backend_choice.ts";
import type { AdapterFacts } from "../../inference/webgpu_adapter.ts";
import { machineLines } from "../bench/machine.ts";
import { type Check, isRight } from "./check.ts";
import type { DoctorReport } from "./facts.ts";

/** A check in one line; what is wrong follows in lines of its own. */
export function checkLines({ kind, name, verdict, on, measures, reason }: Check): string[] {
  const subject = `${kind} ${name}`.padEnd(18);
  if (verdict === "missing") return [`  ${subject} not here: ${reason}`];
  const wrong = measures.filter((measure) => !isRight(measure)).map(({ what, value, most }) =>
    `    ${what}: ${value.toExponential(1)}, at most ${most.toExponential(0)} is right`
  );
  const where = on ? ` (${on})` : "";
  const judged = measures.length > 0 ? `, ${measures.length} comparisons` : "";
  return [
    `  ${subject} ${verdict}${where}${reason ? `: ${reason}` : judged}`,
    ...wrong,
  ];
}

/** Everything but the checks. */
export function factLines(
  { machine, freeBytes, wasm, adapter, onnxruntime }: DoctorReport,
): string[] {
  return [
    "Machine",
    ...indented(machineLines(machine)),
    `  ${sizeText(freeBytes)} of memory free`,
    "WebAssembly",
    `  ${wasm.build} SIMD, ${wasm.threads} threads`,
    "Graphics adapter",
    ...indented(adapterLines(adapter)),
    `ONNX Runtime ${onnxruntime.version}`,
    `  providers: ${onnxruntime.providers.join(", ")}`,
  ];
}

/** What the checks come to, and on what a model is compressed here. */
export function conclusionLines(checks: readonly Check[], choice: BackendChoice): string[] {
  const wrong = checks.filter(({ verdict }) => verdict === "wrong");
  const chosen = checks.find(({ kind, name }) => kind === "backend" && name === choice.backend);
  const advice = chosen?.verdict === "wrong"
    ? `; it is wrong here, so give --backend ${usable(checks)}`
    : "";
  return [
    wrong.length === 0
      ? "Everything that is here computes what it should"
      : `Not to be used: ${wrong.map(({ kind, name }) => `${kind} ${name}`).join(", ")}`,
    `Models are compressed on backend ${choice.backend}: ${choice.reason}${advice}`,
  ];
}

function usable(checks: readonly Check[]): string {
  const right = checks.filter(({ kind, verdict }) => kind === "backend" && verdict === "right");
  return right.find(({ name }) => name === "wasm")?.name ?? right.at(0)?.name ?? "another";
}

const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`);

function adapterLines(adapter: AdapterFacts | null | string): string[] {
  if (adapter === null) return ["none"];
  if (typeof adapter === "string") return [`asking for it went wrong: ${adapter}`];
  const { name, fallback, features, limits } = adapter;
  const bytes = (["maxStorageBufferBindingSize", "maxBufferSize"] as const)
    .map((limit) => `${limit} ${sizeText(limits[limit])}`);
  const counts = (["maxComputeInvocationsPerWorkgroup", "maxComputeWorkgroupStorageSize"] as const)
    .map((limit) => `${limit} ${limits[limit]}`);
  return [
    `${name}${fallback ? ", in software" : ""}`,
    `features that it gave when asked: ${features.join(", ") || "none"}`,
    [...bytes, ...counts].join(", "),
  ];
}
