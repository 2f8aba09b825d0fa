import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { type Direction, DIRECTIONS } from "../../data/directions.ts";
import { tinyModelFolder } from "../../data/tiny.ts";
import { beamSearchAll } from "../../inference/beam.ts";
import { openCheckpoint } from "../../inference/checkpoint.ts";
import { greedySearch } from "../../inference/greedy.ts";
import { writeLlamaGraph } from "../../inference/llama_graph.ts";
import { type OnnxDecoder, openDecoder } from "../../inference/onnx_decoder.ts";
import { referencePerplexity } from "../../inference/perplexity.ts";
import { translationPrompt } from "../../inference/prompt.ts";
import type { Decoded, SearchOptions } from "../../inference/search_options.ts";
import { loadTokenizer, type Tokenizer } from "../../inference/tokenizer.ts";
import { makeTranslator } from "../../inference/translate.ts";

interface Case {
  direction: Direction;
  source: string;
  prompt: string;
  promptIds: number[];
  /** The narrowest difference of scores that decided something. */
  margin: number;
  outputs: { ids: number[]; finished: boolean; score: number; text: string }[];
}

interface Fixtures {
  made: { modelSha256: string };
  sets: { name: string; options: Required<SearchOptions>; cases: Case[] }[];
  perplexities: { direction: Direction; sources: string[]; references: string[]; value: number }[];
}

const DECISIVE = 1e-4;
const BATCH = 24;

const fixtures: Fixtures = JSON.parse(
  await Deno.readTextFile(new URL("../golden/decoding/fixtures.json", import.meta.url)),
);

let decoder: OnnxDecoder;
let tokenizer: Tokenizer;
let folder: string;

/** All cases of a set, decoded in batches whose prompts differ in length. */
async function decodeSet({ options, cases }: Fixtures["sets"][number]): Promise<Decoded[][]> {
  const results: Decoded[][] = [];
  for (let start = 0; start < cases.length; start += BATCH) {
    const prompts = cases.slice(start, start + BATCH).map(({ promptIds }) => promptIds);
    results.push(
      ...(options.beams === 1
        ? (await greedySearch(decoder, prompts, options)).map((decoded) => [decoded])
        : await beamSearchAll(decoder, prompts, options)),
    );
  }
  return results;
}

function same(actual: Decoded[], { outputs }: Case): boolean {
  return actual.length === outputs.length &&
    outputs.every(({ ids, finished }, i) =>
      finished === actual[i].finished && String(ids) === String(actual[i].tokens)
    );
}

describe("decoding the embedded model", () => {
  before(async () => {
    const checkpoint = await openCheckpoint(tinyModelFolder());
    const sha256 = await checkpoint.sha256();
    if (sha256 !== fixtures.made.modelSha256) {
      checkpoint.close();
      throw new Error(
        `Cannot compare with tests/golden/decoding/fixtures.json: it was made with model.safetensors ` +
          `${fixtures.made.modelSha256}, the folder has ${sha256}; run make_fixtures.py again (README.md there)`,
      );
    }
    tokenizer = await loadTokenizer(tinyModelFolder());
    folder = await Deno.makeTempDir({ prefix: "mtpress-decoding-" });
    const { model } = await writeLlamaGraph(checkpoint, folder);
    decoder = await openDecoder(model, checkpoint.config, { device: "cpu" });
    checkpoint.close();
  });
  after(async () => {
    await decoder?.close();
    if (folder) await Deno.remove(folder, { recursive: true });
  });

  it("translationPrompt() and encode() give the prompts that transformers was given", () => {
    for (const { cases } of fixtures.sets) {
      for (const { direction, source, prompt, promptIds } of cases) {
        expect(translationPrompt(direction, source)).toBe(prompt);
        expect([tokenizer.bosId, ...tokenizer.encode(prompt)]).toEqual(promptIds);
      }
    }
  });

  it("at least 300 fixtures of beam 5 are decisive, in all ten directions", () => {
    const decisive = fixtures.sets.find(({ name }) => name === "beam 5")!.cases
      .filter(({ margin }) => margin > DECISIVE);
    expect(decisive.length).toBeGreaterThanOrEqual(300);
    for (const direction of DIRECTIONS) {
      expect(decisive.filter((c) => c.direction === direction).length).toBeGreaterThanOrEqual(25);
    }
  });

  for (const set of fixtures.sets) {
    const decisive = set.cases.filter(({ margin }) => margin > DECISIVE).length;
    it(`${set.name} equals transformers in ${decisive} of ${set.cases.length} cases, token by token, and the rest by score`, async () => {
      const results = await decodeSet(set);
      for (const [i, expected] of set.cases.entries()) {
        const exact = same(results[i], expected);
        if (expected.margin > DECISIVE && !exact) {
          expect(results[i].map(({ tokens }) => tokenizer.decode(tokens)))
            .toEqual(expected.outputs.map(({ text }) => text));
          expect(results[i].map(({ tokens }) => tokens))
            .toEqual(expected.outputs.map(({ ids }) => ids));
        }
        expected.outputs.forEach(({ score }, k) => {
          expect(Math.abs(results[i][k].score - score)).toBeLessThan(exact ? 2e-5 : 1e-3);
        });
      }
    });
  }

  it("makeTranslator() gives the texts of beam 5, whatever the batch size", async () => {
    const { cases, options } = fixtures.sets[0];
    const translator = makeTranslator({ decoder, tokenizer, eosIds: options.eosIds });
    for (const batchSize of [3, 32]) {
      const own = cases.filter(({ direction, margin }) =>
        direction === "en-is" && margin > DECISIVE
      );
      const { translations } = await translator.translate(own.map(({ source }) => source), {
        direction: "en-is",
        maxNewTokens: options.maxNewTokens,
        batchSize,
      });
      expect(translations.map(({ text }) => text)).toEqual(
        own.map((c) => c.outputs[0].text.trim()),
      );
    }
  });

  it("referencePerplexity() equals transformers in every direction", async () => {
    expect(fixtures.perplexities.map(({ direction }) => direction)).toEqual(DIRECTIONS);
    for (const { direction, sources, references, value } of fixtures.perplexities) {
      const options = { direction, batchSize: 4 };
      const actual = await referencePerplexity(decoder, tokenizer, sources, references, options);
      expect(Math.abs(actual / value - 1)).toBeLessThan(1e-5);
    }
  });
});
