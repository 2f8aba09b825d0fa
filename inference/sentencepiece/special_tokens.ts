/**
 * Special tokens of a folder that has a SentencePiece model: what its configuration files name.
 * @module
 */
import { brief, isJsonObject } from "../strict_json.ts";
import { readJsonObject, tokenContent } from "../tokenizer_files.ts";
import type { SentencePieceModel } from "./model_proto.ts";

/** The special tokens of LLaMA's tokenizer, by id, and how text behind them is encoded. */
export interface SpecialTokens {
  /** The token that begins a sequence. */
  readonly bosId: number;
  /** The token that ends a sequence. */
  readonly eosId: number;
  /** What stands for the unknown. */
  readonly unkId: number;
  /** The token that pads; undefined where no file names one. */
  readonly padId: number | undefined;
  /** Ids of all tokens that text may spell, the above included. */
  readonly all: ReadonlySet<number>;
  /** Whether each text between special tokens is encoded as if it were a text of its own. */
  readonly legacy: boolean;
}

/** What `LlamaTokenizer` of Python's transformers takes where the files are silent. */
const DEFAULTS = { bos_token: "<s>", eos_token: "</s>", unk_token: "<unk>", pad_token: undefined };

type Key = keyof typeof DEFAULTS;
type Json = Record<string, unknown>;

/** Texts of further special tokens that the files name, each with the value that names it. */
function furtherTokens(config: Json, map: Json, added: Json): [string | null, unknown][] {
  const decoder = config["added_tokens_decoder"];
  const values = [
    ...(isJsonObject(decoder) ? Object.values(decoder) : []),
    ...[config, map].flatMap(({ additional_special_tokens: list }) =>
      Array.isArray(list) ? list : []
    ),
  ];
  return [
    ...values.map((value): [string | null, unknown] => [tokenContent(value) ?? null, value]),
    ...Object.keys(added).map((content): [string, string] => [content, content]),
  ];
}

/** Whether a configuration asks that a token swallow its neighbours, which is not done here. */
function isGreedy(value: unknown): boolean {
  return isJsonObject(value) &&
    ["lstrip", "rstrip", "single_word"].some((flag) => value[flag] === true);
}

/**
 * Reads the special tokens from `special_tokens_map.json`, else `tokenizer_config.json`, else LLaMA's.
 *
 * @param folder the folder; both files may be missing.
 * @param model the folder's SentencePiece model.
 * @returns the tokens.
 * @throws {SyntaxError} if a file is no JSON object.
 * @throws {RangeError} if a token is not in the model's vocabulary, or the configuration asks for what is not done here.
 */
export async function readSpecialTokens(
  folder: string,
  model: SentencePieceModel,
): Promise<SpecialTokens> {
  const [config, map, added] = await Promise.all(
    ["tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"]
      .map(async (name) => await readJsonObject(folder, name) ?? {}),
  );
  const ids = new Map(model.pieces.map(({ piece }, id) => [piece, id]));
  const refuse = (what: string, rule: string) =>
    new RangeError(`Cannot load tokenizer of ${folder}: ${what} must ${rule}`);
  const find = (what: string, content: string | null, value: unknown): number => {
    const id = content === null ? undefined : ids.get(content);
    if (id === undefined) {
      throw refuse(`${what} ${brief(content ?? value)}`, "be in the vocabulary");
    }
    if (isGreedy(value)) throw refuse(`${what} ${brief(content)}`, "not take spaces beside it");
    return id;
  };
  const named = (key: Key): number | undefined => {
    const value = map[key] ?? config[key] ?? DEFAULTS[key];
    const content = tokenContent(value);
    return content === undefined ? undefined : find(key, content, value);
  };
  const legacy = config["legacy"] ?? true;
  if (typeof legacy !== "boolean") throw refuse(`legacy ${brief(legacy)}`, "be true or false");
  if (config["add_prefix_space"] === false) throw refuse("add_prefix_space", "be true");
  const further = furtherTokens(config, map, added)
    .map(([content, value]) => find("special token", content, value));
  const [bosId, eosId, unkId] = [named("bos_token")!, named("eos_token")!, named("unk_token")!];
  const padId = named("pad_token");
  const all = new Set([unkId, bosId, eosId, ...padId === undefined ? [] : [padId], ...further]);
  return { bosId, eosId, unkId, padId, all, legacy };
}
