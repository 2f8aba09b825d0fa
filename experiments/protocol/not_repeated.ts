/**
 * What the `study` protocol leaves out, and why.
 * @module
 */

/** Something that is not repeated. */
export interface NotRepeated {
  /** What the study did, and why it is not repeated, in one sentence. */
  readonly sentence: string;
  /** Whether it is read from code or logs, or inferred from what they show. */
  readonly evidence: "read" | "inferred";
}

/** What the `study` protocol does not repeat. */
export const NOT_REPEATED: readonly NotRepeated[] = [
  {
    sentence:
      "Sampling inside beam search is not repeated: it is inferred, from three runs of one command that gave 17.99, 17.64 and 17.94 BLEU, and the setting itself is not in the repositories.",
    evidence: "inferred",
  },
  {
    sentence:
      "The memory of pruned weights with their zeros stored (12852 MiB) is not repeated: bytes are those of the form that is stored, and the memory table has the study's arithmetic beside them.",
    evidence: "read",
  },
  {
    sentence:
      "GPU memory after generation, without the cache, or with buffers and a calibration buffer that was left over, is not repeated: it depends on the device's allocator.",
    evidence: "read",
  },
  {
    sentence:
      "SmoothQuant's activation scales cannot be repeated, neither they nor what made them being in the repositories: its calibration is the sound protocol's.",
    evidence: "read",
  },
  {
    sentence:
      "Wanda + GPTQ is calibrated once, as pruning is; the study saved the pruned model and calibrated GPTQ by itself.",
    evidence: "read",
  },
  {
    sentence:
      "Different GPUs for different methods, and the caption that calls seconds per batch seconds per token, are not repeated: both times are shown under their own names.",
    evidence: "read",
  },
];
