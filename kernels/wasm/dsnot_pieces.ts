/**
 * Rows of a weight through DSnoT's kernel, to a limit of cycles.
 * @module
 */
import type { ColumnStatistics } from "../column_statistics.ts";
import type { DsnotResult, DsnotSettings } from "../dsnot_options.ts";
import { spreadOf } from "../dsnot_rows.ts";
import type { Matrix } from "../matrix.ts";
import { parts, type Work } from "./calls.ts";
import { layOut, reserve } from "./module.ts";
import { bytes, floats, integers, type Space } from "./space.ts";
import { rowPieces } from "./wanda.ts";

/** 32-bit numbers of the settings and of a row's outcome. */
const SETTINGS_LENGTH = 8;
const OUTCOME_LENGTH = 8;

/** What a run is about. */
export interface DsnotTask {
  readonly weight: Matrix;
  readonly mask: Uint8Array;
  readonly statistics: ColumnStatistics;
  readonly settings: DsnotSettings;
  /** ‖X_j‖₂, or ones where the metric is the magnitude [C]. */
  readonly norms: Float32Array;
  /** Columns of a run; 0 if the mask is unstructured. */
  readonly run: number;
}

/** A result, and of each row what the kernel says of its end [R]. */
export interface DsnotOutcomes extends Omit<DsnotResult, "cycles"> {
  /** The cycle in which it stopped, or the limit. */
  readonly stopped: Int32Array;
  /** The cycle in which a list was used up, or 0; that list's columns, and 1 if it is the one to prune. */
  readonly usedUp: Int32Array;
  readonly length: Int32Array;
  readonly pruning: Int32Array;
  /** The first cycle in which it changed its mask though it had stopped, or 0. */
  readonly changed: Int32Array;
}

/** Outcomes of a task that has not begun. */
export function emptyOutcomes({ weight: { rows: R }, mask }: DsnotTask): DsnotOutcomes {
  return {
    mask: new Uint8Array(mask),
    errorsBefore: new Float32Array(R),
    errorsAfter: new Float32Array(R),
    swaps: new Uint32Array(R),
    stopped: new Int32Array(R),
    usedUp: new Int32Array(R),
    length: new Int32Array(R),
    pruning: new Int32Array(R),
    changed: new Int32Array(R),
  };
}

/** Takes over what came of a row. */
function takeOutcome(outcomes: DsnotOutcomes, row: number, words: Int32Array): void {
  const [errorBefore, errorAfter] = new Float32Array(words.buffer, words.byteOffset, 2);
  outcomes.errorsBefore[row] = errorBefore;
  outcomes.errorsAfter[row] = errorAfter;
  const names = ["swaps", "stopped", "usedUp", "length", "pruning", "changed"] as const;
  names.forEach((name, i) => outcomes[name][row] = words[2 + i]);
}

function place(space: Space, { weight: { rows: R, columns: C } }: DsnotTask) {
  const { piece, call } = rowPieces(R, C);
  const threadBytes = space.kernels.dsnotBytes(C);
  const at = layOut(space.begin, {
    settings: SETTINGS_LENGTH * 4,
    sums: C * 4,
    spread: C * 4,
    norms: C * 4,
    outcomes: piece * OUTCOME_LENGTH * 4,
    weight: piece * C * 4,
    mask: piece * C,
    work: space.threads * threadBytes,
  });
  reserve(space.kernels, at.end, `run DSnoT on a weight [${R}, ${C}]`);
  return { piece, call, threadBytes, at };
}

/**
 * Runs rows to the limit, from the task's mask, and keeps what came of them.
 *
 * @param rows which rows.
 * @param limit most cycles.
 * @param outcomes of all rows; those of these rows are changed.
 */
export function* runRows(
  space: Space,
  task: DsnotTask,
  rows: readonly number[],
  limit: number,
  outcomes: DsnotOutcomes,
): Work<void> {
  const { weight: { columns: C, data }, statistics, settings, run } = task;
  const { piece, call, threadBytes, at } = place(space, task);
  const rules = (settings.sameSign ? 1 : 0) + (settings.stoppedRowsRest ? 2 : 0);
  integers(space, at.settings, 4).set([C, run, limit, rules]);
  floats(space, at.settings + 16, 1)[0] = settings.updateThreshold;
  integers(space, at.settings + 20, 3).set([at.sums, at.spread, at.norms]);
  floats(space, at.sums, C).set(statistics.sums);
  floats(space, at.spread, C).set(spreadOf(statistics, settings.powerOfVariance));
  floats(space, at.norms, C).set(task.norms);
  for (const [first, last] of parts(rows.length, piece)) {
    const some = rows.slice(first, last);
    const [weights, masks] = [
      floats(space, at.weight, piece * C),
      bytes(space, at.mask, piece * C),
    ];
    some.forEach((row, i) => {
      weights.set(data.subarray(row * C, (row + 1) * C), i * C);
      masks.set(task.mask.subarray(row * C, (row + 1) * C), i * C);
    });
    yield [...parts(some.length, call)].map(([from, to]) => {
      const places = [
        at.weight + from * C * 4,
        at.mask + from * C,
        at.outcomes + from * OUTCOME_LENGTH * 4,
      ];
      return { name: "runDsnot", args: [to - from, at.settings, ...places, at.work, threadBytes] };
    });
    const words = integers(space, at.outcomes, some.length * OUTCOME_LENGTH);
    some.forEach((row, i) => {
      outcomes.mask.set(masks.subarray(i * C, (i + 1) * C), row * C);
      takeOutcome(outcomes, row, words.subarray(i * OUTCOME_LENGTH, (i + 1) * OUTCOME_LENGTH));
    });
  }
}
