/**
 * The command-line options `--protocol` and `--quirks`.
 * @module
 */
import type { Protocol } from "../recipe.ts";
import { findQuirk, QUIRK_IDS, type QuirkId } from "./quirks.ts";

/** What the options say. */
export interface ProtocolOptions {
  /** Measuring rules. */
  protocol: Protocol;
  /** The quirks that are on under the protocol `study`, or `undefined` for all. */
  quirks: readonly QuirkId[] | undefined;
}

/**
 * Reads the values of the two options.
 *
 * @param protocol The value of `--protocol`, `sound` unless given.
 * @param lists The values of `--quirks`: names with commas between them, or `none`.
 * @throws {RangeError} If the protocol or a quirk is not known, or quirks are named under `sound`.
 */
export function parseProtocol(
  protocol: string = "sound",
  lists?: readonly string[],
): ProtocolOptions {
  if (protocol !== "sound" && protocol !== "study") {
    throw new RangeError(`Cannot use --protocol ${protocol}: it must be sound or study`);
  }
  if (lists === undefined) return { protocol, quirks: undefined };
  if (protocol === "sound") {
    throw new RangeError(`Cannot use --quirks ${lists}: it needs --protocol study`);
  }
  const names = lists.flatMap((list) => list.split(",")).filter((name) => name !== "");
  const named = names.length === 1 && names[0] === "none"
    ? []
    : names.map((name) => findQuirk(name).id);
  return { protocol, quirks: QUIRK_IDS.filter((id) => named.includes(id)) };
}

/** The lines of a help text that say what the two options are, indented like their neighbours. */
export const PROTOCOL_HELP =
  `--protocol PROTOCOL   sound (default), or study: measure as the study's code did
  --quirks NAME[,NAME]  with --protocol study: only these of its quirks, or none; all are
${lines(QUIRK_IDS, 64).map((line) => " ".repeat(24) + line).join("\n")}`;

/** Names with commas between them, in lines of at most `width` characters. */
function lines(names: readonly string[], width: number): string[] {
  const result = [""];
  names.forEach((name, i) => {
    const word = i < names.length - 1 ? `${name},` : name;
    const last = result[result.length - 1];
    if (last !== "" && last.length + 1 + word.length > width) result.push(word);
    else result[result.length - 1] = last === "" ? word : `${last} ${word}`;
  });
  return result;
}
