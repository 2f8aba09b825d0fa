/**
 * Where a COMET model and its tokenizer lie.
 * @module
 */
import { requireFetched } from "../../data/fetched.ts";
import { isFile } from "../files.ts";

const MODEL_FILES = ["hparams.yaml", "checkpoints/model.safetensors"];
const TOKENIZER_FILES = ["sentencepiece.bpe.model", "tokenizer.json"];

/**
 * The folder of COMET-22, once it has been fetched.
 *
 * @throws {Error} If it is not fetched; the message says which command fetches it.
 */
export async function fetchedCometFolder(): Promise<string> {
  return await requireFetched("wmt22-comet-da", MODEL_FILES);
}

/**
 * The model's own folder if a tokenizer is there, else the fetched one of its encoder. XLM-RoBERTa's sizes share one tokenizer.
 *
 * @param pretrainedModel the encoder's name in `hparams.yaml`.
 * @throws {RangeError} If the encoder is not known, so that nothing tells which tokenizer is meant.
 * @throws {Error} If the tokenizer is not fetched; the message says which command fetches it.
 */
export async function cometTokenizerFolder(
  folder: string,
  pretrainedModel: string,
): Promise<string> {
  for (const file of TOKENIZER_FILES) {
    if (await isFile(`${folder}/${file}`)) return folder;
  }
  if (/^(FacebookAI\/)?xlm-roberta-(base|large)$/.test(pretrainedModel)) {
    return await requireFetched("xlm-roberta-large", [TOKENIZER_FILES[0]]);
  }
  throw new RangeError(
    `Cannot load COMET from ${folder}: the tokenizer of encoder ${pretrainedModel} is not known, so pass tokenizerFolder`,
  );
}
