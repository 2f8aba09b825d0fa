/**
 * Matrices on a graphics adapter: float32, row-major, rows and columns filled up with zeros to multiples of 64, and split into
 * panels of rows where one buffer may not hold them.
 * @module
 */
import type { Gpu } from "./gpu.ts";

/** Rows and columns of a tile. */
export const TILE = 64;

/** Workgroups in one direction of a dispatch, where a row has one. */
const MOST_ROWS = 65535 - 65535 % TILE;

/** The next multiple of 64. */
export function padded(size: number): number {
  return Math.ceil(size / TILE) * TILE;
}

/** How many bytes a panel may have, and how that was decided. */
export interface PanelLimits {
  /** Bytes of a panel at most. */
  readonly panelBytes: number;
}

/**
 * The largest panel of a device, or a smaller one.
 *
 * @throws {RangeError} if `panelBytes` is not a positive whole number.
 */
export function panelLimit({ device }: Gpu, panelBytes?: number): number {
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
  if (panelBytes !== undefined && !(Number.isSafeInteger(panelBytes) && panelBytes > 0)) {
    throw new RangeError(
      `Cannot split matrices into panels of ${panelBytes} bytes: panelBytes must be a positive whole number`,
    );
  }
  return Math.min(panelBytes ?? Infinity, maxStorageBufferBindingSize, maxBufferSize);
}

/** A range of rows within one panel. */
export interface Segment {
  /** The panel's buffer. */
  readonly buffer: GPUBuffer;
  /** First row in the buffer. */
  readonly row: number;
  /** First row in the matrix. */
  readonly first: number;
  /** Number of rows. */
  readonly rows: number;
}

/** A matrix of row panels. */
export interface Panels {
  /** Rows, a multiple of 64. */
  readonly rows: number;
  /** Columns, a multiple of 64. */
  readonly step: number;
  /** Rows of a panel, a multiple of 64; the last may have fewer. */
  readonly panelRows: number;
  /** One buffer for each panel. */
  readonly buffers: readonly GPUBuffer[];
}

/**
 * Rows of a panel.
 *
 * @param rowBytes bytes of the longest row that is split alike.
 * @throws {RangeError} if not even 64 rows fit the adapter's limits.
 */
export function rowsOfPanel(gpu: Gpu, limit: number, rows: number, rowBytes: number): number {
  const largest = panelLimit(gpu);
  if (TILE * rowBytes > largest) {
    throw new RangeError(
      `Cannot lay out a matrix with rows of ${rowBytes} bytes: the graphics adapter binds at most ` +
        `${largest} bytes, and 64 rows must fit`,
    );
  }
  const most = Math.floor(limit / rowBytes / TILE) * TILE;
  return Math.min(padded(rows), MOST_ROWS, Math.max(TILE, most));
}

/** Makes a matrix of zeros; `allocate` is a device's or a batch's. */
export function allocatePanels(
  allocate: (bytes: number, label: string) => GPUBuffer,
  [rows, columns]: readonly [number, number],
  panelRows: number,
  label: string,
): Panels {
  const [all, step] = [padded(rows), padded(columns)];
  const buffers: GPUBuffer[] = [];
  for (let first = 0; first < all; first += panelRows) {
    buffers.push(allocate(Math.min(panelRows, all - first) * step * 4, label));
  }
  return { rows: all, step, panelRows, buffers };
}

/** The panels' parts of the rows [first, last). */
export function segments({ panelRows, buffers }: Panels, first: number, last: number): Segment[] {
  const found: Segment[] = [];
  for (let row = first; row < last;) {
    const panel = Math.floor(row / panelRows);
    const end = Math.min(last, (panel + 1) * panelRows);
    found.push({
      buffer: buffers[panel],
      row: row - panel * panelRows,
      first: row,
      rows: end - row,
    });
    row = end;
  }
  return found;
}

/**
 * Fills a matrix from the processor, panel by panel.
 *
 * @param fill writes row `row` into `values`, which is 0 and has the padded length.
 */
export function writePanels(
  gpu: Gpu,
  panels: Panels,
  fill: (row: number, values: Float32Array) => void,
): void {
  const { rows, step } = panels;
  for (const { buffer, first, rows: count } of segments(panels, 0, rows)) {
    const values = new Float32Array(count * step);
    for (let r = 0; r < count; r++) fill(first + r, values.subarray(r * step, (r + 1) * step));
    gpu.write(buffer, 0, values);
  }
}

/** Frees a matrix. */
export function destroyPanels({ buffers }: Panels): void {
  for (const buffer of buffers) buffer.destroy();
}
