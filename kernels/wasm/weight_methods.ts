/**
 * What a backend does with weights alone, on the kernels' threads: NF4, Wanda, DSnoT. Backends that have nothing faster share it.
 * @module
 */
import type { Backend } from "../backend.ts";
import { dsnotRunsWork, dsnotWork } from "./dsnot.ts";
import type { Machine } from "./machine.ts";
import { nf4Work } from "./nf4.ts";
import { wandaWork } from "./wanda.ts";

/** The methods, and the end of the machine. */
export function weightMethods(
  machine: Machine,
): Pick<Backend, "quantizeNf4" | "wandaMask" | "dsnot" | "dsnotRuns" | "close"> {
  return {
    quantizeNf4: (weight, nf4) => machine.perform((space) => nf4Work(space, weight, nf4)),
    wandaMask: (weight, norms, pattern) =>
      machine.perform((space) => wandaWork(space, weight, norms, pattern)),
    dsnot: (weight, mask, statistics, options) =>
      machine.perform((space) => dsnotWork(space, weight, mask, statistics, options)),
    dsnotRuns: (weight, mask, statistics, options) =>
      machine.perform((space) => dsnotRunsWork(space, weight, mask, statistics, options)),
    close: () => machine.close(),
  };
}
