/**
 * Other programs whose decoding is measured, each in a process of its own that Deno runs with the import map beside its script.
 * @module
 */
import { fileURLToPath } from "node:url";
import type { BenchContext } from "./benchmark.ts";
import { PythonProcess } from "./python_process.ts";

/** What another program's process says when it cannot run. */
export class NotThere extends Error {}

/** The result; where the other program could not be started, nothing but a line that says so. */
export async function orNote<Result>(
  program: string,
  context: BenchContext,
  measure: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await measure();
  } catch (error) {
    if (!(error instanceof NotThere)) throw error;
    context.log(`${program} was not measured: ${error.message}`);
    return undefined;
  }
}

/** Starts another program's process. @throws {NotThere} If it ends before it says what it is. */
export async function startDeno<About>(
  folder: "llama_cpp" | "transformers_js",
  args: readonly string[],
): Promise<{ process: PythonProcess; about: About }> {
  const here = (file: string) => fileURLToPath(new URL(`${folder}/${file}`, import.meta.url));
  const config = ["--config", here("config.json"), "--lock", here("deno.lock"), "--frozen"];
  const command = ["run", "--quiet", "--allow-all", ...config, here("decode.ts"), ...args];
  try {
    return await PythonProcess.startProgram<About>(Deno.execPath(), command, `${folder}/decode.ts`);
  } catch (cause) {
    throw new NotThere(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
