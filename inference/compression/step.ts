/**
 * A step of a compression method, as data.
 * @module
 */

/** One step of a compression method, plain data: `{ "kind": "gptq", "bits": 4, "groupSize": 128 }`. */
export type Step =
  & { readonly kind: string }
  & Readonly<
    Record<string, string | number | boolean>
  >;
