/**
 * DSnoT in WebAssembly: what `dsnot` and `dsnotRuns` give, to the bit. Rows run on their own (see assembly/dsnot.ts); what couples
 * them, the number of cycles, is settled afterwards. Lists are sorted as far as the cycles can reach, and not before they are used.
 * @module
 */
import type { ColumnStatistics } from "../column_statistics.ts";
import { type DsnotRunsOptions, dsnotRunsSettings } from "../dsnot_nm.ts";
import { type DsnotOptions, type DsnotResult, dsnotSettings } from "../dsnot_options.ts";
import { checkStart, usedUp } from "../dsnot_rows.ts";
import type { Matrix } from "../matrix.ts";
import { checkNorms } from "../wanda.ts";
import type { Work } from "./calls.ts";
import { type DsnotOutcomes, type DsnotTask, emptyOutcomes, runRows } from "./dsnot_pieces.ts";
import type { Space } from "./space.ts";

/** Throws if a list was used up within the cycles: of the first such cycle, in the first row. */
function checkLists({ usedUp: used, length, pruning }: DsnotOutcomes, cycles: number): void {
  let first = -1;
  used.forEach((cycle, row) => {
    if (cycle > 0 && cycle <= cycles && (first < 0 || cycle < used[first])) first = row;
  });
  if (first >= 0) throw usedUp(length[first], pruning[first] === 1 ? "prune" : "regrow");
}

/** Runs all rows, and those again that went on for longer than any other row did. */
function* dsnotRowsWork(space: Space, task: DsnotTask): Work<DsnotResult> {
  const { weight: { rows: R, columns: C }, settings } = task;
  const limit = Math.min(settings.maxCycles, 2 * C + 1); // by then, a list of C columns is used up
  const outcomes = emptyOutcomes(task);
  yield* runRows(space, task, Array.from({ length: R }, (_, row) => row), limit, outcomes);
  const { stopped, usedUp: _, length: _l, pruning: _p, changed, ...result } = outcomes;
  const cycles = stopped.reduce((most, cycle) => Math.max(most, cycle), 0);
  checkLists(outcomes, cycles);
  if (cycles < limit) {
    const late = [...changed.keys()].filter((row) => changed[row] > 0);
    yield* runRows(space, task, late, cycles, outcomes);
  }
  return { ...result, cycles };
}

/**
 * Changes an unstructured mask by DSnoT. The weight goes through a few megabytes of memory piece by piece.
 *
 * @param weight W [R, C]; it is not changed.
 * @param mask [R, C], 1 = kept; it is not changed.
 * @param statistics of the C input channels.
 * @param options as of `dsnot`.
 * @returns what `dsnot` gives.
 * @throws {RangeError} as `dsnot` does.
 */
export function* dsnotWork(
  space: Space,
  weight: Matrix,
  mask: Uint8Array,
  statistics: ColumnStatistics,
  options: Omit<DsnotOptions, "onSwap"> = {},
): Work<DsnotResult> {
  const settings = dsnotSettings(options);
  checkStart(weight, mask, statistics);
  checkNorms(weight, statistics.squaredNorms);
  const norms = statistics.squaredNorms.map(Math.sqrt);
  return yield* dsnotRowsWork(space, { weight, mask, statistics, settings, norms, run: 0 });
}

/**
 * Changes an n:m mask by DSnoT. The weight goes through a few megabytes of memory piece by piece.
 *
 * @param weight W [R, C]; it is not changed.
 * @param mask [R, C], 1 = kept, with n pruned in each run of m; it is not changed.
 * @param statistics of the C input channels.
 * @param options as of `dsnotRuns`.
 * @returns what `dsnotRuns` gives.
 * @throws {RangeError} as `dsnotRuns` does.
 */
export function* dsnotRunsWork(
  space: Space,
  weight: Matrix,
  mask: Uint8Array,
  statistics: ColumnStatistics,
  options: Omit<DsnotRunsOptions, "onSwap">,
): Work<DsnotResult> {
  const { m, metric, ...settings } = dsnotRunsSettings(weight.columns, options);
  checkStart(weight, mask, statistics);
  if (metric === "wanda") checkNorms(weight, statistics.squaredNorms);
  const norms = metric === "wanda"
    ? statistics.squaredNorms.map(Math.sqrt)
    : new Float32Array(weight.columns).fill(1);
  return yield* dsnotRowsWork(space, { weight, mask, statistics, settings, norms, run: m });
}
