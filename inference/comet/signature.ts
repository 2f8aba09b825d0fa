/**
 * What is said of a COMET score beside it. The tokenizer has no part in it: it belongs to the encoder, whose weights do.
 * @module
 */
import { basename, dirname } from "node:path";

/** This package's version in signatures. */
export const COMET_VERSION = "mtpress-0.1.0";

/** What a signature is made of. */
export interface SignatureParts {
  /** The model's name. */
  readonly model: string;
  /** Its commit on the hub, or `undefined` when the folder does not tell. */
  readonly revision: string | undefined;
  /** SHA-256 of the weights. */
  readonly weightsSha256: string;
  /** The most tokens of a sentence, `<s>` and `</s>` included. */
  readonly truncation: number;
}

/**
 * The name and the commit that a folder's path tells: `NAME/COMMIT`, as fetched models lie, or `models--OWNER--NAME/snapshots/COMMIT`,
 * as Hugging Face's own cache does; else the folder's name and no commit.
 *
 * @param folder an absolute path.
 */
export function modelOfFolder(folder: string): Pick<SignatureParts, "model" | "revision"> {
  const last = basename(folder);
  if (!/^[0-9a-f]{40}$/.test(last)) return { model: plain(last), revision: undefined };
  const parent = dirname(folder);
  const named = basename(parent) === "snapshots" ? dirname(parent) : parent;
  return { model: plain(basename(named).split("--").at(-1)!), revision: last };
}

/** Without the characters that separate a signature's parts. */
function plain(name: string): string {
  return name.replace(/[|:\s]+/g, "_") || "comet";
}

/** The signature, such as `COMET|model:wmt22-comet-da|revision:47ed078d|weights:bdfbf422a934|precision:float32|…`. */
export function cometSignature(parts: SignatureParts): string {
  const { model, revision, weightsSha256, truncation } = parts;
  const fields = [
    `model:${model}`,
    ...revision === undefined ? [] : [`revision:${revision.slice(0, 8)}`],
    `weights:${weightsSha256.slice(0, 12)}`,
    "precision:float32",
    `truncation:${truncation}`,
    "layer_mix:sparsemax",
    `version:${COMET_VERSION}`,
  ];
  return `COMET|${fields.join("|")}`;
}
