/**
 * Opens a library of BLAS and LAPACK on this machine. Nothing opens one unless it is asked to.
 * @module
 */
import type { Blas } from "../kernels/blas/blas.ts";
import { type BlasFunction, blasRoutines, type BlasSymbol, blasSymbols } from "./blas_routines.ts";

/** A library that is open. */
export interface BlasLibrary extends Blas {
  /** The name or the path by which it was found. */
  readonly name: string;
  /** Threads that it computes with; `undefined` where it does not say. */
  readonly threads: number | undefined;
  /** Closes it; nothing of it can be called afterwards. Again, it does nothing. */
  close(): void;
}

/** Which library is opened. */
export interface OpenBlasOptions {
  /**
   * Its name or path.
   * @default {undefined} what the variable `MTPRESS_BLAS` names, else the first of the usual ones that is there
   */
  readonly library?: string;
  /**
   * Threads it is to compute with. Only OpenBLAS can be told; others go by variables of their own.
   * @default {undefined} as many as it takes by itself
   */
  readonly threads?: number;
}

/** Names that are tried in this order, and what helps if there is none, by operating system. */
const USUAL: Readonly<Record<string, { names: readonly string[]; advice: string }>> = {
  linux: {
    names: ["libopenblas.so.0", "libopenblas.so", "libflexiblas.so.3", "liblapack.so.3"],
    advice: "install one, such as Debian's libopenblas0-pthread,",
  },
  darwin: {
    names: [
      "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
      "/usr/local/opt/openblas/lib/libopenblas.dylib",
      "/System/Library/Frameworks/Accelerate.framework/Accelerate",
    ],
    advice: "install one, such as Homebrew's openblas,",
  },
  windows: {
    names: ["libopenblas.dll", "openblas.dll"],
    advice: "put libopenblas.dll into a folder of PATH",
  },
};

/** What only OpenBLAS has. */
const OPENBLAS = {
  openblas_get_config: { parameters: [], result: "pointer", optional: true },
  openblas_get_num_threads: { parameters: [], result: "i32", optional: true },
  openblas_set_num_threads: { parameters: ["i32"], result: "void", optional: true },
} as const;

/** A name that only builds with 64-bit integers have. */
const ILP64 = { sgemm_64_: { parameters: [], result: "void", optional: true } } as const;

/**
 * Opens one library.
 *
 * @throws {Error} if it cannot be opened or lacks a routine; the message is the reason alone.
 */
function openNamed(name: string, threads: number | undefined): BlasLibrary {
  const library = Deno.dlopen(name, { ...blasSymbols(), ...OPENBLAS, ...ILP64 });
  const { openblas_get_config, openblas_get_num_threads, openblas_set_num_threads, ...others } =
    library.symbols;
  const { sgemm_64_, ...routines } = others;
  const missing = Object.entries(routines).filter(([, routine]) => !routine);
  if (missing.length > 0) {
    library.close();
    const names = missing.map(([symbol]) => symbol).sort().join(", ");
    throw new Error(
      `it lacks ${names}${sgemm_64_ ? "; it is a build with 64-bit integers" : ""}`,
    );
  }
  if (threads !== undefined) openblas_set_num_threads?.(threads);
  const running = openblas_get_num_threads?.();
  const functions = routines as unknown as Record<BlasSymbol, BlasFunction>;
  let open = true;
  return {
    name,
    threads: running,
    description: [
      openblas_get_config ? configName(openblas_get_config()) : name,
      ...(running === undefined ? [] : [`${running} ${running === 1 ? "thread" : "threads"}`]),
    ].join(", "),
    single: blasRoutines("s", functions),
    double: blasRoutines("d", functions),
    close() {
      if (open) library.close();
      open = false;
    },
  };
}

/** Name and version of OpenBLAS, the first words of how it was built. */
function configName(config: Deno.PointerValue): string {
  return config === null
    ? "OpenBLAS"
    : Deno.UnsafePointerView.getCString(config).split(" ").slice(0, 2).join(" ");
}

/** Names to try, and where they come from. */
function namesToTry(
  { library }: OpenBlasOptions,
  variable: (name: string) => string | undefined,
): readonly string[] {
  const named = library ?? variable("MTPRESS_BLAS");
  return named ? [named] : (USUAL[Deno.build.os] ?? USUAL.linux).names;
}

/** The error that says what helps. */
function refusal(names: readonly string[], errors: readonly Error[]): Error {
  const denied = errors.find((error) => error instanceof Deno.errors.NotCapable);
  const cause = denied ?? errors.at(-1);
  if (denied) {
    return new Error("Cannot open a BLAS library: it takes the permission --allow-ffi", { cause });
  }
  if (names.length === 1) {
    return new Error(`Cannot open the BLAS library ${names[0]}: ${cause?.message}`, { cause });
  }
  const { advice } = USUAL[Deno.build.os] ?? USUAL.linux;
  return new Error(
    `Cannot open a BLAS library: this machine has none of ${
      names.join(", ")
    }, or they lack LAPACK; ` +
      `${advice} or name one in MTPRESS_BLAS`,
    { cause },
  );
}

/**
 * Opens a library with the routines of BLAS and LAPACK: OpenBLAS, Accelerate or another one by Fortran's names. It takes the
 * permission `--allow-ffi`: what it runs is not held by any other permission, so a library must be trusted.
 *
 * @param options which library, and its threads.
 * @param variable reads a variable of the environment.
 * @returns the library; close it when it is no longer needed.
 * @throws {RangeError} if `threads` is not a whole number of at least 1.
 * @throws {Error} if there is no library, it may not be opened or lacks a routine; the message says what helps.
 *
 * @example A library that is not there
 * ```ts
 * import { throws } from "node:assert/strict";
 * import { openBlas } from "mtpress";
 *
 * throws(() => openBlas({ library: "/missing/libblas.so" }), /Cannot open the BLAS library/);
 * ```
 *
 * @example Usage, where there is one
 * ```ts ignore
 * import { blasBackend, openBlas } from "mtpress";
 *
 * const blas = openBlas({ threads: 2 });
 * console.log(blas.description); // "OpenBLAS 0.3.21, 2 threads"
 * const backend = blasBackend(blas);
 * // ...
 * await backend.close();
 * blas.close();
 * ```
 */
export function openBlas(
  options: OpenBlasOptions = {},
  variable: (name: string) => string | undefined = (name) => Deno.env.get(name),
): BlasLibrary {
  const { threads } = options;
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    throw new RangeError(
      `Cannot compute with ${threads} threads: there must be a whole number of at least 1`,
    );
  }
  const names = namesToTry(options, variable);
  const errors: Error[] = [];
  for (const name of names) {
    try {
      return openNamed(name, threads);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      errors.push(error);
    }
  }
  throw refusal(names, errors);
}
