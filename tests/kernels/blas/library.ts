/**
 * The machine's BLAS library, for tests.
 * @module
 */
import { type BlasLibrary, openBlas } from "../../../inference/blas_library.ts";
import type { Need } from "../../needs.ts";

function found(): BlasLibrary | undefined {
  try {
    return openBlas({ threads: 2 });
  } catch {
    return undefined; // tests that need it show as ignored
  }
}

/** The library, open for as long as the process lives. */
export const LIBRARY: BlasLibrary | undefined = found();

/** The need for it, for `itNeeds()`. */
export const OPENBLAS: Need = {
  what: "OpenBLAS (Debian's libopenblas0-pthread, or MTPRESS_BLAS)",
  missing: LIBRARY === undefined,
};
