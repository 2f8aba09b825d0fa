/**
 * The kernels' golden vectors: a folder a kernel with a manifest, shared inputs and one file of outputs a case. They lie twice:
 * all of them in the shared data, a small part committed under tests/golden/kernels in the same layout.
 * @module
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { it } from "@std/testing/bdd";
import { openSafetensors } from "../../inference/safetensors.ts";
import type { Matrix } from "../../kernels/matrix.ts";
import { matrix } from "../../kernels/matrix.ts";
import { itNeeds, SHARED } from "../needs.ts";
import { sharedPath } from "../shared.ts";

/** A kernel with golden vectors; the name of its folder. */
export type GoldenKernel = "combo" | "dsnot" | "gptq" | "nf4" | "smoothquant" | "wanda";

/** One tensor, in the typed array of its dtype. */
export interface GoldenTensor {
  dtype: string;
  shape: number[];
  /** F32 as float32, U8 and BOOL as bytes, I32 and I64 as whole numbers, F64 as float64. */
  data: Float32Array | Float64Array | Uint8Array | Int32Array;
}

/** One case of a manifest with its tensors. */
export interface GoldenCase {
  id: string;
  // deno-lint-ignore no-explicit-any -- the manifests' own words, different for each kernel
  params: Record<string, any>;
  // deno-lint-ignore no-explicit-any -- likewise
  tolerance: Record<string, any>;
  /** The whole entry of the manifest: `loss`, `note`, ... */
  // deno-lint-ignore no-explicit-any -- likewise
  entry: Record<string, any>;
  /** The shared input's id and tensors, and what the manifest says of it. */
  inputId: string;
  inputs: Record<string, GoldenTensor>;
  /** The outputs. */
  tensors: Record<string, GoldenTensor>;
}

/** Where vectors are read from. */
export type GoldenPlace = "shared" | "committed";

// deno-lint-ignore no-explicit-any -- likewise
type Manifest = { inputs: Record<string, any>; cases: Record<string, any>[] };

function folder(kernel: GoldenKernel, place: GoldenPlace): string {
  return place === "shared"
    ? sharedPath(`golden/kernels/${kernel}`)
    : fileURLToPath(new URL(`../golden/kernels/${kernel}`, import.meta.url));
}

function manifest(kernel: GoldenKernel, place: GoldenPlace): Manifest {
  return JSON.parse(Deno.readTextFileSync(`${folder(kernel, place)}/manifest.json`));
}

/** The ids of a kernel's cases; none where the place is missing. */
export function caseIds(kernel: GoldenKernel, place: GoldenPlace): string[] {
  return entries(kernel, place).map(({ id }) => id);
}

/** The typed arrays of the dtypes that the vectors have. */
function typed(dtype: string, { buffer }: Uint8Array<ArrayBuffer>): GoldenTensor["data"] {
  if (dtype === "F32") return new Float32Array(buffer);
  if (dtype === "F64") return new Float64Array(buffer);
  if (dtype === "I32") return new Int32Array(buffer);
  if (dtype === "U8" || dtype === "BOOL") return new Uint8Array(buffer);
  if (dtype === "I64") return Int32Array.from(new BigInt64Array(buffer), Number);
  throw new TypeError(`Cannot read a tensor of dtype ${dtype}: the vectors have no such`);
}

async function readTensors(path: string): Promise<Record<string, GoldenTensor>> {
  const file = await openSafetensors(path);
  try {
    const tensors: Record<string, GoldenTensor> = {};
    for (const [name, { dtype, shape }] of file.tensors) {
      const bytes = await file.bytes(name);
      tensors[name] = { dtype, shape, data: typed(dtype, bytes.slice()) };
    }
    return tensors;
  } finally {
    file.close();
  }
}

