// @ts-nocheck AssemblyScript: compiled by build.ts, not run by Deno.
// deno-lint-ignore-file
/**
 * DSnoT's cycles, row by row. Rows are coupled by one thing alone: those that have stopped go on writing until all have. So each row
 * runs to the limit and says in which cycle it stopped and in which it first changed its mask after that; a row that would have
 * been stopped earlier by the others, and did change it, is run again with a lower limit.
 * @module
 */
import {
  beginRow,
  placeRow,
  Row,
  Settings,
  takeOfRun,
  takePruned,
  takeRegrown,
} from "./dsnot_row.ts";

/** What came of a row, as it lies in memory: eight numbers of 32 bits. */
@unmanaged
class Outcome {
  errorBefore: f32;
  errorAfter: f32;
  swaps: i32;
  /** The cycle in which it stopped, or the limit. */
  stopped: i32;
  /** The cycle in which one of its lists was used up, or 0; that list's columns, and whether it is the one to prune. */
  usedUp: i32;
  length: i32;
  pruning: i32;
  /** The first cycle in which it changed its mask though it had stopped before, or 0. */
  changed: i32;
}

/** The rule by which a swap is accepted. The threshold is for the error before it, the sign for the error after it. */
function accepts(row: Row, after: f32, before: f32): bool {
  const settings = changetype<Settings>(row.settings);
  if (!(abs(row.error) > settings.threshold)) return false;
  if (!(settings.rules & 1)) return true;
  return before > 0 ? after > 0 : after < 0; // a row that begins with 0 is at the threshold
}

/** Keeps p and prunes r; gives whether that changed anything. */
function undo(row: Row, p: i32, r: i32): bool {
  const atP = row.mask + <usize> p, atR = row.mask + <usize> r;
  const p0 = load<u8>(atP), r0 = load<u8>(atR);
  store<u8>(atP, 1); // in this order: p and r can be the same column
  store<u8>(atR, 0);
  return load<u8>(atP) !== p0 || load<u8>(atR) !== r0;
}

/** Runs one row. */
function runRow(row: Row, outcome: Outcome): void {
  const settings = changetype<Settings>(row.settings);
  const limit = settings.limit, rest = settings.rules & 2;
  const before = row.error;
  let alive = true;
  let swaps = 0, stopped = limit, changed = 0;
  outcome.usedUp = 0;
  for (let cycle = 1; cycle <= limit; cycle++) {
    const r = takeRegrown(row);
    const p = r < 0 ? -1 : settings.run ? takeOfRun(row, r) : takePruned(row);
    if (p < 0) {
      outcome.usedUp = cycle;
      outcome.pruning = <i32> (r >= 0);
      outcome.length = r < 0 ? settings.columns : row.kept;
      break;
    }
    if (!alive) {
      if (undo(row, p, r) && changed === 0) changed = cycle;
      continue;
    }
    const after = row.error + load<f32>(row.M + (<usize> p << 2)) -
      load<f32>(row.M + (<usize> r << 2));
    if (accepts(row, after, before)) {
      store<u8>(row.mask + <usize> p, 0);
      store<u8>(row.mask + <usize> r, 1);
      row.error = after;
      swaps++;
      continue;
    }
    alive = false;
    stopped = cycle;
    if (rest) break;
    undo(row, p, r);
  }
  outcome.errorBefore = before;
  outcome.errorAfter = row.error;
  outcome.swaps = swaps;
  outcome.stopped = stopped;
  outcome.changed = changed;
}

/** Runs rows of W [rows, C] and changes their mask [rows, C]. */
export function runRows(
  rows: i32,
  settings: usize,
  weight: usize,
  mask: usize,
  outcomes: usize,
  work: usize,
): void {
  const row = placeRow(changetype<Settings>(settings), work);
  const columns = <usize> changetype<Settings>(settings).columns;
  for (let i = 0; i < rows; i++) {
    beginRow(row, weight, mask);
    runRow(row, changetype<Outcome>(outcomes));
    weight += columns << 2;
    mask += columns;
    outcomes += offsetof<Outcome>();
  }
}
