/**
 * `deno task proof <name>`: runs at real size, with what they measured.
 * @module
 */
import { runCommand } from "./command.ts";
import { COMET } from "./proofs/comet.ts";
import { COMPRESS } from "./proofs/compress.ts";
import type { Proof } from "./proofs/proof.ts";
import { RANDOM_MODEL } from "./proofs/random_model.ts";
import { RUN } from "./proofs/run.ts";
import { WMT22 } from "./proofs/wmt22.ts";

const PROOFS: readonly Proof[] = [RANDOM_MODEL, COMPRESS, COMET, RUN, WMT22];

const HELP = `deno task proof <name> [options] [--json]

Measures at real size what the tests prove at small size. Each has its own --help.

${PROOFS.map(({ name, summary }) => `  ${name.padEnd(12)} ${summary}`).join("\n")}`;

/** Runs the proof that the arguments name. */
export async function proofCommand(given: readonly string[]): Promise<number> {
  const [name, ...args] = given;
  if (name === undefined || name === "--help") {
    console.log(HELP);
    return 0;
  }
  const proof = PROOFS.find((candidate) => candidate.name === name);
  if (!proof) {
    const names = PROOFS.map((candidate) => candidate.name).join(", ");
    throw new RangeError(`Cannot run proof ${JSON.stringify(name)}: it must be one of ${names}`);
  }
  if (args.includes("--help")) {
    console.log(proof.help);
    return 0;
  }
  const rest = args.filter((argument) => argument !== "--json");
  const measured = await proof.run(rest, (line) => console.log(line));
  if (args.includes("--json")) console.log(JSON.stringify({ proof: proof.name, ...measured }));
  return 0;
}

if (import.meta.main) await runCommand(proofCommand);
