/**
 * The backends of this package that a benchmark can measure on this machine.
 * @module
 */
import { openBackend } from "../../inference/backends.ts";
import { defaultThreads } from "../../inference/devices.ts";
import type { Backend } from "../../kernels/backend.ts";

/** An open backend with the name it is measured under. */
export interface NamedBackend {
  /** Such as `"mtpress wasm, 2 threads"`. */
  readonly name: string;
  /** Which it is; for the ratios' names. */
  readonly kind: "wasm" | "blas";
  /** The backend. */
  readonly backend: Backend;
}

/** Open backends, closed when they go out of scope. */
export interface OpenBackends extends AsyncDisposable {
  /** WebAssembly on one thread and on all, then BLAS where it was asked for and is there. */
  readonly backends: readonly NamedBackend[];
  /** Sentences about those that are missing. */
  readonly notes: readonly string[];
}

/** Opens WebAssembly on one thread and on all. */
export async function openWasmBackends(): Promise<OpenBackends> {
  const backends: NamedBackend[] = [];
  for (const threads of new Set([1, defaultThreads()])) {
    const name = `mtpress wasm, ${threadsText(threads)}`;
    backends.push({ name, kind: "wasm", backend: await openBackend("wasm", { threads }) });
  }
  return closing(backends, []);
}

/** Opens WebAssembly on one thread and on all, and BLAS where there is a library. */
export async function openOurBackends(): Promise<OpenBackends> {
  const { backends } = await openWasmBackends();
  const threads = defaultThreads();
  try {
    const backend = await openBackend("blas", { threads });
    const name = `mtpress blas, ${threadsText(threads)}`;
    return closing([...backends, { name, kind: "blas", backend }], []);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return closing(backends, [`BLAS was not measured: ${reason}`]);
  }
}

function closing(backends: readonly NamedBackend[], notes: readonly string[]): OpenBackends {
  return {
    backends,
    notes,
    async [Symbol.asyncDispose]() {
      for (const { backend } of backends) await backend.close();
    },
  };
}

/** `"1 thread"`, `"2 threads"`. */
export function threadsText(threads: number): string {
  return `${threads} thread${threads === 1 ? "" : "s"}`;
}
