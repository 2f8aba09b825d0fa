import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { fileURLToPath } from "node:url";
import { readTinySplit, tinyModelFolder } from "../../../data/tiny.ts";
import { openModel } from "../../../inference/compressed/model.ts";
import { exportModel } from "../../../inference/export/export_model.ts";
import { greedySearch } from "../../../inference/greedy.ts";
import { storedLinear } from "../../../inference/graph/stored_linear.ts";
import { writeLlamaGraph } from "../../../inference/llama_graph.ts";
import { openDecoder } from "../../../inference/onnx_decoder.ts";
import { translationPrompt } from "../../../inference/prompt.ts";
import { loadTokenizer } from "../../../inference/tokenizer.ts";
import { gptq } from "../../../kernels/gptq.ts";
import type { Matrix } from "../../../kernels/matrix.ts";
import { quantizeNf4 } from "../../../kernels/nf4.ts";
import type { StoredWeight } from "../../../kernels/stored_weight.ts";
import { compressTiny, unevenHessian } from "./compressed_tiny.ts";

const MAX_NEW_TOKENS = 40;
const child = (file: string) =>
  fileURLToPath(new URL(`./transformers_js/${file}`, import.meta.url));

const hessians = new Map([128, 384].map((columns) => [columns, unevenHessian(columns)]));

const cases: [string, string, ((weight: Matrix) => StoredWeight) | undefined][] = [
  ["the embedded model as it is", "model.onnx", undefined],
  [
    "4-bit GPTQ in activation order",
    "model_q4.onnx",
    (weight) =>
      gptq(weight, hessians.get(weight.columns)!, {
        bits: 4,
        symmetric: true,
        groupSize: 32,
        actOrder: true,
      }).weight,
  ],
  ["NF4", "model_bnb4.onnx", (weight) => quantizeNf4(weight, { doubleQuantization: true })],
];

/** Runs the library in a process of its own, without a network. */
async function generate(
  folder: string,
  name: string,
  prompts: number[][],
): Promise<{ single: number[][]; batch: number[][] }> {
  const config = ["--config", child("config.json"), "--lock", child("deno.lock"), "--frozen"];
  const rights = ["--allow-read", "--allow-env", "--allow-ffi", "--allow-sys", "--deny-net"];
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...config, ...rights, child("generate.ts")].concat(
      ...[folder, name, JSON.stringify(prompts)],
    ),
    env: { NO_COLOR: "1", ORT_DISABLE_TELEMETRY: "1" },
  });
  const { success, stdout, stderr } = await command.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

describe("exportModel() to transformers.js", () => {
  for (const [what, file, store] of cases) {
    it(`writes ${what}, whose greedy tokens there are ours, single and batched`, async () => {
      const root = await Deno.makeTempDir({ prefix: "mtpress_transformers_js_" });
      const source = store ? await compressTiny(store) : undefined;
      const model = await openModel(source?.folder ?? tinyModelFolder());
      try {
        await exportModel({
          model,
          format: "transformers.js",
          folder: `${root}/it`,
          source: "tiny",
        });
        expect((await Deno.stat(`${root}/it/onnx/${file}_data`)).isFile).toBe(true);

        const tokenizer = await loadTokenizer(model.folder);
        const { sources } = (await readTinySplit("test")).pairs("en-de", 5);
        const prompts = sources.map((sentence) => [
          tokenizer.bosId,
          ...tokenizer.encode(translationPrompt("en-de", sentence)),
        ]);
        const linear = store && storedLinear({ accuracyLevel: 1 });
        const graph = await writeLlamaGraph(model, `${root}/graph`, { linear });
        const decoder = await openDecoder(graph.model, model.config, { device: "cpu" });
        const { eosIds } = model.config;
        const ours = await greedySearch(decoder, prompts, { maxNewTokens: MAX_NEW_TOKENS, eosIds });
        await decoder.close();

        const theirs = await generate(root, "it", prompts);
        const expected = ours.map(({ tokens, finished }) =>
          finished && tokens.at(-1) !== tokenizer.eosId ? [...tokens, tokenizer.eosId] : tokens
        );
        expect(theirs).toEqual({ single: expected, batch: expected });
      } finally {
        model.close();
        await source?.remove();
        await Deno.remove(root, { recursive: true });
      }
    });
  }
});
