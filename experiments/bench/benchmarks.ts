/**
 * The benchmarks, in the order in which they run.
 * @module
 */
import { BACKEND_METHODS } from "./backends.ts";
import type { Benchmark } from "./benchmark.ts";
import { BLEU } from "./bleu.ts";
import { DECODING } from "./decoding.ts";
import { GPTQ } from "./gptq.ts";
import { NF4 } from "./nf4.ts";
import { TABLE_1 } from "./table_1.ts";
import { WEBGPU } from "./webgpu.ts";

/** All benchmarks. */
export const BENCHMARKS: readonly Benchmark[] = [
  GPTQ,
  NF4,
  BLEU,
  TABLE_1,
  BACKEND_METHODS,
  WEBGPU,
  DECODING,
];
