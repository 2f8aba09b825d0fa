/**
 * The element types of safetensors and their sizes.
 * @module
 */

/** Bits per element of every dtype that the format names. */
export const DTYPE_BITS: ReadonlyMap<string, number> = new Map([
  ["F4", 4],
  ["F6_E2M3", 6],
  ["F6_E3M2", 6],
  ...["BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0"].map((d): [string, number] => [d, 8]),
  ...["I16", "U16", "F16", "BF16"].map((d): [string, number] => [d, 16]),
  ...["I32", "U32", "F32"].map((d): [string, number] => [d, 32]),
  ...["I64", "U64", "F64", "C64"].map((d): [string, number] => [d, 64]),
]);

/** Bytes of a tensor, or `undefined` if they overflow or end within a byte. Every partial product must fit as well. */
export function byteSize(shape: readonly number[], bits: number): number | undefined {
  let elements = 1n;
  for (const size of shape) {
    elements *= BigInt(size);
    if (elements > 2n ** 53n) return undefined;
  }
  const total = elements * BigInt(bits);
  return total % 8n === 0n && total / 8n < 2n ** 53n ? Number(total / 8n) : undefined;
}
