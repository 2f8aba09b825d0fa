/**
 * NF4 against bitsandbytes on the processor.
 * @module
 */
import { defaultThreads } from "../../inference/devices.ts";
import type { Matrix } from "../../kernels/matrix.ts";
import type { Nf4Weight } from "../../kernels/stored_weight.ts";
import {
  type BenchContext,
  type Benchmark,
  type BenchResult,
  fastest,
  interleave,
  ratioOf,
  secondsOf,
} from "./benchmark.ts";
import { normalMatrix, readMatrix, writeMatrix } from "./layers.ts";
import { type NamedBackend, openWasmBackends, threadsText } from "./our_backends.ts";
import { PythonProcess } from "./python_process.ts";

/** Rows and columns; the last is a layer of ALMA-7B. */
const SIZES = [[1024, 1024], [2048, 2048], [4096, 4096], [4096, 11008]] as const;
const QUICK_SIZES = SIZES.slice(0, 2);

const BLOCK_SIZE = 64;
const TARGET = { most: 1 };

interface Other {
  readonly process: PythonProcess;
  readonly about: { readonly bitsandbytes: string; readonly torch: string };
}

/** NF4 of a layer. */
export const NF4: Benchmark = {
  id: "nf4",
  sentence: "NF4 of a layer in blocks of 64, against bitsandbytes on the processor",
  async *run(context) {
    const { python, quick } = context;
    await using ours = await openWasmBackends();
    const other: Other | undefined = python === undefined
      ? undefined
      : await PythonProcess.start(python, "nf4_bitsandbytes.py");
    try {
      for (const [rows, columns] of quick ? QUICK_SIZES : SIZES) {
        yield await measure(normalMatrix(rows, columns, 4), ours.backends, other, context);
      }
    } finally {
      await other?.process.close();
    }
  },
};

async function measure(
  weight: Matrix,
  ours: readonly NamedBackend[],
  other: Other | undefined,
  context: BenchContext,
): Promise<BenchResult> {
  const { rows, columns } = weight;
  const title = `NF4 ${rows} x ${columns}`;
  const notes = other
    ? await checkCodes(title, weight, ours, other, context)
    : ["bitsandbytes was not measured: --python says where it is"];
  const own = ours.map(({ name, backend }) => ({
    name,
    run: () => secondsOf(() => backend.quantizeNf4(weight, { blockSize: BLOCK_SIZE })),
  }));
  const contestants = await interleave(
    [...own, ...other ? otherRunnables(other) : []],
    context.repeats,
    context,
  );
  const [mine, theirs] = [true, false].map((mtpress) =>
    fastest(contestants.filter(({ name }) => name.startsWith("mtpress") === mtpress))
  );
  const ratios = mine && theirs
    ? [ratioOf(`${title}: wasm / bitsandbytes`, mine, theirs, TARGET)]
    : [];
  return {
    benchmark: "nf4",
    title,
    size: { rows, columns },
    unit: "s",
    contestants,
    ratios,
    notes,
  };
}

function otherRunnables({ process, about }: Other) {
  return [...new Set([1, defaultThreads()])].map((threads) => ({
    name: `bitsandbytes ${about.bitsandbytes}, ${threadsText(threads)}`,
    run: () => process.ask<number>("run", { threads, blocksize: BLOCK_SIZE }),
  }));
}

/**
 * Gives the weight to the other program, and compares every byte.
 *
 * @throws {Error} If one of ours is not the same: its time would say nothing.
 */
async function checkCodes(
  title: string,
  weight: Matrix,
  ours: readonly NamedBackend[],
  { process }: Other,
  { workFolder }: BenchContext,
): Promise<string[]> {
  const { rows, columns } = weight;
  const [file, codes, absmax] = ["weight", "codes", "absmax"].map((name) =>
    `${workFolder}/nf4_${name}`
  );
  await writeMatrix(file, weight);
  await process.ask("load", { weight: file, rows, columns });
  await process.ask("run", { threads: 1, blocksize: BLOCK_SIZE });
  await process.ask("save", { codes, absmax });
  const theirs = await Deno.readFile(codes);
  const maxima = await readMatrix(absmax, 1, rows * columns / BLOCK_SIZE);
  for (const { name, backend } of ours) {
    const own = await backend.quantizeNf4(weight, { blockSize: BLOCK_SIZE });
    const different = differentBytes(own, theirs, maxima.data);
    if (different > 0) {
      throw new Error(`Cannot compare ${title}: ${different} bytes of ${name} are others there`);
    }
  }
  return ["All codes and block maxima equal those of bitsandbytes"];
}

function differentBytes(
  { codes, absmax }: Nf4Weight,
  theirs: Uint8Array,
  maxima: Float32Array,
): number {
  if (!(absmax instanceof Float32Array) || codes.length !== theirs.length) return theirs.length;
  let different = 0;
  for (let i = 0; i < codes.length; i++) if (codes[i] !== theirs[i]) different++;
  for (let i = 0; i < maxima.length; i++) if (absmax[i] !== maxima[i]) different++;
  return different;
}
