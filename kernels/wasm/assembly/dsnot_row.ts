// @ts-nocheck AssemblyScript: compiled by build.ts, not run by Deno.
// deno-lint-ignore-file
/**
 * What DSnoT knows of one row: M, its error, and keys by which its columns are listed once a list is taken from.
 * @module
 */
import { INFINITY_KEY, magnitudeKeys, NO_KEY, orderKeys, smallest } from "./keys.ts";

/** What all rows of a call share, as it lies in memory: eight numbers of 32 bits. */
@unmanaged
export class Settings {
  columns: i32;
  /** Columns of a run of an n:m mask; 0 if it is unstructured. */
  run: i32;
  /** Most cycles, and so most columns taken from an end of a list. */
  limit: i32;
  /** Bit 0: a row stops rather than let its error change sign. Bit 1: stopped rows rest. */
  rules: i32;
  threshold: f32;
  /** S [C], float32. */
  sums: usize;
  /** var^p [C], float32. */
  spread: usize;
  /** ‖X_j‖₂ [C], or ones for a metric of |W|, float32. */
  norms: usize;
}

/** A row in work. Its width are its columns, rounded up to 4; what fills it up is never listed. */
@unmanaged
export class Row {
  settings: usize;
  weight: usize;
  mask: usize;
  /** [width] float32. */
  M: usize;
  /** [lists][width], numbers of 32 bits. */
  keys: usize;
  /** [lists][width], numbers of 64 bits. */
  lists: usize;
  width: i32;
  error: f32;
  /** Kept columns, and how many of them have M < 0 and M > 0. */
  kept: i32;
  negative: i32;
  positive: i32;
  /** The kept column with the smallest metric, which stands where M is 0; -1 if there is no such place. */
  filler: i32;
  /** A bit for each list that is made. */
  made: i32;
  /** Columns taken so far from the ends of both lists. */
  regrowFront: i32;
  regrowBack: i32;
  pruneFront: i32;
  pruneBack: i32;
}

/** All columns, by M / var^p of the pruned and 0 of the kept ones: from the front, and from the back. */
const FRONT: i32 = 0;
const BACK: i32 = 1;
/** Kept columns by metric: those with M < 0 and those with M > 0; for n:m masks the first place has all keys by column. */
const NEGATIVE: i32 = 2;
const POSITIVE: i32 = 3;
const LISTS: i32 = 4;

/** Bytes of work that a row of so many columns needs. */
export function rowBytes(columns: i32): usize {
  const width = <usize> ((columns + 3) & ~3);
  return offsetof<Row>() + 16 + width * 4 * <usize> (1 + LISTS) + width * 8 * <usize> LISTS;
}

/** Makes the row at `work`. */
export function placeRow(settings: Settings, work: usize): Row {
  const row = changetype<Row>(work);
  row.settings = changetype<usize>(settings);
  row.width = (settings.columns + 3) & ~3;
  const width = <usize> row.width;
  row.M = (work + offsetof<Row>() + 15) & ~15;
  row.keys = row.M + width * 4;
  row.lists = row.keys + width * 4 * <usize> LISTS;
  return row;
}

function keysOf(row: Row, list: i32): usize {
  return row.keys + (<usize> list * <usize> row.width << 2);
}

/** Adds four values one after the other. */
function addFour(sum: f64, four: v128): f64 {
  sum += <f64> f32x4.extract_lane(four, 0);
  sum += <f64> f32x4.extract_lane(four, 1);
  sum += <f64> f32x4.extract_lane(four, 2);
  return sum + <f64> f32x4.extract_lane(four, 3);
}

function trueLanes(lanes: v128): i32 {
  return popcnt(i32x4.bitmask(lanes));
}

/** The kept column with the smallest metric. */
function smallestKept(row: Row): i32 {
  const settings = changetype<Settings>(row.settings);
  let best = -1, least = NO_KEY;
  for (let j = 0; j < settings.columns; j++) {
    const at = <usize> j << 2;
    if (!load<u8>(row.mask + <usize> j)) continue;
    const metric = abs(load<f32>(row.weight + at)) * load<f32>(settings.norms + at);
    const key = i32x4.extract_lane(magnitudeKeys(f32x4.splat(metric)), 0);
    if (key < least) {
      least = key;
      best = j;
    }
  }
  return best;
}

