/**
 * What a number depends on besides its inputs: versions, sources, the commit.
 * @module
 */
import config from "../deno.json" with { type: "json" };
import type { Method } from "../inference/compression/method.ts";
import { METHODS } from "../inference/compression/methods.ts";
import { stepMethod } from "../inference/compression/steps.ts";
import { canonicalJson, sha256 } from "./canonical_json.ts";
import type { BackendName } from "../kernels/backend.ts";
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

/** The modules that carry out each built-in kind of step, as paths in this package. */
const STEP_MODULES: Readonly<Record<string, string>> = {
  gptq: "inference/compression/methods/gptq.ts",
  rtn: "inference/compression/methods/rtn.ts",
  nf4: "inference/compression/methods/nf4.ts",
  smoothquant: "inference/compression/methods/smoothquant.ts",
  wanda: "inference/compression/methods/wanda.ts",
  magnitude: "inference/compression/methods/magnitude.ts",
  dsnot: "inference/compression/methods/dsnot.ts",
};

/** What every compression runs through, whatever its steps. */
const PIPELINE = "inference/compression/compress.ts";

/** What computes on each backend. */
const BACKEND_MODULES: Readonly<Record<BackendName, readonly string[]>> = {
  reference: ["kernels/reference.ts"],
  wasm: ["kernels/wasm/backend.ts"],
  webgpu: ["inference/webgpu_backend.ts"],
  blas: ["inference/blas_backend.ts"],
};

/** How sentences share batches under the study's protocol; the translator has its own way. */
const STUDY_BATCHING = "experiments/protocol/planner.ts";

/**
 * Hashes of this package's own modules that can change translations of a model compressed in these steps, and of those
 * that can change their scores. A method from outside the package is hashed as the text of its functions: what those call is its
 * author's to name anew.
 *
 * @param methods What carries steps out; the first of a kind counts.
 * @param backend What computes.
 * @throws {RangeError} If nothing carries out a step.
 */
export async function stepSources(
  steps: readonly Step[],
  methods: readonly Method[] = METHODS,
  backend: BackendName = "wasm",
): Promise<Sources> {
  const entries: string[] = [];
  const texts: string[] = [];
  for (const step of steps) {
    const method = stepMethod(step, methods);
    if (METHODS.includes(method)) entries.push(STEP_MODULES[method.kind]);
    else texts.push(methodText(method));
  }
  if (steps.length > 0) entries.push(PIPELINE, ...BACKEND_MODULES[backend]);
  const [own, scoring] = await Promise.all([
    hash(["inference/translator.ts", STUDY_BATCHING, ...entries]),
    scoringSource(),
  ]);
  const translation = texts.length === 0 ? own : sha256(canonicalJson([own, ...texts]));
  return { translation, scoring };
}

/** Hash of this package's own modules that can change a score. */
export async function scoringSource(): Promise<string> {
  return await hash(["experiments/score.ts"]);
}

async function hash(modules: readonly string[]): Promise<string> {
  return await sourceHash(modules.map((name) => new URL(name, ROOT)), ROOT);
}

/** A method as text: every property that can change a number, functions as their source. */
function methodText({ citation: _citation, ...method }: Method): string {
  return canonicalJson(
    Object.entries(method).map(([name, value]) => [
      name,
      typeof value === "function" ? String(value) : JSON.stringify(value),
    ]),
  );
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
