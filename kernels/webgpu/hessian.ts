/**
 * The Hessian of a linear layer's inputs on a graphics adapter: XᵀX is added to a sum that stays there until it is asked for.
 *
 * follows ../hessian.ts. But sums are float32, of 32 tokens each, then of some thousand, then of all: with 262,144 tokens elements
 * differ by less than 10⁻⁶ √(Hᵢᵢ Hⱼⱼ).
 * @module
 */
import { checkHessianColumns } from "../hessian.ts";
import { type Matrix, matrix } from "../matrix.ts";
import type { Gpu } from "./gpu.ts";
import source from "./hessian.wgsl" with { type: "text" };
import {
  allocatePanels,
  destroyPanels,
  padded,
  type Panels,
  rowsOfPanel,
  type Segment,
  segments,
  TILE,
} from "./panels.ts";

/** Tokens that are gathered before they are added. */
const TOKENS = 2048;

/** Tokens of a step of the kernel. */
const STEP = 32;

/** Sums inputs into a Hessian on a graphics adapter. Calls must follow one another. */
export class DeviceHessian {
  readonly #gpu: Gpu;
  readonly #columns: number;
  readonly #sum: Panels;
  readonly #capacity: number;
  readonly #tokens: GPUBuffer;
  #gathered = 0;
  #samples = 0;

  /**
   * Begins with nothing.
   *
   * @param columns number of input columns C.
   * @param limit bytes of a panel at most.
   * @throws {RangeError} if `columns` is not a whole number of at least 1, or 64 rows of H are more than the adapter can bind.
   */
  constructor(gpu: Gpu, columns: number, limit: number) {
    checkHessianColumns(columns);
    const rowBytes = padded(columns) * 4;
    const panelRows = rowsOfPanel(gpu, limit, columns, rowBytes);
    const allocate = (bytes: number, label: string) => gpu.allocate(bytes, label);
    this.#gpu = gpu;
    this.#columns = columns;
    this.#capacity = Math.max(STEP, Math.min(TOKENS, Math.floor(limit / rowBytes)));
    this.#sum = allocatePanels(allocate, [columns, columns], panelRows, "a Hessian");
    this.#tokens = gpu.allocate(this.#capacity * rowBytes, "inputs");
  }

  /** Adds inputs X [tokens, C] of some samples. */
  async add(inputs: Matrix, samples: number): Promise<void> {
    for (let first = 0; first < inputs.rows;) {
      const count = Math.min(this.#capacity - this.#gathered, inputs.rows - first);
      this.#write(inputs, first, count);
      this.#gathered += count;
      first += count;
      if (this.#gathered === this.#capacity) await this.#flush();
    }
    this.#samples += samples;
  }

  /** H = (2/N) Σ XₛᵀXₛ [C, C] of the N samples so far; there must be one. */
  async hessian(): Promise<Matrix> {
    await this.#flush();
    const result = matrix(this.#columns, this.#columns);
    for (const segment of segments(this.#sum, 0, this.#columns)) {
      const { panel } = await this.#gpu.run("read a Hessian", () => ({ panel: segment.buffer }));
      fill(result, new Float32Array(panel), segment, 2 / this.#samples);
    }
    return result;
  }

  /** Frees what it holds. */
  release(): void {
    destroyPanels(this.#sum);
    this.#tokens.destroy();
  }

  /** Puts tokens behind those that were gathered. */
  #write({ columns, data }: Matrix, first: number, count: number): void {
    const { step } = this.#sum;
    let rows = data.subarray(first * columns, (first + count) * columns);
    if (step !== columns) {
      const wide = new Float32Array(count * step);
      for (let t = 0; t < count; t++) {
        wide.set(rows.subarray(t * columns, (t + 1) * columns), t * step);
      }
      rows = wide;
    }
    this.#gpu.write(this.#tokens, this.#gathered * step * 4, rows);
  }

  /** Adds what was gathered. */
  async #flush(): Promise<void> {
    const tokens = this.#gathered;
    if (tokens === 0) return;
    const { rows, step } = this.#sum;
    const kernel = await this.#gpu.pipeline(source);
    await this.#gpu.run(`add ${tokens} tokens to a Hessian`, (batch) => {
      for (const { buffer, first, rows: count } of segments(this.#sum, 0, rows)) {
        const place = Uint32Array.of(step, tokens, first);
        batch.dispatch(kernel, [buffer, this.#tokens], [step / TILE, count / TILE], place);
      }
      return {};
    });
    this.#gathered = 0;
  }
}

/** Writes both triangles' parts of some rows of the sum, times a factor. */
function fill({ columns: C, data }: Matrix, sum: Float32Array, rows: Segment, factor: number) {
  const step = padded(C);
  const end = rows.first + rows.rows;
  for (let j0 = rows.first; j0 < C; j0 += TILE) { // the mirrored values are written column by column, tile by tile
    for (let i0 = rows.first; i0 < Math.min(end, j0 + TILE); i0 += TILE) {
      for (let i = i0; i < Math.min(i0 + TILE, end); i++) {
        const at = (i - rows.first) * step;
        for (let j = Math.max(i, j0); j < Math.min(j0 + TILE, C); j++) {
          data[i * C + j] = data[j * C + i] = factor * sum[at + j];
        }
      }
    }
  }
}
