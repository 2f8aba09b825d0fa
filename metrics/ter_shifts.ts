/**
 * The shifts of TER: blocks of words are moved as long as that lowers the edit distance, each move costing one edit
 * (Snover et al. 2006, section 3). Which blocks are tried, where they may go and which of equal moves is taken are
 * Tercom's heuristics with sacreBLEU's limits; all of them change scores.
 * @module
 */
import { type EditDistance, Operation } from "./ter_edit_distance.ts";

const MAX_BLOCK = 10;
const MAX_DISTANCE = 50;
const MAX_CANDIDATES = 1000;

/** A block move: `length` words from `start` to before `target`. */
interface Shift {
  gain: number;
  length: number;
  start: number;
  target: number;
}

/** Edits that turn the hypothesis into the reference: shifts, insertions, deletions and substitutions. */
export function countEdits(
  hypothesis: Int32Array,
  reference: Int32Array,
  distance: EditDistance,
): number {
  if (reference.length === 0) return hypothesis.length;
  let words = hypothesis;
  let edits = distance.start(words, reference);
  const tried = { candidates: 0 };
  for (let shifts = 0;; shifts++) {
    const best = bestShift(words, reference, edits, distance, tried);
    if (best === undefined || best.gain <= 0 || tried.candidates >= MAX_CANDIDATES) {
      return shifts + edits;
    }
    const shifted = new Int32Array(words.length);
    move(words, best, shifted);
    words = shifted;
    edits = distance.start(words, reference);
  }
}

/** Which words are wrong, and where in the hypothesis each word of the reference lies, by an alignment. */
interface Alignment {
  /** Position in the hypothesis of each reference word, or of the last one before it (-1 for none). */
  positions: Int32Array;
  referenceWrong: Uint8Array;
  hypothesisWrong: Uint8Array;
}

function readAlignment(trace: readonly number[], n: number, m: number): Alignment {
  const positions = new Int32Array(m);
  const referenceWrong = new Uint8Array(m);
  const hypothesisWrong = new Uint8Array(n);
  let [i, j] = [-1, -1];
  for (const operation of trace) {
    const wrong = operation === Operation.match ? 0 : 1;
    if (operation !== Operation.insert) hypothesisWrong[++i] = wrong;
    if (operation !== Operation.delete) {
      referenceWrong[++j] = wrong;
      positions[j] = i;
    }
  }
  return { positions, referenceWrong, hypothesisWrong };
}

/** A block of hypothesis words that equals a block of the reference elsewhere. */
interface Block {
  start: number;
  referenceStart: number;
  length: number;
}

/** Blocks worth moving: a wrong word in them, a wrong one where they belong, and not aligned with themselves. */
function* misplacedBlocks(
  words: Int32Array,
  reference: Int32Array,
  { positions, referenceWrong, hypothesisWrong }: Alignment,
): Generator<Block> {
  const [n, m] = [words.length, reference.length];
  for (let start = 0; start < n; start++) {
    const last = Math.min(m - 1, start + MAX_DISTANCE);
    for (let r = Math.max(0, start - MAX_DISTANCE); r <= last; r++) {
      const longest = Math.min(MAX_BLOCK, n - start, m - r);
      let [wordsWrong, placeWrong] = [0, 0];
      for (let length = 1; length <= longest; length++) {
        if (words[start + length - 1] !== reference[r + length - 1]) break;
        wordsWrong |= hypothesisWrong[start + length - 1];
        placeWrong |= referenceWrong[r + length - 1];
        const alignedInside = positions[r] >= start && positions[r] < start + length;
        if (wordsWrong && placeWrong && !alignedInside) yield { start, referenceStart: r, length };
      }
    }
  }
}

/** The best shift of those tried, or `undefined` if no block qualifies; adds to the number of candidates tried. */
function bestShift(
  words: Int32Array,
  reference: Int32Array,
  edits: number,
  distance: EditDistance,
  tried: { candidates: number },
): Shift | undefined {
  const alignment = readAlignment(distance.alignment(), words.length, reference.length);
  const shifted = new Int32Array(words.length);
  let best: Shift | undefined;
  for (const { start, referenceStart, length } of misplacedBlocks(words, reference, alignment)) {
    let previous = -1;
    for (let r = referenceStart - 1; r < referenceStart + length; r++) {
      const target = r < 0 ? 0 : alignment.positions[r] + 1;
      if (target === previous) continue;
      previous = target;
      const shift = { gain: 0, length, start, target };
      const { lo, hi } = move(words, shift, shifted);
      shift.gain = edits - distance.distanceOf(shifted, lo, hi);
      tried.candidates++;
      if (best === undefined || isBetter(shift, best)) best = shift;
    }
    if (tried.candidates >= MAX_CANDIDATES) break;
  }
  return best;
}

/** Higher gain first, then longer block, then earlier start, then earlier target. */
function isBetter(a: Shift, b: Shift): boolean {
  if (a.gain !== b.gain) return a.gain > b.gain;
  if (a.length !== b.length) return a.length > b.length;
  if (a.start !== b.start) return a.start < b.start;
  return a.target < b.target;
}

/** Writes the shifted words; returns the range that may differ. A target inside the block moves it by target - start. */
function move(words: Int32Array, shift: Shift, shifted: Int32Array): { lo: number; hi: number } {
  const { start, length, target } = shift;
  const end = start + length;
  shifted.set(words);
  if (target < start) {
    shifted.set(words.subarray(start, end), target);
    shifted.set(words.subarray(target, start), target + length);
    return { lo: target, hi: end };
  }
  const stop = target > end ? target : Math.min(words.length, target + length);
  shifted.set(words.subarray(end, stop), start);
  shifted.set(words.subarray(start, end), start + stop - end);
  return { lo: start, hi: stop };
}
