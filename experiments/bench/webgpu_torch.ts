/**
 * PyTorch on the same card, where there is one.
 * @module
 */
import type { BenchContext, Contestant } from "./benchmark.ts";
import { PythonProcess } from "./python_process.ts";

/** PyTorch on a CUDA card; one request at a time. */
export interface CudaTorch {
  /** Asks a handler of products_torch.py for seconds, often enough for `repeats` samples; a failure is a contestant's. */
  rates(
    handler: string,
    arguments_: Record<string, unknown>,
    rateOf: (seconds: number) => number,
    note?: string,
  ): Promise<Contestant>;
  /** Ends it. */
  close(): Promise<void>;
}

const RUNS = 10; // behind one sample

/**
 * Starts PyTorch.
 *
 * @returns it, or why it is not measured.
 */
export async function startCudaTorch(context: BenchContext): Promise<CudaTorch | string> {
  const { python, repeats, signal } = context;
  if (python === undefined) return "PyTorch was not measured: --python says where it is";
  let started: { process: PythonProcess; about: { torch: string; card: string | null } };
  try {
    started = await PythonProcess.start(python, "products_torch.py");
  } catch (error) {
    return `PyTorch was not measured: ${error instanceof Error ? error.message : error}`;
  }
  const { process, about } = started;
  if (about.card === null) {
    await process.close();
    return `PyTorch ${about.torch} was not measured: it has no CUDA card`;
  }
  const own = `PyTorch ${about.torch} on ${about.card}`;
  return {
    async rates(handler, arguments_, rateOf, note) {
      const name = note === undefined ? own : `${own}, ${note}`;
      const samples: number[] = [];
      try {
        for (let i = 0; i < repeats; i++) {
          signal?.throwIfAborted();
          const seconds = await process.ask<number>(handler, { ...arguments_, repeats: RUNS });
          samples.push(rateOf(seconds));
        }
      } catch (error) {
        if (signal?.aborted) throw error;
        return { name, samples: [], error: error instanceof Error ? error.message : "" };
      }
      return { name, samples };
    },
    close: () => process.close(),
  };
}
