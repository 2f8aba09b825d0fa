/**
 * Prepared Hessians on a graphics adapter.
 * @module
 */
import type { PreparedHessian, PrepareOptions } from "../backend.ts";
import { type GptqFactor, planHessian } from "../gptq_factor.ts";
import { checkGptq } from "../gptq_options.ts";
import type { Matrix } from "../matrix.ts";
import { factorizeHessianWasm } from "../wasm/gptq.ts";
import { allocateFactor, factorise } from "./factor.ts";
import { solve } from "./gptq.ts";
import type { DeviceFactor } from "./gptq_layout.ts";
import type { Gpu } from "./gpu.ts";
import { destroyPanels, segments, writePanels } from "./panels.ts";
import { holdUntilClosed, type Place } from "./place.ts";

/** A factor, where it is computed with, and on the processor if it was factorised there. */
interface Factors {
  readonly device: DeviceFactor;
  readonly own?: GptqFactor;
}

/** Lays a factor of the processor out on the device, as float32. */
async function uploadFactor(gpu: Gpu, { columns, upper }: GptqFactor, limit: number) {
  const panels = allocateFactor(gpu, columns, limit);
  try {
    writePanels(gpu, panels, (i, values) => {
      if (i >= columns) values[i] = 1;
      else values.set(upper.subarray(i * columns, (i + 1) * columns));
    });
    await gpu.run("upload a Hessian's factor", () => ({}));
    return panels;
  } catch (error) {
    destroyPanels(panels);
    throw error;
  }
}

/**
 * Factorises a Hessian: for float32 on the device, for float64 in WebAssembly on the processor. The caller destroys the panels.
 */
async function factorsOf(
  gpu: Gpu,
  hessian: Matrix,
  options: PrepareOptions,
  limit: number,
): Promise<Factors> {
  const { columns } = hessian;
  if (options.precision === "float64") {
    const own = factorizeHessianWasm(hessian, options);
    const upper = await uploadFactor(gpu, own, limit);
    return { own, device: { columns, upper, order: own.order, dead: own.dead } };
  }
  const plan = planHessian(hessian, options);
  const upper = await factorise(gpu, hessian, plan, options, limit);
  return { device: { columns, upper, order: plan.order, dead: plan.dead } };
}

/** Reads a factor back. */
async function readFactor(gpu: Gpu, factor: DeviceFactor): Promise<GptqFactor> {
  const { columns, order, dead, upper: panels } = factor;
  const upper = new Float64Array(columns * columns);
  for (const { buffer, first, rows } of segments(panels, 0, columns)) {
    const { panel } = await gpu.run("read a Hessian's factor", () => ({ panel: buffer }));
    const values = new Float32Array(panel);
    for (let r = 0; r < rows; r++) {
      const i = first + r;
      const row = values.subarray(r * panels.step + i, r * panels.step + columns);
      upper.set(row, i * columns + i);
    }
  }
  return { columns, upper, order: order.slice(), dead: dead.slice() };
}

/** Prepares a Hessian; one of the queue's calls. */
export async function prepare(
  place: Place,
  hessian: Matrix,
  options: PrepareOptions,
): Promise<PreparedHessian> {
  const { gpu, limit } = place;
  const { device, own } = await factorsOf(gpu, hessian, options, limit);
  const { columns, upper } = device;
  const { run, release } = holdUntilClosed(
    place,
    "a prepared Hessian",
    () => destroyPanels(upper),
  );
  return {
    columns,
    gptq: (weight, options) =>
      run(async () => {
        checkGptq(weight, columns, options);
        return await solve(gpu, device, weight, options, limit);
      }),
    factor: () =>
      run(async () => own ? { ...own, upper: own.upper.slice() } : await readFactor(gpu, device)),
    release,
  };
}
