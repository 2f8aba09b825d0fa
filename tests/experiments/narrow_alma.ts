/**
 * A model in ALMA-7B's layout at small width, and the texts that it is measured on, for tests.
 */
import { ALMA_7B, findPin, openCheckpoint } from "mtpress";
import { sha256 } from "../../experiments/canonical_json.ts";
import { writeTorchShard } from "../inference/pytorch/write_torch.ts";
import { sharedLines } from "../shared.ts";

/** ALMA-7B's config, but narrow and of two layers. */
export const NARROW_ALMA = {
  ...ALMA_7B.config,
  hidden_size: 256,
  intermediate_size: 768,
  num_hidden_layers: 2,
  num_attention_heads: 8,
  num_key_value_heads: 8,
  vocab_size: 32_000,
};

/** The first sentences of WMT22 that both directions have, as parallel text: the directions hold them in different orders. */
export async function wmt22Slice(sentences: number): Promise<string> {
  const [en, zh, enOfGerman, de] = await Promise.all(
    ["en-zh/source", "en-zh/reference", "en-de/source", "en-de/reference"]
      .map((name) => sharedLines(`wmt22/${name}.txt`)),
  );
  const lines = en.slice(0, sentences).map((sentence, i) =>
    [sentence, zh[i], de[enOfGerman.indexOf(sentence)]].join("\t")
  );
  return ["en\tzh\tde", ...lines].join("\n") + "\n";
}

/** Pairs of ALMA-Human-Parallel with the same English sentence. */
export async function humanParallelSlice(): Promise<string> {
  const [cs, de, ru, zh] = await Promise.all(["cs", "de", "ru", "zh"].map(async (code) => {
    const lines = await sharedLines(`alma-human-parallel/${code}-en.jsonl`);
    const rows = lines.map((line): Record<string, string> => JSON.parse(line));
    return new Map(rows.map((row) => [row.en, row[code]]));
  }));
  const shared = [...de].filter(([en]) => [cs, ru, zh].every((other) => other.has(en)));
  const lines = shared.map(([en, german]) => [en, cs.get(en), german, ru.get(en), zh.get(en)])
    .filter((cells) => cells.every((cell) => !/[\t\r\n]/.test(cell!))).slice(0, 24)
    .map((cells) => cells.join("\t"));
  return ["en\tcs\tde\tru\tzh", ...lines].join("\n") + "\n";
}

/** The files of ALMA-7B's repository for the weights of a checkpoint: three shards of PyTorch, float32. */
export async function writeAlmaClone(model: string, clone: string): Promise<void> {
  await Deno.mkdir(clone);
  for (const name of ["config.json", "tokenizer.model", "special_tokens_map.json"]) {
    await Deno.copyFile(`${model}/${name}`, `${clone}/${name}`);
  }
  await Deno.writeTextFile(`${clone}/generation_config.json`, "{}");
  await Deno.writeTextFile(`${clone}/tokenizer_config.json`, "{}");
  const checkpoint = await openCheckpoint(model);
  const home: Record<string, string> = {};
  for (const [i, holds] of [/embed|layers\.0/, /layers\.1|model\.norm/, /lm_head/].entries()) {
    const file = `pytorch_model-0000${i + 1}-of-00003.bin`;
    const names = checkpoint.names().filter((name) => holds.test(name));
    await writeTorchShard(`${clone}/${file}`, checkpoint, names);
    for (const name of names) home[name] = file;
  }
  checkpoint.close();
  const index = JSON.stringify({ metadata: { total_size: 0 }, weight_map: home });
  await Deno.writeTextFile(`${clone}/pytorch_model.bin.index.json`, index);
  for (const { path, bytes } of findPin("alma-7b").files) { // blanks bring some to their pinned length
    if (bytes === undefined) continue;
    const text = await Deno.readTextFile(`${clone}/${path}`);
    await Deno.writeTextFile(`${clone}/${path}`, text.padEnd(bytes));
  }
}

/** Writes what a first download of these files would record, and returns its path. */
export async function writeLock(clone: string, path: string): Promise<string> {
  const { id, revision } = findPin("alma-7b");
  const files: Record<string, { bytes: number; sha256: string }> = {};
  for await (const { name } of Deno.readDir(clone)) {
    const bytes = await Deno.readFile(`${clone}/${name}`);
    files[name] = { bytes: bytes.length, sha256: sha256(bytes) };
  }
  await Deno.writeTextFile(path, JSON.stringify({ [id]: { revision, files } }));
  return path;
}
