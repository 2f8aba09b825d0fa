/**
 * What `assembly/index.ts` exports, as it is called. Addresses are byte offsets in the memory; `wide` is 1 for float64 and 0 for
 * float32; `work` is a place of which every thread has so many `bytes`.
 * @module
 */

/** The steps of a factorisation. */
interface FactorKernels {
  pivotValue(): number;
  factorBytes(wide: number, columns: number, rows: number): number;
  cholesky(
    wide: number,
    n: number,
    a: number,
    step: number,
    inverses: number,
    work: number,
    bytes: number,
  ): number;
  solveRight(
    wide: number,
    m: number,
    n: number,
    l: number,
    b: number,
    step: number,
    inverses: number,
    work: number,
    bytes: number,
  ): void;
  subtractProduct(
    wide: number,
    m: number,
    n: number,
    depth: number,
    a: number,
    b: number,
    c: number,
    step: number,
    diagonal: number,
    work: number,
    bytes: number,
  ): void;
  invertLower(
    wide: number,
    n: number,
    columns: number,
    l: number,
    step: number,
    inverses: number,
    work: number,
    bytes: number,
  ): void;
  multiplyLeft(
    wide: number,
    m: number,
    n: number,
    x: number,
    c: number,
    step: number,
    work: number,
    bytes: number,
  ): void;
  multiplyRight(
    wide: number,
    m: number,
    n: number,
    x: number,
    c: number,
    step: number,
    work: number,
    bytes: number,
  ): void;
  turn(wide: number, n: number, first: number, last: number, x: number, step: number): void;
}

/** XᵀX. */
interface GramKernels {
  gramBytes(): number;
  gram(
    m: number,
    n: number,
    tokens: number,
    a: number,
    b: number,
    step: number,
    c: number,
    cStep: number,
    diagonal: number,
    work: number,
    bytes: number,
  ): void;
}

/** GPTQ with a factor. */
interface SolveKernels {
  loadMask(
    wide: number,
    rows: number,
    columns: number,
    mask: number,
    order: number,
    to: number,
  ): void;
  solvePanels(
    wide: number,
    plan: number,
    first: number,
    last: number,
    begin: number,
    end: number,
    work: number,
    bytes: number,
  ): void;
}

/** Block maxima and codes. */
interface Nf4Kernels {
  quantiseNf4(
    count: number,
    blockSize: number,
    data: number,
    thresholds: number,
    absmax: number,
    codes: number,
  ): void;
}

/** Masks. */
interface PruningKernels {
  wandaBytes(columns: number): number;
  pruneByWanda(
    rows: number,
    columns: number,
    n: number,
    m: number,
    weight: number,
    norms: number,
    mask: number,
    work: number,
    bytes: number,
  ): void;
  dsnotBytes(columns: number): number;
  runDsnot(
    rows: number,
    settings: number,
    weight: number,
    mask: number,
    outcomes: number,
    work: number,
    bytes: number,
  ): void;
}

/** Statistics of the columns [first, last) of X [rows, step]. */
interface StatisticsKernels {
  addMoments(
    rows: number,
    step: number,
    first: number,
    last: number,
    x: number,
    sums: number,
    squares: number,
  ): void;
  addDeviations(
    rows: number,
    step: number,
    first: number,
    last: number,
    x: number,
    means: number,
    squares: number,
  ): void;
  raiseAbsmax(
    rows: number,
    step: number,
    first: number,
    last: number,
    x: number,
    largest: number,
  ): void;
}

/** The functions that can be called. */
interface KernelFunctions
  extends FactorKernels, GramKernels, SolveKernels, Nf4Kernels, PruningKernels, StatisticsKernels {}

/** The name of a kernel. */
export type KernelName = keyof KernelFunctions;

/** An instance of the kernels. */
export interface Kernels extends KernelFunctions {
  readonly memory: WebAssembly.Memory;
}
