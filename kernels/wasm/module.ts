/**
 * The compiled kernels and their memory.
 * @module
 */
import { RELAXED_SIMD } from "./relaxed_simd.ts";
import { STRICT_SIMD } from "./strict_simd.ts";

/**
 * Which build of the kernels runs: "relaxed" fuses multiplications and additions where the processor can, "strict" rounds between
 * them and gives the same bits everywhere.
 */
export type WasmBuild = "relaxed" | "strict";

/** What `assembly/index.ts` exports. Addresses are byte offsets in the memory; `wide` chooses float64 over float32. */
export interface Kernels {
  readonly memory: WebAssembly.Memory;
  factorBytes(n: number): number;
  pivotRow(): number;
  pivotValue(): number;
  cholesky(wide: boolean, n: number, a: number, step: number, work: number): number;
  invert(wide: boolean, n: number, l: number, step: number, work: number): void;
  loadPanels(
    wide: boolean,
    rows: number,
    columns: number,
    weight: number,
    order: number,
    dead: number,
    to: number,
    panelBytes: number,
  ): void;
  loadMask(
    wide: boolean,
    rows: number,
    columns: number,
    mask: number,
    order: number,
    to: number,
  ): void;
  storeCodes(
    wide: boolean,
    rows: number,
    columns: number,
    from: number,
    panelBytes: number,
    order: number,
    codes: number,
  ): void;
  fitGroups(
    wide: boolean,
    panels: number,
    columns: number,
    w: number,
    panelBytes: number,
    groupSize: number,
    groups: number,
    first: number,
    last: number,
    maxCode: number,
    symmetric: boolean,
    scales: number,
    zeros: number,
  ): void;
  quantiseBlock(
    wide: boolean,
    panels: number,
    columns: number,
    w: number,
    panelBytes: number,
    u: number,
    uStep: number,
    groups: number,
    groupOf: number,
    scales: number,
    zeros: number,
    maxCode: number,
    mask: number,
    errors: number,
    first: number,
    last: number,
  ): number;
  moveErrors(
    wide: boolean,
    panels: number,
    columns: number,
    w: number,
    panelBytes: number,
    u: number,
    uStep: number,
    errors: number,
    first: number,
    last: number,
    work: number,
  ): void;
}

const PAGE = 65536;
const MOST_BYTES = 65536 * PAGE;
const KEPT_BYTES = 64 * 2 ** 20; // memory cannot shrink: an instance that has grown larger is left to the collector ...
let holders = 0; // ... unless somebody is going to need it again soon

const modules = new Map<WasmBuild, WebAssembly.Module>();
const idle = new Map<WasmBuild, Kernels>();

/** The bytes of a build. */
export function wasmBytes(build: WasmBuild): Uint8Array<ArrayBuffer> {
  const text = atob(build === "relaxed" ? RELAXED_SIMD : STRICT_SIMD);
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** The build that this machine runs: relaxed where the engine knows relaxed SIMD. */
export function preferredBuild(): WasmBuild {
  if (modules.has("relaxed")) return "relaxed";
  return WebAssembly.validate(wasmBytes("relaxed")) ? "relaxed" : "strict";
}

function instantiate(build: WasmBuild): Kernels {
  let module = modules.get(build);
  if (!module) {
    module = new WebAssembly.Module(wasmBytes(build));
    modules.set(build, module);
  }
  return new WebAssembly.Instance(module).exports as unknown as Kernels;
}

/**
 * Keeps the kernels' memory from one use to the next, however large it has grown, until all who asked for that have let go: one
 * memory is then used again and again, where several would wait for the collector.
 *
 * @returns lets go.
 */
export function holdKernels(): () => void {
  holders++;
  let held = true;
  return () => {
    if (held) holders--;
    held = false;
    if (holders > 0) return;
    for (const [build, kernels] of idle) if (isLarge(kernels)) idle.delete(build);
  };
}

function isLarge({ memory }: Kernels): boolean {
  return memory.buffer.byteLength > KEPT_BYTES;
}

/**
 * Runs something with the kernels and a memory of at least `bytes`. What the memory held before is unknown, and nothing of it may
 * be kept.
 *
 * @param action what cannot be done otherwise, to be read after "Cannot".
 * @throws {RangeError} if WebAssembly's 4 GiB are too few, or the machine does not give as many bytes.
 */
export function withKernels<Result>(
  build: WasmBuild,
  action: string,
  bytes: (kernels: Kernels) => number,
  run: (kernels: Kernels) => Result,
): Result {
  const kernels = idle.get(build) ?? instantiate(build);
  idle.delete(build);
  const needed = bytes(kernels);
  if (needed > MOST_BYTES) {
    throw new RangeError(
      `Cannot ${action} in WebAssembly: it takes ${needed} bytes, and a memory has ${MOST_BYTES} at most`,
    );
  }
  const missing = Math.ceil((needed - kernels.memory.buffer.byteLength) / PAGE);
  if (missing > 0) kernels.memory.grow(missing);
  try {
    return run(kernels);
  } finally {
    if (holders > 0 || !isLarge(kernels)) idle.set(build, kernels);
  }
}

/** Places regions of so many bytes one behind the other, each at a multiple of 64. */
export function layOut<Name extends string>(
  begin: number,
  sizes: Readonly<Record<Name, number>>,
): Record<Name | "end", number> {
  const places: Partial<Record<string, number>> = {};
  let at = begin;
  for (const [name, bytes] of Object.entries<number>(sizes)) {
    places[name] = at;
    at += Math.ceil(bytes / 64) * 64;
  }
  places.end = at;
  return places as Record<Name | "end", number>;
}
