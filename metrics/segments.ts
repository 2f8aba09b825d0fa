/**
 * Reference translations: one stream (`references[segment]`) or several (`references[stream][segment]`, as in
 * sacreBLEU). `null` marks a segment that a stream does not translate.
 */
export type References = readonly string[] | readonly (readonly (string | null)[])[];

/** Options that every metric of a corpus has. */
export interface CorpusOptions {
  /**
   * What to do when hypotheses and references differ in number: fail, or `"cut"` to the shortest, which is what
   * sacreBLEU does without a word.
   * @default {"error"}
   */
  unequalLengths?: "error" | "cut";
}

/** Hypotheses with the references of each segment. */
export interface AlignedSegments {
  /** Hypotheses, one a segment. */
  readonly hypotheses: readonly string[];
  /** References of each segment, at least one. */
  readonly references: readonly (readonly string[])[];
  /** References per segment, or `"var"` where segments differ in it. */
  readonly referenceCount: number | "var";
}

/**
 * Pairs hypotheses with their references, before any counting.
 * @throws {TypeError} If an argument is not a list of strings.
 * @throws {RangeError} If there is no segment, a segment without reference, or lists of different lengths.
 */
export function alignSegments(
  hypotheses: readonly string[],
  references: References,
  options: CorpusOptions,
): AlignedSegments {
  checkTexts(hypotheses, "hypotheses", false);
  const streams = referenceStreams(references);
  const shortest = Math.min(...streams.map((stream) => stream.length));
  const segments = Math.min(hypotheses.length, shortest);
  if (segments === 0) {
    throw new RangeError(
      `Cannot score ${hypotheses.length} hypotheses against ${shortest} references: there must be at least one segment`,
    );
  }
  const unequal = streams.some((stream) => stream.length !== hypotheses.length);
  if (unequal && options.unequalLengths !== "cut") {
    throw new RangeError(
      `Cannot score ${hypotheses.length} hypotheses against ${
        streams.map((stream) => stream.length).join(" and ")
      } references: each hypothesis needs its reference (unequalLengths: "cut" drops the surplus)`,
    );
  }
  return gather(hypotheses, streams, segments, shortest);
}

function gather(
  hypotheses: readonly string[],
  streams: readonly (readonly (string | null)[])[],
  segments: number,
  shortest: number,
): AlignedSegments {
  const bySegment: string[][] = [];
  for (let s = 0; s < shortest; s++) {
    const texts: string[] = [];
    for (const stream of streams) {
      const text = stream[s];
      if (text !== null) texts.push(text);
    }
    if (texts.length === 0 && s < segments) {
      throw new RangeError(`Cannot score segment ${s}: it has no reference`);
    }
    bySegment.push(texts);
  }
  const counts = new Set(bySegment.map((texts) => texts.length));
  return {
    hypotheses: hypotheses.slice(0, segments),
    references: bySegment.slice(0, segments),
    referenceCount: counts.size === 1 ? bySegment[0].length : "var",
  };
}

function referenceStreams(references: References): readonly (readonly (string | null)[])[] {
  if (!Array.isArray(references) || references.length === 0) {
    throw new RangeError(
      "Cannot score without references: give a list of strings, or a list of such lists",
    );
  }
  if (!Array.isArray(references[0])) {
    checkTexts(references, "references", false);
    return [references as readonly string[]];
  }
  references.forEach((stream, k) => checkTexts(stream, `references[${k}]`, true));
  return references as readonly (readonly (string | null)[])[];
}

function checkTexts(texts: unknown, name: string, nullAllowed: boolean): void {
  if (!Array.isArray(texts)) {
    throw new TypeError(
      `Cannot read ${name} of type ${typeof texts}: it must be a list of strings`,
    );
  }
  texts.forEach((text, s) => {
    if (typeof text !== "string" && !(nullAllowed && text === null)) {
      throw new TypeError(`Cannot read ${name}[${s}] of type ${typeof text}: it must be a string`);
    }
  });
}

/**
 * The references of one sentence as streams of length one.
 * @throws {RangeError} If there is none.
 */
export function sentenceReferences(references: string | readonly string[]): References {
  return typeof references === "string" ? [references] : references.map((text) => [text]);
}
