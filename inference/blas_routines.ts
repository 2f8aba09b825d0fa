/**
 * BLAS and LAPACK by the names and the calling convention of Fortran: every argument by reference, matrices by columns, and the
 * lengths of texts behind all arguments. A matrix by columns is its transpose by rows.
 * @module
 */
import type { BlasRoutines, BlasValues } from "../kernels/blas/blas.ts";

/** Names that a library must have, without their precision: how many arguments, and how many of them are texts. */
const ROUTINES = {
  gemm: [13, 2],
  syrk: [10, 2],
  potrf: [5, 1],
  trtri: [6, 2],
} as const;

type Routine = keyof typeof ROUTINES;

/** The types of the precisions, by the letter that begins the routines' names. */
interface Precisions {
  s: Float32Array;
  d: Float64Array;
}

/** A name in the library. */
export type BlasSymbol = `${keyof Precisions}${Routine}_`;

/** A symbol as a function; the last arguments are lengths of texts. */
export type BlasFunction = (...args: (BufferSource | bigint)[]) => void;

/** The symbols, as Deno opens them; those that are missing become null. */
export function blasSymbols(): Record<BlasSymbol, Deno.ForeignFunction & { optional: true }> {
  const symbols: Partial<Record<BlasSymbol, Deno.ForeignFunction & { optional: true }>> = {};
  for (const precision of ["s", "d"] as const) {
    for (const [name, [references, texts]] of Object.entries(ROUTINES)) {
      symbols[`${precision}${name as Routine}_`] = {
        parameters: [...Array(references).fill("buffer"), ...Array(texts).fill("usize")],
        result: "void",
        optional: true,
      };
    }
  }
  return symbols as Record<BlasSymbol, Deno.ForeignFunction & { optional: true }>;
}

/** A text of one letter. */
const letter = (text: string): BufferSource => new TextEncoder().encode(text);

/** A whole number, in 8 bytes of which libraries with integers of 4 read the lower half. */
const integer = (value: number): BufferSource => BigInt64Array.of(BigInt(value));

/** The routines of one precision. */
export function blasRoutines<Precision extends keyof Precisions>(
  precision: Precision,
  functions: Readonly<Record<BlasSymbol, BlasFunction>>,
): BlasRoutines<Precisions[Precision]> {
  const call = (name: Routine, ...args: (BufferSource | BlasValues)[]): void => {
    const lengths = Array<bigint>(ROUTINES[name][1]).fill(1n);
    functions[`${precision}${name}_`](...args as BufferSource[], ...lengths);
  };
  const scalar = (value: number): BufferSource =>
    precision === "s" ? Float32Array.of(value) : Float64Array.of(value);
  const [N, U, L] = ["N", "U", "L"].map(letter); // not transposed; by columns, what is lower by rows is upper
  const [one, minusOne] = [scalar(1), scalar(-1)];
  const infoOf = (run: (info: Int32Array<ArrayBuffer>) => void): number => {
    const info = new Int32Array(2); // of 4 bytes, or of 8 of which the first are the lower half
    run(info);
    return info[0];
  };
  return {
    allocate: (count) =>
      (precision === "s" ? new Float32Array(count) : new Float64Array(count)) as Precisions[
        Precision
      ],
    subtractProduct([m, n, k], a, aStep, b, bStep, c, cStep) { // Cᵀ := Cᵀ - Bᵀ Aᵀ
      const steps = [aStep, bStep, cStep].map(integer);
      const sizes = [n, m, k].map(integer);
      call("gemm", N, N, ...sizes, minusOne, b, steps[1], a, steps[0], one, c, steps[2]);
    },
    addGram(n, k, x, c) {
      const [columns, rows] = [n, k].map(integer);
      call("syrk", L, N, columns, rows, one, x, columns, one, c, columns);
    },
    cholesky(n, a) {
      return infoOf((info) => call("potrf", U, integer(n), a, integer(n), info));
    },
    invertLower(n, l) {
      return infoOf((info) => call("trtri", U, N, integer(n), l, integer(n), info));
    },
  };
}
