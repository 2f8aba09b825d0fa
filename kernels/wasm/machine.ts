/**
 * The kernels of a backend, with their threads and their memory: one work after the other, and before the memory that works use, a
 * factor that stays there from one work to the next.
 * @module
 */
import type { Work } from "./calls.ts";
import { type FactorPlace, factorRow, writeRows } from "./factor.ts";
import type { Kernels } from "./kernels.ts";
import { FIRST_BYTE, reserve, type WasmBuild } from "./module.ts";
import { Pool } from "./pool.ts";
import type { Space } from "./space.ts";
import { Turns } from "../turns.ts";

/** A factor U that somebody may ask for again. */
export interface KeptFactor {
  /** Where it lies when it is in memory. */
  readonly place: FactorPlace;
  /** Its rows from the diagonal on, one behind the other, while it is not in memory. */
  saved?: Float32Array | Float64Array;
}

/** Kernels that do one work after the other. */
export class Machine {
  readonly #pool: Pool;
  readonly #turns = new Turns();
  #kept: KeptFactor | undefined;
  #closed = false;

  /** @throws {RangeError} if `threads` is not a whole number of at least 1. */
  constructor(private readonly build: WasmBuild, threads: number) {
    if (!(Number.isInteger(threads) && threads >= 1)) {
      throw new RangeError(
        `Cannot compute on ${threads} threads: threads must be a whole number of at least 1`,
      );
    }
    this.#pool = new Pool(build, threads);
  }

  /** The kernels. */
  get kernels(): Kernels {
    return this.#pool.kernels;
  }

  /** What computes, in a few words. */
  get description(): string {
    return `${this.build} SIMD, ${this.threads} ${this.threads === 1 ? "thread" : "threads"}`;
  }

  /** How many threads compute. */
  get threads(): number {
    return this.#pool.threads;
  }

  /** Does something when all that was asked for before is done. */
  inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    if (this.#closed) {
      return Promise.reject(new Error("Cannot use the WebAssembly backend: it is closed"));
    }
    return this.#turns.take(act);
  }

  /** Does work in the memory behind the factor that is kept. */
  perform<Result>(begin: (space: Space) => Work<Result>): Promise<Result> {
    return this.inTurn(() => this.carryOut(begin(this.#space())));
  }

  /** Does work at once; only for somebody whose turn it is. */
  carryOut<Result>(work: Work<Result>): Promise<Result> {
    return this.#pool.carryOut(work);
  }

  /** Makes the place of factors free, and saves the one that is there. */
  freeFactor(): void {
    const kept = this.#kept;
    if (kept) kept.saved = savedRows(this.kernels, kept.place);
    this.#kept = undefined;
  }

  /** Keeps the factor that now is in the factors' place. */
  keepFactor(factor: KeptFactor): void {
    this.#kept = factor;
  }

  /** Puts a factor back into memory, if it is not there. */
  fetchFactor(factor: KeptFactor, action: string): void {
    if (this.#kept === factor) return;
    this.freeFactor();
    reserve(this.kernels, factor.place.end, action);
    writeRows(this.kernels, factor.place, factor.saved!);
    factor.saved = undefined;
    this.#kept = factor;
  }

  /** Forgets a factor. */
  dropFactor(factor: KeptFactor): void {
    if (this.#kept === factor) this.#kept = undefined;
    factor.saved = undefined;
  }

  /** Ends the threads when all that was asked for is done. */
  close(): Promise<void> {
    this.#closed = true;
    return this.#turns.take(() => this.#pool.close()).then(() => this.#kept = undefined);
  }

  #space(): Space {
    const begin = this.#kept ? Math.ceil(this.#kept.place.end / 64) * 64 : FIRST_BYTE;
    return { kernels: this.kernels, begin, threads: this.threads };
  }
}

/** The upper triangle of a factor, row by row. */
function savedRows(kernels: Kernels, place: FactorPlace): Float32Array | Float64Array {
  const { columns: n, wide } = place;
  const rows = new (wide ? Float64Array : Float32Array)(n * (n + 1) / 2);
  for (let i = 0, at = 0; i < n; at += n - i, i++) {
    rows.set(factorRow(kernels, place, i, n).subarray(i), at);
  }
  return rows;
}
