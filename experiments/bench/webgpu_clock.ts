/**
 * Time that work takes on a graphics adapter itself: neither the time that it takes to record it, nor the milliseconds until one hears
 * of its end.
 * @module
 */
import type { Batch, Gpu } from "../../kernels/webgpu/gpu.ts";
import { secondsOf } from "./benchmark.ts";

/** Seconds of work that one measurement should at least hold. */
const LEAST_SECONDS = 0.05;
const MOST_REPEATS = 2 ** 16;

/** Records dispatches. Recorded once, they are done again and again. */
export type Recording = (batch: Pick<Batch, "dispatch">) => void;

/** Measures recorded work. */
export interface GpuClock {
  /** How it measures, for a note. */
  readonly method: string;
  /** Seconds that the adapter takes for a recording once, from as many repetitions as make a measurement worth the name. */
  seconds(record: Recording): Promise<number>;
  /** Frees what it holds. */
  release(): void;
}

/** A dispatch that was recorded. */
interface Step {
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly workgroups: readonly [number, number?, number?];
}

/** Work that can be measured, and how often it is repeated for that. */
interface Work {
  readonly steps: readonly Step[];
  repeats: number;
}

/** Takes a recording's dispatches; `owned` gets the buffers of their parameters. */
function stepsOf(device: GPUDevice, record: Recording, owned: GPUBuffer[]): Step[] {
  const steps: Step[] = [];
  record({
    dispatch(pipeline, bindings, workgroups, parameters) {
      const resources = bindings.map((binding) =>
        binding instanceof GPUBuffer ? { buffer: binding } : binding
      );
      if (parameters) {
        const { UNIFORM, COPY_DST } = GPUBufferUsage;
        const size = parameters.byteLength;
        const buffer = device.createBuffer({ size, usage: UNIFORM | COPY_DST });
        device.queue.writeBuffer(buffer, 0, parameters);
        owned.push(buffer);
        resources.push({ buffer });
      }
      const group = device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: resources.map((resource, binding) => ({ binding, resource })),
      });
      steps.push({ pipeline, group, workgroups });
    },
  });
  return steps;
}

/** Seconds of work that is repeated so often, none of them of its encoding. */
type Timer = (work: Work, repeats: number) => Promise<number>;

function encodePass(
  encoder: GPUCommandEncoder,
  { steps }: Work,
  repeats: number,
  timestampWrites?: GPUComputePassTimestampWrites,
): void {
  const pass = encoder.beginComputePass(timestampWrites && { timestampWrites });
  for (let i = 0; i < repeats; i++) {
    for (const { pipeline, group, workgroups } of steps) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(...workgroups);
    }
  }
  pass.end();
}

/** By timestamps of the adapter around a pass. */
function timestampTimer({ device }: Gpu): [Timer, () => void] {
  const querySet = device.createQuerySet({ type: "timestamp", count: 2 });
  const { QUERY_RESOLVE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const resolved = device.createBuffer({ size: 16, usage: QUERY_RESOLVE | COPY_SRC });
  const read = device.createBuffer({ size: 16, usage: COPY_DST | MAP_READ });
  const timer: Timer = async (work, repeats) => {
    const encoder = device.createCommandEncoder();
    encodePass(encoder, work, repeats, {
      ...{ querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
    });
    encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, read, 0, 16);
    device.queue.submit([encoder.finish()]);
    await read.mapAsync(GPUMapMode.READ);
    const [begin, end] = new BigUint64Array(read.getMappedRange().slice(0));
    read.unmap();
    return Number(end - begin) / 1e9;
  };
  const release = () => {
    querySet.destroy();
    resolved.destroy();
    read.destroy();
  };
  return [timer, release];
}

/** By the clock on the wall: a submit of the repetitions less one of a single one. */
function wallTimer({ device }: Gpu): [Timer, () => void] {
  const submit = async (work: Work, repeats: number) => {
    const encoder = device.createCommandEncoder();
    encodePass(encoder, work, repeats);
    const commands = encoder.finish();
    await device.queue.onSubmittedWorkDone();
    return await secondsOf(() => {
      device.queue.submit([commands]);
      return device.queue.onSubmittedWorkDone();
    });
  };
  const timer: Timer = async (work, repeats) => {
    const one = await submit(work, 1);
    return await submit(work, 1 + repeats) - one;
  };
  return [timer, () => {}];
}

/** Opens the best clock that a device has. */
export function openGpuClock(gpu: Gpu): GpuClock {
  const stamped = gpu.device.features.has("timestamp-query");
  const [timer, release] = stamped ? timestampTimer(gpu) : wallTimer(gpu);
  const works = new WeakMap<Recording, Work>();
  const owned: GPUBuffer[] = [];
  const prepared = async (record: Recording) => {
    const work = { steps: stepsOf(gpu.device, record, owned), repeats: 1 };
    works.set(record, work);
    await timer(work, 1); // sets up memory
    await gpu.run("measure work", () => ({})); // which fails if the work did
    return work;
  };
  return {
    method: stamped
      ? "Times are the adapter's own timestamps"
      : "Times are a submit of many repetitions less one of a single one",
    async seconds(record) {
      const work = works.get(record) ?? await prepared(record);
      while (true) {
        const seconds = await timer(work, work.repeats);
        if (seconds >= LEAST_SECONDS) return seconds / work.repeats;
        if (work.repeats === MOST_REPEATS) break;
        const missing = LEAST_SECONDS / Math.max(seconds, LEAST_SECONDS / 64);
        work.repeats = Math.min(MOST_REPEATS, work.repeats * Math.ceil(1.2 * missing));
      }
      throw new Error(
        `Cannot measure work on the graphics adapter: ` +
          `${MOST_REPEATS} repetitions take less than ${LEAST_SECONDS} s`,
      );
    },
    release() {
      release();
      for (const buffer of owned) buffer.destroy();
    },
  };
}
