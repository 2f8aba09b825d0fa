/**
 * GPTQ against the authors' program in PyTorch, one square layer for each size.
 * @module
 */
import { defaultThreads } from "../../inference/devices.ts";
import { dequantizeInteger } from "../../kernels/dequantize.ts";
import type { Backend } from "../../kernels/backend.ts";
import type { GptqResult } from "../../kernels/gptq.ts";
import type { Matrix } from "../../kernels/matrix.ts";
import { significant } from "../table/numbers.ts";
import {
  type BenchContext,
  type Benchmark,
  type BenchResult,
  type Contestant,
  fastest,
  interleave,
  type Ratio,
  ratioOf,
  type RatioTarget,
  type Runnable,
  secondsOf,
} from "./benchmark.ts";
import { layerHessian, normalMatrix, readMatrix, writeMatrix } from "./layers.ts";
import { type NamedBackend, openOurBackends, threadsText } from "./our_backends.ts";
import { PythonProcess } from "./python_process.ts";

const SIZES = [256, 512, 1024, 2048, 4096];
const LARGEST_QUICK = 1024;
/** Sizes up to this one take so little that they are run three times as often. */
const SMALL = 512;

const DAMPING = 0.01;
const SOLVE = { bits: 4, symmetric: false, groupSize: 128, blockSize: 128 } as const;

/** Ratios to reach, by backend and size. */
const TARGETS: Readonly<Record<string, RatioTarget>> = {
  "wasm 1024": { most: 0.7 },
  "wasm 4096": { most: 0.8 },
  "blas 4096": { most: 0.45 },
};

/** The same result: so many of the weights, and a loss within so much. */
const LEAST_AGREEMENT = 0.99;
const LARGEST_LOSS_DIFFERENCE = 1e-3;

interface Layer {
  readonly size: number;
  readonly weight: Matrix;
  readonly hessian: Matrix;
}

interface Authors {
  readonly process: PythonProcess;
  readonly version: string;
}

/** GPTQ of a layer. */
export const GPTQ: Benchmark = {
  id: "gptq",
  sentence: "GPTQ of a layer at 4 bits, groups of 128, against the authors' program in PyTorch",
  async *run(context) {
    await using ours = await openOurBackends();
    const authors = await startAuthors(context);
    try {
      for (const size of SIZES) {
        if (context.quick && size > LARGEST_QUICK) continue;
        const layer = {
          size,
          weight: normalMatrix(size, size, size),
          hessian: await layerHessian(ours.backends[0].backend, size, size + 1),
        };
        const result = await measure(layer, ours.backends, authors, context);
        yield { ...result, notes: [...result.notes, ...ours.notes, ...missing(context)] };
      }
    } finally {
      await authors?.process.close();
    }
  },
};

async function startAuthors(
  { python, gptqCheckout }: BenchContext,
): Promise<Authors | undefined> {
  if (python === undefined || gptqCheckout === undefined) return undefined;
  const { process, about } = await PythonProcess.start<{ torch: string }>(
    python,
    "gptq_torch.py",
    [await Deno.realPath(gptqCheckout)],
  );
  return { process, version: about.torch };
}

function missing({ python, gptqCheckout }: BenchContext): string[] {
  if (python !== undefined && gptqCheckout !== undefined) return [];
  return [
    "PyTorch was not measured: --python and --gptq say where it and the authors' program are",
  ];
}

async function measure(
  layer: Layer,
  ours: readonly NamedBackend[],
  authors: Authors | undefined,
  context: BenchContext,
): Promise<BenchResult> {
  const { size } = layer;
  const title = `GPTQ ${size} x ${size}`;
  const notes = authors ? await checkAgreement(layer, ours, authors, context) : [];
  const theirs = authors ? authorsRunnables(authors) : [];
  const own = ours.map(({ name, backend }) => ({
    name,
    run: () => secondsOf(() => solve(backend, layer)),
  }));
  const rounds = context.repeats * (size <= SMALL ? 3 : 1);
  const contestants = await interleave([...own, ...theirs], rounds, context);
  return {
    benchmark: "gptq",
    title,
    size: { rows: size, columns: size },
    unit: "s",
    contestants,
    ratios: ratios(title, size, contestants),
    notes,
  };
}

