/**
 * Matrices on a graphics adapter as they are, without the padding of panels.ts: parts of rows that fit a binding, grids of workgroups,
 * masks with a byte an element.
 * @module
 */
import type { Gpu } from "./gpu.ts";
import { panelLimit } from "./panels.ts";

/** How a matrix is laid on the adapter. */
export interface PanelOptions {
  /**
   * Most bytes of a part of a matrix that a kernel sees at once; a part has one row at least.
   * @default {the adapter's maxStorageBufferBindingSize}
   */
  readonly panelBytes?: number;
}

/** Some rows of a matrix. */
export interface Panel {
  /** Its name among a batch's results. */
  readonly name: string;
  /** First row. */
  readonly start: number;
  /** The row behind the last. */
  readonly end: number;
}

/** Parts of a number of rows, each as large as `panelBytes` allows and at least of one unit of rows. */
export function panelsOf(
  gpu: Gpu,
  rows: number,
  rowBytes: number,
  { panelBytes }: PanelOptions,
  unit: number = 1,
): Panel[] {
  const height = unit * Math.max(1, Math.floor(panelLimit(gpu, panelBytes) / (rowBytes * unit)));
  const count = Math.ceil(rows / height);
  return Array.from({ length: count }, (_, i) => {
    const start = i * height;
    return { name: `rows from ${start}`, start, end: Math.min(start + height, rows) };
  });
}

/** So many workgroups in two dimensions, some of the last row too many. */
export function gridOf(gpu: Gpu, workgroups: number): [number, number] {
  const width = Math.min(workgroups, gpu.device.limits.maxComputeWorkgroupsPerDimension);
  return [width, width === 0 ? 0 : Math.ceil(workgroups / width)];
}

/** Bytes of a row of a mask on the adapter, where rows begin at words. */
export function maskStride(columns: number): number {
  return Math.ceil(columns / 4) * 4;
}

/** Rows of a mask as the adapter has them. */
export function paddedMask(
  mask: Uint8Array,
  columns: number,
  { start, end }: Panel,
): Uint8Array {
  const stride = maskStride(columns);
  if (stride === columns) return mask.subarray(start * columns, end * columns);
  const padded = new Uint8Array((end - start) * stride);
  for (let row = start; row < end; row++) {
    padded.set(mask.subarray(row * columns, (row + 1) * columns), (row - start) * stride);
  }
  return padded;
}

/** Writes rows of a mask as the adapter has them into the whole mask. */
export function takeMask(
  bytes: ArrayBuffer,
  mask: Uint8Array,
  columns: number,
  { start, end }: Panel,
): void {
  const stride = maskStride(columns);
  const padded = new Uint8Array(bytes);
  if (stride === columns) {
    mask.set(padded.subarray(0, (end - start) * columns), start * columns);
    return;
  }
  for (let row = start; row < end; row++) {
    const at = (row - start) * stride;
    mask.set(padded.subarray(at, at + columns), row * columns);
  }
}
