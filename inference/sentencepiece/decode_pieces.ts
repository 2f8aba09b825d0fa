/**
 * Pieces of a SentencePiece model back to text, as SentencePiece 0.2.0 does it. The library that encodes differs where bytes are no UTF-8
 * (it shows U+FFFD once for several bytes) and where a text begins with several spaces.
 * @module
 */
import { SPACE_SIGN } from "./bpe_json.ts";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Length in bytes of the character that begins with this byte; 0 where none does. */
function characterLength(first: number): number {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

/** The character that begins at `start`; undefined if there is none. */
function characterAt(bytes: Uint8Array, start: number): string | undefined {
  const length = characterLength(bytes[start]);
  if (length === 0 || start + length > bytes.length) return undefined;
  try {
    return strict.decode(bytes.subarray(start, start + length));
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/**
 * UTF-8 to text; each byte that belongs to no character shows as one U+FFFD.
 *
 * @param values the bytes.
 * @returns the text.
 */
export function decodeBytes(values: readonly number[]): string {
  const bytes = Uint8Array.from(values);
  let text = "";
  for (let i = 0; i < bytes.length;) {
    const character = characterAt(bytes, i);
    text += character ?? "\ufffd";
    i += character === undefined ? 1 : characterLength(bytes[i]);
  }
  return text;
}

/** A piece to decode: its text, or the value of its byte. */
export type DecodablePiece = string | number;

/**
 * Text of pieces; U+2581 becomes a space.
 *
 * @param pieces the pieces.
 * @param dropPrefix whether the model puts a space before each text, so that the first one goes.
 * @returns the text.
 */
export function decodePieces(pieces: Iterable<DecodablePiece>, dropPrefix: boolean): string {
  let text = "";
  let bytes: number[] = [];
  let atStart = dropPrefix;
  for (const piece of pieces) {
    if (typeof piece === "number") {
      bytes.push(piece);
      continue;
    }
    text += decodeBytes(bytes);
    bytes = [];
    atStart &&= text === "";
    const drop = atStart && piece.startsWith(SPACE_SIGN);
    if (drop) atStart = false;
    text += (drop ? piece.slice(1) : piece).replaceAll(SPACE_SIGN, " ");
  }
  return text + decodeBytes(bytes);
}
