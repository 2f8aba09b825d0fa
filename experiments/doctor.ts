/**
 * `deno task doctor`: what this machine offers, and whether it computes what it should.
 * @module
 */
import { chooseBackend } from "../inference/backend_choice.ts";
import { readArguments, runCommand } from "./command.ts";
import { quietDrivers } from "./quiet_drivers.ts";
import { doctorReport, type DoctorSeams } from "./doctor/facts.ts";
import { checkLines, conclusionLines, factLines } from "./doctor/view.ts";

/** The text of `--help`. */
export const DOCTOR_HELP = `Usage: deno task doctor [--json]

Says what this machine offers: processor, memory, graphics adapter, ONNX Runtime's
providers. Then each backend compresses a small layer, which is compared with the plain
reference, and each provider runs a small model in every stored form, which is compared
with float64. What is here and computes something else is named, and the exit code is 1.

  --json   one JSON object instead of text
  --help   this text`;

const OPTIONS = { json: { type: "boolean" }, help: { type: "boolean" } } as const;

/** Runs the command and returns its exit code: 1 when something computes what it should not. */
export async function doctor(
  args: readonly string[],
  seams: Partial<DoctorSeams> & { print?: (line: string) => void } = {},
): Promise<number> {
  const { values: { json = false, help = false } } = readArguments(args, OPTIONS);
  const { print = (line) => console.log(line) } = seams;
  if (help) {
    print(DOCTOR_HELP);
    return 0;
  }
  if (!json) print("Checks");
  const onCheck: DoctorSeams["onCheck"] = (check) => {
    if (!json) checkLines(check).forEach(print);
  };
  quietDrivers();
  const report = await doctorReport({ ...seams, onCheck });
  const choice = await chooseBackend();
  if (json) print(JSON.stringify({ ...report, choice }));
  else [...factLines(report), "", ...conclusionLines(report.checks, choice)].forEach(print);
  return report.checks.some(({ verdict }) => verdict === "wrong") ? 1 : 0;
}

if (import.meta.main) await runCommand((args) => doctor(args));
