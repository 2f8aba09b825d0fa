/**
 * How the study measured where a sound protocol measures otherwise, and the settings it used where a method's authors use others: each as
 * a switch.
 *
 * Read from the study's public code (github.com/JortVincenti/ALMA and github.com/MatteoNulli/gptq) and from its logs. All of them are easy
 * to get wrong; none is visible in the printed numbers.
 * @module
 */

/** Names of the switches. */
export type QuirkId =
  | "chinese-13a"
  | "reference-newline"
  | "comet-prompt-source"
  | "character-cut"
  | "study-batches"
  | "trimmed-times"
  | "calibration-rows"
  | "prompt-only"
  | "padding"
  | "gptq-defaults"
  | "nf4-double-quantization"
  | "smoothquant-alpha"
  | "dsnot-attention-only";

/** What a quirk acts on. */
export type QuirkPlace = "scoring" | "translation" | "time" | "calibration" | "compression";

/** One way in which the study's protocol differs. */
export interface Quirk {
  /** Its name for options and rows. */
  readonly id: QuirkId;
  /** What it acts on. */
  readonly where: QuirkPlace;
  /** What is done while it is on, in one sentence. */
  readonly sentence: string;
  /** Where the study's code or logs show it. */
  readonly source: string;
  /** Whether the package's own recipes choose the same in the `sound` protocol, because it is the method that the study names. */
  readonly inRecipes: boolean;
}

/** All quirks, in the order in which an experiment meets them from its end: scoring first, compression last. */
export const QUIRKS: readonly Quirk[] = [
  {
    id: "chinese-13a",
    where: "scoring",
    sentence:
      "BLEU of Chinese is computed with the tokenizer 13a, which takes a clause without spaces for one word; sacreBLEU's for Chinese is zh.",
    source: "DSnoT/lib/eval_alma.py, eval.py: corpus_bleu without a tokenizer or a target language",
    inRecipes: false,
  },
  {
    id: "reference-newline",
    where: "scoring",
    sentence:
      "References end in a line break; BLEU and chrF do not see it, COMET's reference holds it.",
    source: "DSnoT/lib/eval_alma.py, eval.py: targets are the reference and a line break",
    inRecipes: false,
  },
  {
    id: "comet-prompt-source",
    where: "scoring",
    sentence: "COMET is given the whole prompt as the source, not the sentence.",
    source: 'DSnoT/lib/eval_alma.py: {"src": prompt, "mt": translation, "ref": target}',
    inRecipes: false,
  },
  {
    id: "character-cut",
    where: "translation",
    sentence:
      "A translation is the decoded output from the prompt's number of characters on, with all its lines; nothing is cut at the first line break.",
    source: "DSnoT/lib/eval_alma.py, eval.py: output[len(prompt):].strip()",
    inRecipes: false,
  },
  {
    id: "study-batches",
    where: "translation",
    sentence:
      "Sentences are batched in the order of the file, 8 together and 4 for a pruned model, and fewer where the longest source line so far and the next have together more tokens than may be generated.",
    source: "DSnoT/lib/eval_alma.py, eval.py: dynamic_batching; the logged numbers of batches",
    inRecipes: false,
  },
  {
    id: "trimmed-times",
    where: "time",
    sentence:
      "Seconds per batch are the mean of the batches within one standard deviation of the mean; slower and faster ones are left out.",
    source: "DSnoT/lib/eval_alma.py: abs(times - mean) < std",
    inRecipes: false,
  },
  {
    id: "calibration-rows",
    where: "calibration",
    sentence:
      "Pruning is calibrated on sentences from Czech into English only, drawn with replacement; GPTQ on a draw from Czech, German, Russian and Chinese into English.",
    source: "DSnoT/lib/data.py, DSnoT/lib/prune.py (branch pruning); alma.py (MatteoNulli/gptq)",
    inRecipes: false,
  },
  {
    id: "prompt-only",
    where: "calibration",
    sentence: "Calibration samples are prompts without their translations.",
    source:
      "DSnoT/lib/data.py (branch pruning): targets are tokenized and not used; alma.py (MatteoNulli/gptq)",
    inRecipes: false,
  },
  {
    id: "padding",
    where: "calibration",
    sentence:
      "For pruning, each sample's states are padded with zeros to 2,048 positions (or to all that the model has), padding may be attended to, and the mask and positions of the last sample serve all.",
    source: "DSnoT/lib/prune.py (branch pruning): prepare_calibration_input",
    inRecipes: false,
  },
  {
    id: "gptq-defaults",
    where: "compression",
    sentence:
      "GPTQ has its library's defaults: groups of 128, symmetric, damping 0.1, linear layers one after another on inputs from the compressed ones.",
    source:
      "alma.py (MatteoNulli/gptq): GPTQConfig(bits, dataset, tokenizer); the other arguments are not used",
    inRecipes: true,
  },
  {
    id: "nf4-double-quantization",
    where: "compression",
    sentence: "NF4 has blocks of 64 and quantises their scales once more.",
    source: "DSnoT/main_eval_file.py: BitsAndBytesConfig with nf4 and double quantisation",
    inRecipes: true,
  },
  {
    id: "smoothquant-alpha",
    where: "compression",
    sentence: "SmoothQuant's alpha is 0.85.",
    source: "DSnoT/main_eval_file.py: smooth_lm with alpha 0.85",
    inRecipes: true,
  },
  {
    id: "dsnot-attention-only",
    where: "compression",
    sentence:
      "DSnoT refines the attention's masks only; those of the feed-forward part stay Wanda's.",
    source: "DSnoT/main.py: skip_layer has the default mlp",
    inRecipes: true,
  },
];

/** The names of all quirks. */
export const QUIRK_IDS: readonly QuirkId[] = QUIRKS.map(({ id }) => id);

/**
 * The quirk of a name.
 *
 * @throws {RangeError} If there is none; the message lists the names.
 */
export function findQuirk(name: string): Quirk {
  const quirk = QUIRKS.find(({ id }) => id === name);
  if (quirk) return quirk;
  throw new RangeError(
    `Cannot use quirk ${JSON.stringify(name)}: it must be one of ${QUIRK_IDS.join(", ")}`,
  );
}
