/**
 * LLaMA's tokenizer from `tokenizer.model`: ids and text equal to those of `LlamaTokenizer` in Python's transformers 4.40 with
 * SentencePiece 0.2.0, which the study's models were trained and measured with. But:
 * - lone surrogates, which Python refuses, count as U+FFFD;
 * - only models of LLaMA's kind are taken: BPE, byte fallback, no rules that change characters.
 *
 * Encoding is `@huggingface/tokenizers`' (see `bpe_json.ts`); what Python does around SentencePiece, and decoding, is here.
 * @module
 */
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import type { Tokenizer } from "../tokenizer_interface.ts";
import { bpeJson, SPACE_SIGN } from "./bpe_json.ts";
import { type DecodablePiece, decodePieces } from "./decode_pieces.ts";
import { PieceType, readSentencePieceModel, type SentencePieceModel } from "./model_proto.ts";
import { readSpecialTokens, type SpecialTokens } from "./special_tokens.ts";

/** The name of the model's file in a folder. */
export const MODEL_FILE = "tokenizer.model";

/**
 * Loads LLaMA's tokenizer from a folder. Its padding token is the one that the configuration names, else the unknown token.
 *
 * @param folder a folder with `tokenizer.model`; `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json` are
 *   read where they are there.
 * @returns the tokenizer.
 * @throws {Deno.errors.NotFound} if there is no `tokenizer.model`.
 * @throws {SyntaxError} if a file is not what its name says.
 * @throws {RangeError} if the model is not of LLaMA's kind, or a special token is not in its vocabulary.
 */
export async function loadLlamaTokenizer(folder: string): Promise<Tokenizer> {
  const file = `${folder}/${MODEL_FILE}`;
  const model = readSentencePieceModel(await Deno.readFile(file), file);
  const special = await readSpecialTokens(folder, model);
  const json = bpeJson(model, special, file);
  const inner = new HuggingFaceTokenizer(json, { unk_token: model.pieces[special.unkId].piece });
  return {
    vocabularySize: model.pieces.length,
    bosId: special.bosId,
    eosId: special.eosId,
    padId: special.padId ?? special.unkId,
    encode: encoder(inner, model, special),
    decode: (ids) => decode(model, special, ids),
  };
}

/**
 * Encodes as transformers does. Its default, "legacy", puts a space before every text between special tokens; the other way puts one
 * before the whole text only, which goes where a special token follows.
 */
function encoder(
  inner: HuggingFaceTokenizer,
  { pieces }: SentencePieceModel,
  { all, legacy }: SpecialTokens,
): (text: string) => number[] {
  const space = pieces.findIndex(({ piece }) => piece === SPACE_SIGN);
  const encode = (text: string) => inner.encode(text, { add_special_tokens: false }).ids;
  return (text) => {
    if (text === "") return [];
    if (legacy) return encode(text.toWellFormed());
    const ids = encode(SPACE_SIGN + text.toWellFormed());
    return ids[0] === space && all.has(ids[1]) ? ids.slice(1) : ids;
  };
}

function decode(
  { pieces }: SentencePieceModel,
  { all, legacy }: SpecialTokens,
  ids: ArrayLike<number>,
): string {
  const list: DecodablePiece[] = [];
  for (const id of Array.from(ids)) {
    if (!(Number.isInteger(id) && id >= 0 && id < pieces.length)) {
      throw new RangeError(`Cannot decode token ${id}: the vocabulary has no such token`);
    }
    const { piece, type } = pieces[id];
    if (!all.has(id)) list.push(type === PieceType.byte ? Number(piece.slice(1, -1)) : piece);
  }
  // transformers takes the first space away, and SentencePiece, unless transformers has told it not to, one more
  if (typeof list[0] === "string" && list[0].startsWith(SPACE_SIGN)) list[0] = list[0].slice(1);
  return decodePieces(list, legacy);
}
