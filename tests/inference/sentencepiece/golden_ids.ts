/**
 * Comparison with the token ids that Python gave.
 * @module
 */
import { createHash } from "node:crypto";
import { sharedLines } from "../../shared.ts";

/** Hash of the ids of a file's lines. */
export interface FileIds {
  lines: number;
  tokens: number;
  sha256: string;
}

/** Encodes each line of a WMT22 file; ids in decimal, one space between, one line each. */
export async function wmt22Ids(name: string, encode: (text: string) => number[]): Promise<FileIds> {
  const hash = createHash("sha256");
  const lines = await sharedLines(`wmt22/${name}`);
  let tokens = 0;
  for (const line of lines) {
    const ids = encode(line);
    tokens += ids.length;
    hash.update(ids.join(" ") + "\n");
  }
  return { lines: lines.length, tokens, sha256: hash.digest("hex") };
}