/** Reads one case, its input and its entry of the manifest. */
export async function loadCase(
  kernel: GoldenKernel,
  id: string,
  place: GoldenPlace = "shared",
): Promise<GoldenCase> {
  const { cases, inputs } = manifest(kernel, place);
  const entry = cases.find((one) => one.id === id);
  if (!entry) throw new RangeError(`Cannot load case ${id} of ${kernel}: there is no such case`);
  const root = folder(kernel, place);
  const { params, tolerance, input } = entry;
  return {
    id,
    params,
    tolerance,
    entry,
    inputId: input,
    inputs: input === undefined ? {} : await readTensors(`${root}/${inputs[input].file}`),
    tensors: await readTensors(`${root}/${entry.file}`),
  };
}

/** Reads an input that several cases share, such as `"codebooks"` of nf4. */
export function loadInput(
  kernel: GoldenKernel,
  id: string,
  place: GoldenPlace = "shared",
): Promise<Record<string, GoldenTensor>> {
  return readTensors(`${folder(kernel, place)}/input_${id}.safetensors`);
}

/** The manifest's entries of a kernel's cases; none where the place is missing. */
function entries(kernel: GoldenKernel, place: GoldenPlace): Manifest["cases"] {
  return existsSync(folder(kernel, place)) ? manifest(kernel, place).cases : [];
}

/**
 * Declares a test of every committed case, and one of every shared case that is ignored where the shared data is missing.
 * `sentence` starts with the symbol and is completed by the case's id: "gptq() equals the reference on". `select` sees the id and
 * the manifest's entry.
 */
export function itMatchesGolden(
  kernel: GoldenKernel,
  sentence: string,
  select: (id: string, entry: GoldenCase["entry"]) => boolean,
  check: (golden: GoldenCase) => void | Promise<void>,
): void {
  const ids = (place: GoldenPlace): string[] =>
    entries(kernel, place).filter((entry) => select(entry.id, entry)).map(({ id }) => id);
  const committed = ids("committed");
  for (const id of committed) {
    it(`${sentence} ${id}`, async () => await check(await loadCase(kernel, id, "committed")));
  }
  if (SHARED.missing) itNeeds(SHARED, `${sentence} every vector of ${kernel}`, () => {});
  for (const id of ids("shared").filter((id) => !committed.includes(id))) {
    itNeeds(SHARED, `${sentence} ${id}`, async () => await check(await loadCase(kernel, id)));
  }
}

/** A float32 tensor as a matrix; leading dimensions are taken together as rows. */
export function asMatrix({ shape, data }: GoldenTensor): Matrix {
  const columns = shape.at(-1)!;
  return matrix(data.length / columns, columns, data);
}

/** The samples [tokens, columns] of a tensor [samples, tokens, columns]. */
export function samples({ shape, data }: GoldenTensor): Matrix[] {
  const columns = shape.at(-1)!;
  const size = data.length / shape[0];
  return Array.from(
    { length: shape[0] },
    (_, s) => matrix(size / columns, columns, data.slice(s * size, (s + 1) * size)),
  );
}

/** Asserts that |actual - expected| <= atol + rtol·|expected| for every element; says the first that is not, and how many. */
export function expectAllClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { rtol = 0, atol = 0 }: { rtol?: number; atol?: number },
  what: string,
): void {
  if (actual.length !== expected.length) {
    throw new Error(`${what}: ${actual.length} values, expected ${expected.length}`);
  }
  let first = -1;
  let wrong = 0;
  for (let i = 0; i < expected.length; i++) {
    const close = Object.is(actual[i], expected[i]) ||
      Math.abs(actual[i] - expected[i]) <= atol + rtol * Math.abs(expected[i]);
    if (close) continue;
    if (wrong++ === 0) first = i;
  }
  if (wrong > 0) {
    throw new Error(
      `${what}: ${wrong} of ${expected.length} values are off; the first, ${first}, is ` +
        `${actual[first]}, expected ${expected[first]} within rtol ${rtol}, atol ${atol}`,
    );
  }
}

/** Asserts that every element is equal; -0 and 0 count as equal. */
export function expectAllEqual(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  what: string,
): void {
  expectAllClose(actual, expected, {}, what);
}
