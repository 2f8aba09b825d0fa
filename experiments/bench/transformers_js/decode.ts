/**
 * Generates greedily with @huggingface/transformers, in a process of its own: the library brings some 200 MB that nothing else needs, so
 * that it is in no import map but the one beside this file. Arguments: the folder that holds the exported folder, its name, threads.
 * @module
 */
import { answerLines } from "../answer_lines.ts";

/** The part of a tensor that is used here. */
interface IdTensor {
  tolist(): bigint[][];
}

/** The part of the library that is used here. */
interface Library {
  env: { version: string; allowRemoteModels: boolean; localModelPath: string; useFSCache: boolean };
  Tensor: new (type: "int64", data: BigInt64Array, dims: number[]) => IdTensor;
  AutoModelForCausalLM: {
    from_pretrained(name: string, options: Record<string, unknown>): Promise<{
      generate(options: Record<string, unknown>): Promise<IdTensor>;
    }>;
  };
}

const [folder, name, threads] = Deno.args;
const library = "@huggingface/transformers"; // a computed name is resolved only here, not when types are checked
const { env, Tensor, AutoModelForCausalLM }: Library = await import(library);
env.allowRemoteModels = false;
env.useFSCache = false;
env.localModelPath = `${folder}/`;
const model = await AutoModelForCausalLM.from_pretrained(name, {
  session_options: { intraOpNumThreads: Number(threads), interOpNumThreads: 1 },
});

/** New tokens behind a prompt, and the seconds of all, the prompt included. */
async function greedy({ prompt, tokens }: { prompt: number[]; tokens: number }) {
  const ids = (values: number[]) =>
    new Tensor("int64", BigInt64Array.from(values, BigInt), [1, values.length]);
  const start = performance.now();
  const made = await model.generate({
    input_ids: ids(prompt),
    attention_mask: ids(prompt.map(() => 1)),
    max_new_tokens: tokens,
    eos_token_id: -1, // goes on to the end, as the others do
  });
  const seconds = (performance.now() - start) / 1000;
  return { tokens: made.tolist()[0].slice(prompt.length).map(Number), seconds };
}

await answerLines({ version: env.version }, {
  greedy: (given) => greedy(given as { prompt: number[]; tokens: number }),
});
Deno.exit(0); // onnxruntime-node's threads wait
