/**
 * `hparams.yaml` of a COMET checkpoint: what kind of model it is. Only COMET-22's kind is implemented; any other setting that
 * could change a score is refused by its name.
 * @module
 */
import { parse } from "yaml";
import { Fields } from "../json_fields.ts";
import { isJsonObject } from "../strict_json.ts";

/** What of `hparams.yaml` a score depends on and is not the same for all models that are implemented. */
export interface CometHparams {
  /** Name of the encoder that was trained on, such as `"xlm-roberta-large"`; it tells the tokenizer. */
  readonly pretrainedModel: string;
  /** Widths of the estimator's hidden layers. */
  readonly hiddenSizes: readonly number[];
}

/** Settings that must be as in COMET-22, and each one's value there. */
const FIXED = {
  class_identifier: "regression_metric",
  encoder_model: "XLM-RoBERTa",
  layer: "mix",
  layer_transformation: "sparsemax",
  layer_norm: false,
  pool: "avg",
} as const;

/**
 * Reads the settings. Those of the training are passed over.
 *
 * @param text content of `hparams.yaml`.
 * @param file its name, for errors.
 * @throws {SyntaxError} If it is no YAML mapping.
 * @throws {RangeError} If a setting is missing or has a value that is not implemented; the message names it.
 */
export function parseCometHparams(text: string, file: string): CometHparams {
  const fields = new Fields(mapping(text, file), file);
  for (const [key, value] of Object.entries(FIXED)) {
    // the package's defaults are others, so that nothing may be left out
    if (fields.json[key] === undefined) throw fields.fail(key, JSON.stringify(value));
    fields.only(key, value);
  }
  const activation = fields.get("activations");
  if (typeof activation !== "string" || activation.toLowerCase() !== "tanh") {
    throw fields.fail("activations", `"Tanh", the only kind that is implemented`);
  }
  if (fields.get("final_activation", null) !== null) {
    throw fields.fail("final_activation", "null, the only kind that is implemented");
  }
  const pretrainedModel = fields.get("pretrained_model");
  if (typeof pretrainedModel !== "string" || pretrainedModel === "") {
    throw fields.fail("pretrained_model", "the name of an encoder");
  }
  return { pretrainedModel, hiddenSizes: sizes(fields, "hidden_sizes") };
}

function mapping(text: string, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0 });
  } catch (cause) {
    const reason = (cause as Error).message.split("\n")[0];
    throw new SyntaxError(`Cannot read ${file}: it must be YAML, but ${reason}`, { cause });
  }
  if (isJsonObject(value)) return value;
  throw new SyntaxError(`Cannot read ${file}: it must hold a mapping`);
}

function sizes(fields: Fields, key: string): number[] {
  const value = fields.get(key);
  const isSize = (size: unknown): size is number => Number.isSafeInteger(size) && Number(size) > 0;
  if (Array.isArray(value) && value.length > 0 && value.every(isSize)) return value;
  throw fields.fail(key, "a list of whole numbers of at least 1");
}
