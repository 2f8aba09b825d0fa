/**
 * What is said where a claim speaks of COMET.
 * @module
 */

/** Of a claim about BLEU and COMET: which part is judged. */
export const ONLY_BLEU = "BLEU only";

/** Of a claim about COMET: why it cannot be tested. BLEU and chrF have other scales and are no stand-in for it. */
export const NO_COMET =
  "it is about COMET alone: the verdicts rest on BLEU, Table 1 shows COMET where its model is there";
