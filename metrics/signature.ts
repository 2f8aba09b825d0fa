import { METRICS_VERSION } from "./version.ts";

/** Values of a signature; `true` and `false` are written as `yes` and `no`. */
export type SignatureValue = string | number | boolean;

/**
 * Writes the settings that can change a score as sacreBLEU does: `key:value` joined by `|`, the number of references
 * first and the version last. The fields and their order are sacreBLEU's; the version names this package, because
 * this is not sacreBLEU.
 * @param references References per segment, or `"var"` where segments differ in it.
 * @param fields The metric's own settings, in the order in which they are printed.
 */
export function metricSignature(
  references: number | "var",
  fields: Readonly<Record<string, SignatureValue>>,
): string {
  return formatFields([["nrefs", references], ...Object.entries(fields), [
    "version",
    METRICS_VERSION,
  ]]);
}

/**
 * Inserts the settings of a resampling (`bs`, `ar`, `seed`) after the number of references, where sacreBLEU has them.
 * @throws {SyntaxError} If `signature` does not begin with the number of references.
 */
export function extendSignature(
  signature: string,
  fields: Readonly<Record<string, SignatureValue>>,
): string {
  const [references, ...rest] = signature.split("|");
  if (!references.startsWith("nrefs:")) {
    throw new SyntaxError(`Cannot extend signature "${signature}": it must begin with nrefs`);
  }
  return [references, formatFields(Object.entries(fields)), ...rest].join("|");
}

function formatFields(fields: readonly (readonly [string, SignatureValue])[]): string {
  return fields.map(([key, value]) =>
    `${key}:${typeof value === "boolean" ? (value ? "yes" : "no") : value}`
  ).join("|");
}
