/**
 * The factor U of a Hessian on a graphics adapter, in float32: UᵀU is the inverse of the damped Hessian.
 *
 * The damped Hessian is R Rᵀ with R upper, found in tiles from the last column to the first; then U = R⁻¹. Of the inverse, ever
 * larger diagonal blocks are known, beginning with the tiles: [R₁₁ R₁₂; 0 R₂₂]⁻¹ has -U₁₁ R₁₂ U₂₂ above its diagonal blocks U₁₁ and
 * U₂₂. Everything happens in one matrix, in one submission.
 * @module
 */
import { type GptqFactorOptions, type HessianPlan, notPositiveDefinite } from "../gptq_factor.ts";
import type { Matrix } from "../matrix.ts";
import diagonalSource from "./factor_diagonal.wgsl" with { type: "text" };
import type { Batch, Gpu } from "./gpu.ts";
import {
  allocatePanels,
  destroyPanels,
  padded,
  type Panels,
  rowsOfPanel,
  segments,
  TILE,
  writePanels,
} from "./panels.ts";
import { compileProducts, type Products, recordProduct } from "./product.ts";

/** What the work goes on with. */
interface Work {
  readonly batch: Batch;
  readonly products: Products;
  readonly diagonal: GPUComputePipeline;
  readonly matrix: Panels;
  /** Uᵀ of the tile in work [64, 64]. */
  readonly tile: GPUBuffer;
  /** The column of tiles in work [C, 64]. */
  readonly column: GPUBuffer;
  /** Where a pivot was not positive. */
  readonly failure: GPUBuffer;
}

/** Factorises the tile on the diagonal at k, and the tiles above it; takes their products from all tiles to the left. */
function recordColumn({ batch, products, diagonal, matrix, ...work }: Work, k: number): void {
  const { step } = matrix;
  const [{ buffer, row }] = segments(matrix, k, k + TILE);
  const place = Uint32Array.of(step, row, k, 0);
  batch.dispatch(diagonal, [buffer, work.tile, work.failure], [1], place);
  const above = segments(matrix, 0, k);
  const right = { buffer: work.tile, step: TILE, row: 0, column: 0 };
  for (const { buffer, row, first, rows } of above) {
    const out = { buffer, step, row, column: k };
    const copy = { buffer: work.column, step: TILE, row: first, column: 0 };
    const product = { rows, columns: TILE, right, depth: TILE, factor: 1, keep: false } as const;
    recordProduct(batch, products.apart, { ...product, out: copy, left: out });
    recordProduct(batch, products.inPlace, { ...product, out, left: { row, column: k } });
  }
  for (const { buffer, row, first, rows } of above) {
    recordProduct(batch, products.inPlaceTransposed, {
      ...{ rows, columns: k, depth: TILE, factor: -1, keep: true, skipBelow: first },
      out: { buffer, step, row, column: 0 },
      left: { row, column: k },
      right: { buffer: work.column, step: TILE, row: 0, column: 0 },
    });
  }
}

/** Joins the inverses of two diagonal blocks, [first, middle) and [middle, last), into that of both. */
function recordJoin(
  { batch, products, matrix }: Work,
  between: Panels,
  [first, middle, last]: readonly [number, number, number],
): void {
  const { step } = matrix;
  const columns = last - middle;
  for (const out of segments(between, 0, middle - first)) { // R₁₂ U₂₂
    for (const left of segments(matrix, first + out.first, first + out.first + out.rows)) {
      for (const right of segments(matrix, middle, last)) {
        recordProduct(batch, products.apart, {
          ...{ rows: left.rows, columns, depth: right.rows, factor: 1 },
          keep: right.first > middle,
          out: {
            ...{ buffer: out.buffer, step: between.step, column: 0 },
            row: out.row + left.first - first - out.first,
          },
          left: { buffer: left.buffer, step, row: left.row, column: right.first },
          right: { buffer: right.buffer, step, row: right.row, column: middle },
          rightTo: middle - right.first + TILE,
        });
      }
    }
  }
  for (const out of segments(matrix, first, middle)) { // -U₁₁ times that
    for (const right of segments(between, 0, middle - first)) {
      recordProduct(batch, products.inPlace, {
        ...{ rows: out.rows, columns, depth: right.rows, factor: -1, keep: right.first > 0 },
        out: { buffer: out.buffer, step, row: out.row, column: middle },
        left: { row: out.row, column: first + right.first },
        right: { buffer: right.buffer, step: between.step, row: right.row, column: 0 },
        leftFrom: out.first - first - right.first,
      });
    }
  }
}

/** Records everything; `panelRows` is of the matrix between two steps. */
function record(work: Work, panelRows: number): void {
  const size = work.matrix.rows;
  for (let k = size - TILE; k >= 0; k -= TILE) recordColumn(work, k);
  for (let half = TILE; half < size; half *= 2) {
    const between = allocatePanels(
      (bytes, label) => work.batch.allocate(bytes, label),
      [half, Math.min(half, size - half)],
      panelRows,
      "part of an inverse",
    );
    for (let first = 0; first + half < size; first += 2 * half) {
      recordJoin(work, between, [first, first + half, Math.min(first + 2 * half, size)]);
    }
  }
}

/** Lays a factor out on the device. */
export function allocateFactor(gpu: Gpu, columns: number, limit: number): Panels {
  const panelRows = rowsOfPanel(gpu, limit, columns, padded(columns) * 4);
  const allocate = (bytes: number, label: string) => gpu.allocate(bytes, label);
  return allocatePanels(allocate, [columns, columns], panelRows, "a Hessian's factor");
}

/** The damped Hessian's upper triangle, in the order of quantisation; the columns behind it are the identity's. */
function writeDamped(
  gpu: Gpu,
  panels: Panels,
  { columns, data }: Matrix,
  { order, diagonal }: HessianPlan,
): void {
  writePanels(gpu, panels, (i, values) => {
    values[i] = i < columns ? diagonal[i] : 1;
    const from = order[i] * columns;
    for (let j = i + 1; j < columns; j++) values[j] = data[from + order[j]];
  });
}

/**
 * Factorises a Hessian.
 *
 * @param limit bytes of a panel at most.
 * @returns U [C, C], upper, in panels that the caller destroys; the tiles below the diagonal are 0.
 * @throws {FactorizationError} if the damped Hessian is not positive definite in float32.
 */
export async function factorise(
  gpu: Gpu,
  hessian: Matrix,
  plan: HessianPlan,
  { damping = 0.01 }: GptqFactorOptions,
  limit: number,
): Promise<Panels> {
  const { columns } = hessian;
  const products = await compileProducts(gpu);
  const diagonal = await gpu.pipeline(diagonalSource);
  const matrix = allocateFactor(gpu, columns, limit);
  try {
    writeDamped(gpu, matrix, hessian, plan);
    const { failure } = await gpu.run(`factorise a Hessian of ${columns} columns`, (batch) => {
      const failure = batch.allocate(8, "where a pivot is not positive");
      const tile = batch.allocate(TILE * TILE * 4, "a tile's inverse");
      const column = batch.allocate(matrix.rows * TILE * 4, "a column of tiles");
      record({ batch, products, diagonal, matrix, tile, column, failure }, matrix.panelRows);
      return { failure };
    });
    const [place] = new Uint32Array(failure);
    if (place === 0) return matrix;
    const [, pivot] = new Float32Array(failure);
    const advice = 'raise damping, or take the precision "float64"';
    throw notPositiveDefinite(columns, damping, plan.order[place - 1], pivot, advice);
  } catch (error) {
    destroyPanels(matrix);
    throw error;
  }
}
