/**
 * The formats of other people's programs that a model can be exported to.
 * @module
 */

/**
 * A format:
 * - `"gptq"`, `"gptq_v2"`: integers as AutoGPTQ and GPTQModel keep them;
 * - `"bnb-nf4"`: NF4 as bitsandbytes keeps it;
 * - `"compressed-tensors"`: integers in its pack-quantized form;
 * - `"transformers.js"`: an ONNX folder;
 * - `"safetensors"`: dense weights.
 */
export type ExportFormat =
  | "gptq"
  | "gptq_v2"
  | "bnb-nf4"
  | "compressed-tensors"
  | "transformers.js"
  | "safetensors";

/** All formats. */
export const EXPORT_FORMATS: readonly ExportFormat[] = [
  "gptq",
  "gptq_v2",
  "bnb-nf4",
  "compressed-tensors",
  "transformers.js",
  "safetensors",
];

/**
 * Reads a format's name.
 *
 * @throws {RangeError} if there is no such format; the message lists them.
 */
export function parseExportFormat(name: string): ExportFormat {
  const format = EXPORT_FORMATS.find((known) => known === name);
  if (format !== undefined) return format;
  throw new RangeError(
    `Cannot export as ${JSON.stringify(name)}: the formats are ${EXPORT_FORMATS.join(", ")}`,
  );
}
