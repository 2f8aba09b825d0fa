/**
 * Column statistics on a graphics adapter: sums of each sample with twice float32's digits there, means over samples on the CPU, in the
 * reference's order. They are within one part in a million of `addColumnStatistics`, and nearly always equal.
 * @module
 */
import {
  addColumnStatistics,
  checkColumns,
  type ColumnMoments,
  type ColumnStatistics,
  takeIn,
} from "../column_statistics.ts";
import { type Matrix, matrix } from "../matrix.ts";
import spreadSource from "./column_spread.wgsl" with { type: "text" };
import sumsSource from "./column_sums.wgsl" with { type: "text" };
import compensated from "./compensated.wgsl" with { type: "text" };
import type { Gpu } from "./gpu.ts";
import { panelLimit } from "./panels.ts";
import { type Panel, type PanelOptions, panelsOf } from "./row_panels.ts";

/** Threads of a workgroup, each with a column. */
const THREADS = 64;
/** Bytes of a column's sums of a sample. */
const SUMS_BYTES = 16;

/** Tokens of a sample, in all of the inputs. */
interface Sample {
  readonly start: number;
  readonly end: number;
}

/** Samples whose sums are in one buffer; their tokens are in one panel, or one sample's in several. */
interface Group {
  readonly samples: readonly Sample[];
  readonly panels: readonly Panel[];
}

/** The samples of these lengths. */
function samplesOf(lengths: readonly number[]): Sample[] {
  let end = 0;
  return lengths.map((length) => ({ start: end, end: end += length }));
}

/** The samples in groups that fit panels. */
function groupsOf(gpu: Gpu, samples: readonly Sample[], C: number, options: PanelOptions): Group[] {
  const limit = panelLimit(gpu, options.panelBytes);
  const groups: Sample[][] = [];
  const fits = (group: Sample[], { end }: Sample) =>
    (end - group[0].start) * C * 4 <= limit && (group.length + 1) * C * SUMS_BYTES <= limit;
  for (const sample of samples) {
    const group = groups.at(-1);
    if (group && fits(group, sample)) group.push(sample);
    else groups.push([sample]);
  }
  return groups.map((samples) => {
    const { start } = samples[0];
    const panels = panelsOf(gpu, samples.at(-1)!.end - start, C * 4, options)
      .map((panel) => ({ ...panel, start: panel.start + start, end: panel.end + start }));
    return { samples, panels };
  });
}

/** A panel's part of each sample: sample, first and last token in the panel, tokens of the sample. */
function segmentsOf({ start, end }: Panel, samples: readonly Sample[]): Uint32Array {
  return Uint32Array.from(samples.flatMap((sample, s) => {
    const [first, last] = [Math.max(sample.start, start), Math.min(sample.end, end)];
    return [s, first - start, last - start, sample.end - sample.start];
  }));
}

/** The moments of one sample from its sums; undefined if one is beyond float32's range. */
function momentsOf(
  sums: Float32Array,
  spreads: Float32Array,
  tokens: number,
): ColumnMoments | undefined {
  const C = sums.length / 4;
  const values = (of: Float32Array, k: number) =>
    Float64Array.from({ length: C }, (_, j) => of[4 * j + k] + of[4 * j + k + 1]);
  const moments = {
    sums: values(sums, 0),
    squaredNorms: values(sums, 2),
    variances: values(spreads, 2),
  };
  const away = values(spreads, 0);
  for (let j = 0; j < C; j++) {
    const variance = (moments.variances[j] - away[j] * away[j] / tokens) / tokens;
    moments.variances[j] = Math.max(0, variance);
    if (!Number.isFinite(variance + moments.squaredNorms[j])) return undefined;
  }
  return moments;
}

/** Sums, and sums of what is left of the mean, of each sample of a group: four float32 values for each column. */
type GroupSums = Record<"sums" | "spreads", Float32Array>;

async function groupSums(
  gpu: Gpu,
  { columns: C, data }: Matrix,
  groups: readonly Group[],
): Promise<GroupSums[]> {
  const [sumsKernel, spreadKernel] = await Promise.all(
    [sumsSource, spreadSource].map((source) => gpu.pipeline(compensated + source, { COLUMNS: C })),
  );
  const results = await gpu.run<string>("gather column statistics", (batch) => {
    const buffers: Record<string, GPUBuffer> = {};
    for (const [g, { samples, panels }] of groups.entries()) {
      const bytes = samples.length * C * SUMS_BYTES;
      const [sums, spreads] = ["sums", "spreads"].map((name) => batch.allocate(bytes, name));
      const parts = panels.map((panel) => ({
        X: batch.upload(data.subarray(panel.start * C, panel.end * C), "inputs"),
        segments: batch.upload(segmentsOf(panel, samples), "segments"),
      }));
      const grid = [Math.ceil(C / THREADS), samples.length] as const;
      const zero = Uint32Array.of(0);
      for (const { X, segments } of parts) {
        batch.dispatch(sumsKernel, [X, segments, sums], grid, zero);
      }
      for (const { X, segments } of parts) {
        batch.dispatch(spreadKernel, [X, segments, sums, spreads], grid, zero);
      }
      Object.assign(buffers, { [`sums ${g}`]: sums, [`spreads ${g}`]: spreads });
    }
    return buffers;
  });
  return groups.map((_, g) => ({
    sums: new Float32Array(results[`sums ${g}`]),
    spreads: new Float32Array(results[`spreads ${g}`]),
  }));
}

/**
 * Takes the inputs of some samples into column statistics on a graphics adapter.
 *
 * @param statistics of the samples so far; stays as it is.
 * @param inputs X [T, C], the tokens of these samples one below the other.
 * @param lengths tokens of each sample, 1 or more; their sum is T.
 * @param options the size of parts.
 * @returns what `addColumnStatistics` gives for one sample after the other, each sum of a sample within one part in a million; squares
 * below 2^-126 may count as 0. A sample with values that are not finite, or whose squares leave float32's range, is summed on the CPU.
 * @throws {RangeError} if the channels are not those of the statistics.
 * @throws {GpuError} if the adapter fails.
 */
export async function columnStatisticsWebgpu(
  gpu: Gpu,
  statistics: ColumnStatistics,
  inputs: Matrix,
  lengths: readonly number[],
  options: PanelOptions = {},
): Promise<ColumnStatistics> {
  checkColumns(statistics, inputs, lengths.length);
  const { columns: C, data } = inputs;
  const groups = groupsOf(gpu, samplesOf(lengths), C, options);
  const found = await groupSums(gpu, inputs, groups);
  let result = statistics;
  for (const [g, { samples }] of groups.entries()) {
    const { sums, spreads } = found[g];
    for (const [s, { start, end }] of samples.entries()) {
      const [from, to] = [s * 4 * C, (s + 1) * 4 * C];
      const tokens = end - start;
      const moments = momentsOf(sums.subarray(from, to), spreads.subarray(from, to), tokens);
      result = moments
        ? takeIn(result, moments, tokens, 1)
        : addColumnStatistics(result, matrix(tokens, C, data.subarray(start * C, end * C)));
    }
  }
  return result;
}
