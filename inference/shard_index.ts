/**
 * `model.safetensors.index.json` or `pytorch_model.bin.index.json`: which shard holds which tensor.
 * @module
 */
import { brief, isJsonObject, parseStrictJson } from "./strict_json.ts";

/** What the shards' names end in. */
export type ShardEnding = ".safetensors" | ".bin";

/** A plain file name in the same folder: no separator, no `..`, no drive, no control character. */
function isPlainName(name: unknown, ending: ShardEnding): name is string {
  // deno-lint-ignore no-control-regex
  return typeof name === "string" && /^[^/\\:\u0000-\u001f]+$/.test(name) &&
    name.endsWith(ending) && name.length > ending.length && !name.includes("..");
}

/**
 * Reads a shard index.
 *
 * @param path path of the index.
 * @param ending what the shards' names must end in.
 * @returns the names of the tensors in each shard, shards sorted by name.
 * @throws {SyntaxError} if the file is no JSON, has no `weight_map`, or names a shard outside its own folder.
 */
export async function readShardIndex(
  path: string,
  ending: ShardEnding = ".safetensors",
): Promise<Map<string, Set<string>>> {
  const json = parseStrictJson(await Deno.readTextFile(path), path);
  const map = isJsonObject(json) ? json["weight_map"] : undefined;
  if (!isJsonObject(map) || Object.keys(map).length === 0) {
    throw new SyntaxError(`Cannot read ${path}: weight_map must map at least one tensor to a file`);
  }
  const shards = new Map<string, Set<string>>();
  for (const [tensor, file] of Object.entries(map)) {
    if (!isPlainName(file, ending)) {
      throw new SyntaxError(
        `Cannot read ${path}: the file of tensor ${
          JSON.stringify(tensor)
        } must be a plain name that ends in ` +
          `${ending}, not ${brief(file)}`,
      );
    }
    const names = shards.get(file) ?? new Set();
    shards.set(file, names.add(tensor));
  }
  return new Map([...shards].sort(([a], [b]) => (a < b ? -1 : 1)));
}
