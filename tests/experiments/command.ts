/**
 * Running the package's commands as a user does.
 * @module
 */
import { fileURLToPath } from "node:url";

/** How a command ended. */
export interface CommandEnd {
  code: number;
  /** Standard output, then standard error. */
  text: string;
}

/** Runs Deno, with `results` as the results folder and more variables where given. */
export async function runDeno(
  args: readonly string[],
  { results, cwd, environment }: {
    results: string;
    cwd?: string;
    environment?: Record<string, string>;
  },
): Promise<CommandEnd> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { MTPRESS_RESULTS: results, NO_COLOR: "1", ORT_DISABLE_TELEMETRY: "1", ...environment },
  });
  const { code, stdout, stderr } = await command.output();
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

/** Path of a file of the checkout. */
export function checkoutPath(name: string): string {
  return fileURLToPath(new URL(`../../${name}`, import.meta.url));
}