/** Begins with a row of W and of the mask: M, the error, and the keys of all lists. May read 12 bytes behind each. */
export function beginRow(row: Row, weight: usize, mask: usize): void {
  const settings = changetype<Settings>(row.settings);
  const none = i32x4.splat(NO_KEY), zero = i32x4.splat(0), end = i32x4.splat(settings.columns);
  const front = keysOf(row, FRONT), back = keysOf(row, BACK) + (<usize> row.width << 2);
  const negatives = keysOf(row, NEGATIVE), positives = keysOf(row, POSITIVE);
  let column = i32x4(0, 1, 2, 3);
  let sum: f64 = 0;
  let kept = 0, negative = 0, positive = 0;
  for (let j: usize = 0; j < <usize> row.width; j += 4) {
    const at = j << 2;
    const inside = i32x4.lt_s(column, end);
    column = i32x4.add(column, i32x4.splat(4));
    const w = v128.load(weight + at);
    const M = f32x4.mul(w, v128.load(settings.sums + at));
    v128.store(row.M + at, M);
    const bytes = i16x8.extend_low_i8x16_u(v128.load32_zero(mask + j));
    const isKept = v128.and(inside, i32x4.ne(i32x4.extend_low_i16x8_u(bytes), zero));
    const missing = v128.andnot(v128.and(M, inside), isKept);
    sum = addFour(sum, missing);
    const key = orderKeys(f32x4.div(missing, v128.load(settings.spread + at)));
    v128.store(front + at, v128.bitselect(key, none, inside));
    const fromBack = v128.bitselect(v128.not(key), none, inside);
    v128.store(back - at - 16, v128.shuffle<i32>(fromBack, fromBack, 3, 2, 1, 0));
    const metric = magnitudeKeys(f32x4.mul(f32x4.abs(w), v128.load(settings.norms + at)));
    kept += trueLanes(isKept);
    if (settings.run) {
      v128.store(negatives + at, v128.bitselect(metric, i32x4.splat(INFINITY_KEY), isKept));
      continue;
    }
    const below = v128.and(isKept, f32x4.lt(M, zero)), above = v128.and(isKept, f32x4.gt(M, zero));
    v128.store(negatives + at, v128.bitselect(metric, none, below));
    v128.store(positives + at, v128.bitselect(metric, none, above));
    negative += trueLanes(below);
    positive += trueLanes(above);
  }
  row.weight = weight;
  row.mask = mask;
  row.error = <f32> sum;
  row.kept = kept;
  row.negative = negative;
  row.positive = positive;
  row.filler = kept > negative + positive && !settings.run ? smallestKept(row) : -1;
  row.made =
    row.regrowFront =
    row.regrowBack =
    row.pruneFront =
    row.pruneBack =
      0;
}

/** The column at a place of a list; the first time, the list's first `length` places are made. */
function listed(row: Row, list: i32, length: i32, place: i32): i32 {
  const at = row.lists + (<usize> list * <usize> row.width << 3);
  if (!(row.made & (1 << list))) {
    smallest(keysOf(row, list), row.width, length, at);
    row.made |= 1 << list;
  }
  return load<i32>(at + (<usize> place << 3));
}

/** The next column to bring back, or -1 if the list is used up. */
export function takeRegrown(row: Row): i32 {
  const settings = changetype<Settings>(row.settings);
  const length = min(settings.limit, settings.columns);
  if (row.error > 0) {
    const place = row.regrowBack++;
    return place < settings.columns ? row.width - 1 - listed(row, BACK, length, place) : -1;
  }
  const place = row.regrowFront++;
  return place < settings.columns ? listed(row, FRONT, length, place) : -1;
}

/** The next kept column to prune, or -1 if the list is used up: negative ones from the front, positive ones from the back. */
export function takePruned(row: Row): i32 {
  const limit = changetype<Settings>(row.settings).limit;
  const taken = row.error < 0 ? row.pruneBack++ : row.pruneFront++;
  const kept = row.kept, negative = row.negative, positive = row.positive;
  if (taken >= kept) return -1;
  const place = row.error < 0 ? kept - 1 - taken : taken;
  if (place < negative) { // from the back only where all are made
    return listed(row, NEGATIVE, kept - limit < negative ? negative : min(limit, negative), place);
  }
  if (place >= kept - positive) {
    const length = limit > kept - positive ? positive : min(limit, positive);
    return listed(row, POSITIVE, length, kept - 1 - place);
  }
  return row.filler;
}

/** The smallest that is left of the run in which a column comes back; it is not chosen again. */
export function takeOfRun(row: Row, regrown: i32): i32 {
  const run = changetype<Settings>(row.settings).run;
  const keys = keysOf(row, NEGATIVE);
  const start = regrown - regrown % run;
  let best = start;
  for (let j = start + 1; j < start + run; j++) {
    if (load<i32>(keys + (<usize> j << 2)) < load<i32>(keys + (<usize> best << 2))) best = j;
  }
  store<i32>(keys + (<usize> best << 2), INFINITY_KEY);
  return best;
}
