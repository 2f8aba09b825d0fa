/**
 * SentencePiece's byte-pair encoding without any cleverness: join the two neighbours that form the piece of the highest score, the
 * leftmost of equals, until none are left.
 * @module
 */
import {
  PieceType,
  type SentencePieceModel,
} from "../../../inference/sentencepiece/model_proto.ts";

/** Ids of a text without special tokens, by a search over all neighbours at every step. */
export function slowBpe({ pieces }: SentencePieceModel): (text: string) => number[] {
  const ids = new Map(pieces.map(({ piece }, id) => [piece, id]));
  const scores = new Map(
    pieces.filter(({ type }) => type === PieceType.normal)
      .map(({ piece, score }) => [piece, score]),
  );
  const byteIds = (character: string) =>
    Array.from(
      new TextEncoder().encode(character),
      (byte) => ids.get(`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`)!,
    );
  return (text) => {
    if (text === "") return [];
    const symbols = [...`\u2581${text.replaceAll(" ", "\u2581")}`];
    for (;;) {
      let best = -1;
      let bestScore = -Infinity;
      for (let i = 0; i + 1 < symbols.length; i++) {
        const score = scores.get(symbols[i] + symbols[i + 1]) ?? -Infinity;
        if (score > bestScore) [best, bestScore] = [i, score];
      }
      if (best < 0) break;
      symbols.splice(best, 2, symbols[best] + symbols[best + 1]);
    }
    return symbols.flatMap((symbol) => scores.has(symbol) ? [ids.get(symbol)!] : byteIds(symbol));
  };
}
