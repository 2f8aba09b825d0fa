/**
 * The rules by which a SentencePiece model changes characters before it cuts text ("precompiled charsmap"): a trie of what is replaced,
 * as a double array (Darts-clone), and the replacements.
 *
 * They are applied as Hugging Face's tokenizers apply them (`spm_precompiled`, `Precompiled`), not as SentencePiece does: to whole
 * grapheme clusters of fewer than 6 bytes, of which the shortest prefix that has a rule decides, else to single characters; SentencePiece
 * takes the longest match at each place. So U+FB01 with an accent behind it loses the accent here, as it does in Python.
 * `@huggingface/tokenizers` approximates the rules by Unicode's NFKC and is not used for this.
 * @module
 */

/** Replaces characters by a model's rules. */
export type CharacterRules = (text: string) => string;

const utf8 = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Clusters of this many bytes or more have no rule as a whole. */
const CLUSTER_BYTES = 6;

/** Where in the replacements the shortest prefix of `key` points that the trie holds; undefined if it holds none. */
function shortestMatch(trie: Uint32Array, key: Uint8Array): number | undefined {
  const offset = (unit: number) => (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
  let node = offset(trie[0]);
  for (const byte of key) {
    if (byte === 0) return undefined;
    node ^= byte;
    const unit = trie[node];
    if (unit === undefined || ((unit & 0x800000ff) >>> 0) !== byte) return undefined;
    node ^= offset(unit);
    if ((unit >>> 8 & 1) === 1) return trie[node] & 0x7fffffff;
  }
  return undefined;
}

/** The trie and the replacements of a charsmap. */
function parts(charsmap: Uint8Array, name: string): [Uint32Array, Uint8Array] {
  const view = new DataView(charsmap.buffer, charsmap.byteOffset, charsmap.byteLength);
  const bytes = charsmap.length < 4 ? 0 : view.getUint32(0, true);
  if (bytes < 4 || bytes % 4 !== 0 || 4 + bytes > charsmap.length) {
    throw new SyntaxError(
      `Cannot read ${name}: a charsmap of ${charsmap.length} bytes cannot have a trie of ${bytes} bytes`,
    );
  }
  const trie = Uint32Array.from({ length: bytes / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
  return [trie, charsmap.subarray(4 + bytes)];
}

/**
 * Reads a model's rules.
 *
 * @param charsmap the rules as a model holds them; empty if there are none.
 * @param name what to call the model's file in errors.
 * @returns a function that replaces characters in well-formed text.
 * @throws {SyntaxError} if the bytes hold no rules; the returned function, if a rule points outside the replacements.
 */
export function characterRules(charsmap: Uint8Array, name: string): CharacterRules {
  if (charsmap.length === 0) return (text) => text;
  const [trie, replacements] = parts(charsmap, name);
  const find = (chunk: string): string | undefined => {
    const start = shortestMatch(trie, utf8.encode(chunk));
    if (start === undefined) return undefined;
    const end = replacements.indexOf(0, start);
    try {
      return decoder.decode(replacements.subarray(start, end < 0 ? undefined : end));
    } catch (cause) {
      throw new SyntaxError(`Cannot use ${name}: a rule of its charsmap must be UTF-8`, { cause });
    }
  };
  const known = new Map<string, string>(); // of single characters, of which there are few
  const replaceCharacter = (character: string): string => {
    let replaced = known.get(character);
    if (replaced === undefined) known.set(character, replaced = find(character) ?? character);
    return replaced;
  };
  const replaceCluster = (cluster: string): string => {
    if (cluster.length === 1) return replaceCharacter(cluster);
    const whole = utf8.encode(cluster).length < CLUSTER_BYTES ? find(cluster) : undefined;
    return whole ?? Array.from(cluster, replaceCharacter).join("");
  };
  const clusters = new Intl.Segmenter("en", { granularity: "grapheme" });
  return (text) =>
    Array.from(clusters.segment(text), ({ segment }) => replaceCluster(segment)).join("");
}
