/**
 * Generates greedily with @huggingface/transformers, in a process of its own: the library brings some 200 MB that nothing else here
 * needs, so that it is in no import map but the one beside this file.
 *
 * Arguments: the folder that holds the exported folder, its name, and the prompts' token ids as JSON. Prints the new tokens of each
 * prompt, once generated one by one and once as one batch padded on the left.
 * @module
 */

/** The part of a tensor that is used here. */
interface IdTensor {
  tolist(): bigint[][];
}

/** The part of the library that is used here. */
interface Library {
  env: { allowRemoteModels: boolean; localModelPath: string; useFSCache: boolean };
  Tensor: new (type: "int64", data: BigInt64Array, dims: number[]) => IdTensor;
  AutoModelForCausalLM: {
    from_pretrained(name: string): Promise<{
      generate(options: Record<string, unknown>): Promise<IdTensor>;
      dispose(): Promise<unknown>;
    }>;
  };
}

const [folder, name, json] = Deno.args;
const prompts: number[][] = JSON.parse(json);
const library = "@huggingface/transformers"; // a computed name is resolved only here, not when types are checked
const { env, Tensor, AutoModelForCausalLM }: Library = await import(library);
env.allowRemoteModels = false;
env.useFSCache = false;
env.localModelPath = `${folder}/`;

const model = await AutoModelForCausalLM.from_pretrained(name);
const PAD = 0;

/** New tokens of each row, up to the end token. */
async function generate(rows: number[][]): Promise<number[][]> {
  const length = Math.max(...rows.map((row) => row.length));
  const flat = rows.flatMap((row) => [...Array(length - row.length).fill(PAD), ...row]);
  const mask = rows.flatMap((row) => [...Array(length - row.length).fill(0), ...row.map(() => 1)]);
  const tensor = (values: number[]) =>
    new Tensor("int64", BigInt64Array.from(values, BigInt), [rows.length, length]);
  const ids = await model.generate({
    input_ids: tensor(flat),
    attention_mask: tensor(mask),
    max_new_tokens: 40,
  });
  return ids.tolist().map((row) => {
    const tokens = row.slice(length).map(Number);
    const end = tokens.indexOf(2);
    return end < 0 ? tokens : tokens.slice(0, end + 1);
  });
}

const single: number[][] = [];
for (const prompt of prompts) single.push(...await generate([prompt]));
console.log(JSON.stringify({ single, batch: await generate(prompts) }));
await model.dispose();
