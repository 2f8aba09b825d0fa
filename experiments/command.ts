/**
 * What the package's commands share: reading options, and ending with an exit code.
 * @module
 */
import { parseArgs, type ParseArgsConfig } from "node:util";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** What `readArguments()` gives for some options. */
type Arguments<T extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; strict: true; allowPositionals: true }>
>;

/**
 * Reads a command line.
 *
 * @param options The options that are allowed, as `parseArgs` of `node:util` takes them.
 * @param allowed What may stand beside options, such as `"results"`; nothing unless given.
 * @throws {RangeError} If something is not allowed; the message says what is, in one line.
 */
export function readArguments<const T extends Options>(
  args: readonly string[],
  options: T,
  allowed?: string,
): Arguments<T> {
  try {
    const allowPositionals = allowed !== undefined;
    const config = { args: [...args], options, strict: true as const, allowPositionals };
    return parseArgs(config) as Arguments<T>;
  } catch (error) {
    const names = [...allowed ? [allowed] : [], ...Object.keys(options).map((name) => `--${name}`)];
    const reason = error instanceof Error ? error.message.split(/\.\s|\n/)[0] : String(error);
    throw new RangeError(
      `Cannot read the command line: ${reason}. Allowed are ${names.join(", ")}`,
    );
  }
}

/**
 * Reads an option that is a number of things.
 *
 * @param name The option, without its hyphens.
 * @throws {RangeError} If it is no positive integer.
 */
export function positiveInteger(name: string, value: string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new RangeError(`Cannot use --${name} ${value}: it must be a positive integer`);
}

/** As `positiveInteger()`, of an option that may be left out. */
export function optionalPositiveInteger(
  name: string,
  value: string | undefined,
): number | undefined {
  return value === undefined ? undefined : positiveInteger(name, value);
}

/** Runs a command on the process's arguments and ends the process: an error is one sentence and the exit code 1. */
export async function runCommand(run: (args: readonly string[]) => Promise<number>): Promise<void> {
  try {
    Deno.exit(await run(Deno.args));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
