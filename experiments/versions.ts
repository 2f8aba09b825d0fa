/**
 * What a number depends on besides its inputs: versions, sources, the commit.
 * @module
 */
import config from "../deno.json" with { type: "json" };
import type { Step } from "./recipe.ts";
import { sourceHash } from "./source_hash.ts";

/** This package's version. */
export const VERSION: string = config.version;

const ROOT = new URL("../", import.meta.url);

/** Versions of everything outside this package that can change a number. */
export function dependencyVersions(): Record<string, string> {
  const versions: Record<string, string> = { deno: Deno.version.deno };
  for (const name of ["onnxruntime-node", "@huggingface/tokenizers"] as const) {
    versions[name] = config.imports[name].split("@").at(-1)!;
  }
  return versions;
}

/** Hashes of the sources that can change a number. */
export interface Sources {
  /** Of the modules that can change a translation. */
  translation: string;
  /** Of the modules that can change a score. */
  scoring: string;
}

/** The module that carries out each kind of step, as a path in this package. */
const STEP_MODULES: Readonly<Record<string, string>> = {};

/**
 * Hashes of this package's own modules that can change translations of a model compressed in these steps, and of those
 * that can change their scores.
 *
 * @throws {RangeError} If no module carries out a step.
 */
export async function stepSources(steps: readonly Step[]): Promise<Sources> {
  const entries = steps.map(({ kind }) => {
    if (Object.hasOwn(STEP_MODULES, kind)) return STEP_MODULES[kind];
    const known = Object.keys(STEP_MODULES).join(", ") || "there is none yet";
    throw new RangeError(`Cannot carry out step ${JSON.stringify(kind)}: known steps: ${known}`);
  });
  const hash = (names: string[]) => sourceHash(names.map((name) => new URL(name, ROOT)), ROOT);
  const [translation, scoring] = await Promise.all([
    hash(["inference/translator.ts", ...entries]),
    hash(["experiments/score.ts"]),
  ]);
  return { translation, scoring };
}

/** Commit of the checkout this package is run from, read from its `.git` folder; `null` when there is none. */
export async function checkoutCommit(root: URL = ROOT): Promise<string | null> {
  if (root.protocol !== "file:") return null;
  try {
    const head = (await Deno.readTextFile(new URL(".git/HEAD", root))).trim();
    const name = head.match(/^ref: (.+)$/)?.[1];
    if (name === undefined) return head;
    return await looseReference(name, root) ?? await packedReference(name, root);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return null;
    }
    throw error;
  }
}

async function looseReference(name: string, root: URL): Promise<string | null> {
  try {
    return (await Deno.readTextFile(new URL(`.git/${name}`, root))).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function packedReference(name: string, root: URL): Promise<string | null> {
  const packed = await Deno.readTextFile(new URL(".git/packed-refs", root));
  const line = packed.split("\n").find((candidate) => candidate.endsWith(` ${name}`));
  return line?.split(" ")[0] ?? null;
}
