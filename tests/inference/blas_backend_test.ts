import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { openBackend } from "../../inference/backends.ts";
import { OPENBLAS } from "../kernels/blas/library.ts";
import { correlatedHessian } from "../kernels/wasm/layers.ts";
import { itNeeds } from "../needs.ts";

describe('openBackend("blas")', () => {
  itNeeds(OPENBLAS, 'openBackend("blas") opens a backend, which closes its library', async () => {
    const backend = await openBackend("blas", { threads: 2 });
    expect(backend.name).toBe("blas");
    const prepared = await backend.prepareHessian(correlatedHessian(10, 1));
    expect(prepared.columns).toBe(10);
    prepared.release();
    await backend.close();
    await expect(backend.prepareHessian(correlatedHessian(10, 1))).rejects.toThrow(/closed$/);
  });
});
