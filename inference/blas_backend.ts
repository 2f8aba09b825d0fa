/**
 * The backend on this machine's BLAS library.
 * @module
 */
import type { Backend } from "../kernels/backend.ts";
import { blasBackend } from "../kernels/blas/backend.ts";
import { openBlas } from "./blas_library.ts";

/**
 * Opens it; the library is closed with it.
 *
 * @throws {Error} if no library is found or it may not be opened.
 */
export function openBlasBackend(threads: number): Backend {
  const library = openBlas({ threads });
  const backend = blasBackend(library, { threads });
  return {
    ...backend,
    async close() {
      await backend.close();
      library.close();
    },
  };
}