async function solve(backend: Backend, { hessian, weight }: Layer): Promise<GptqResult> {
  const prepared = await backend.prepareHessian(hessian, { damping: DAMPING });
  try {
    return await prepared.gptq(weight, SOLVE);
  } finally {
    prepared.release();
  }
}

function authorsRunnables({ process, version }: Authors): Runnable[] {
  return [...new Set([1, defaultThreads()])].map((threads) => ({
    name: `PyTorch ${version}, ${threadsText(threads)}`,
    run: async () => (await runAuthors(process, threads)).seconds,
  }));
}

async function runAuthors(process: PythonProcess, threads: number) {
  const { bits, groupSize, blockSize } = SOLVE;
  return await process.ask<{ seconds: number; loss: number }>("run", {
    threads,
    bits,
    groupsize: groupSize,
    percdamp: DAMPING,
    blocksize: blockSize,
  });
}

/**
 * Gives the layer to the other program, and compares the results.
 *
 * @throws {Error} If one of ours is not the same: its time would say nothing.
 */
async function checkAgreement(
  layer: Layer,
  ours: readonly NamedBackend[],
  { process }: Authors,
  { workFolder }: BenchContext,
): Promise<string[]> {
  const { size } = layer;
  const [weight, hessian, result] = ["weight", "hessian", "result"].map((name) =>
    `${workFolder}/gptq_${name}`
  );
  await writeMatrix(weight, layer.weight);
  await writeMatrix(hessian, layer.hessian);
  await process.ask("load", { weight, hessian, rows: size, columns: size });
  const { loss } = await runAuthors(process, 1);
  await process.ask("save", { path: result });
  const theirs = await readMatrix(result, size, size);
  const notes: string[] = [];
  for (const { name, backend } of ours) {
    const own = await solve(backend, layer);
    const equal = codeAgreement(own, theirs);
    const difference = own.loss / loss - 1;
    notes.push(
      `${name}: ${(100 * equal).toFixed(3)} % of the codes equal PyTorch's, loss ` +
        `${significant(own.loss)} against ${significant(loss)} (${
          (100 * difference).toFixed(4)
        } %)`,
    );
    if (equal < LEAST_AGREEMENT || Math.abs(difference) > LARGEST_LOSS_DIFFERENCE) {
      throw new Error(`Cannot compare GPTQ ${size} x ${size}: results must agree. ${notes.at(-1)}`);
    }
  }
  return notes;
}

/** Share of the weights whose value is nearer to the other's than half the grid's distance. */
function codeAgreement({ weight }: GptqResult, theirs: Matrix): number {
  const { rows, columns, scales, groupIndex } = weight;
  const ours = dequantizeInteger(weight).data;
  const groups = scales.length / rows;
  let equal = 0;
  for (let i = 0; i < ours.length; i++) {
    const scale = scales[Math.floor(i / columns) * groups + groupIndex[i % columns]];
    if (Math.abs(ours[i] - theirs.data[i]) < scale / 2) equal++;
  }
  return equal / ours.length;
}

function ratios(title: string, size: number, contestants: readonly Contestant[]): Ratio[] {
  const fastestOf = (start: string) =>
    fastest(contestants.filter(({ name }) => name.startsWith(start)));
  const theirs = fastestOf("PyTorch");
  if (theirs === undefined) return [];
  return ["wasm", "blas"].flatMap((kind) => {
    const ours = fastestOf(`mtpress ${kind}`);
    const target = TARGETS[`${kind} ${size}`];
    return ours ? [ratioOf(`${title}: ${kind} / PyTorch`, ours, theirs, target)] : [];
  });
}
