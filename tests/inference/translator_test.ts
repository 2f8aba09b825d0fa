import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { tinyModelFolder } from "../../data/tiny.ts";
import { openCheckpoint } from "../../inference/checkpoint.ts";
import { loadTranslator, type Translator } from "../../inference/translator.ts";
import { residentWeightBytes } from "../../inference/weight_memory.ts";
import { magnitudeMask } from "../../kernels/magnitude.ts";
import { roundToNearest } from "../../kernels/round_to_nearest.ts";
import { sparseWeight } from "../../kernels/sparse.ts";
import { type CompressOne, compressWith } from "./compressed/compress_with.ts";

const EMPTY = { text: "", tokens: 0, finished: true, score: 0 };

describe("loadTranslator() of the embedded model", () => {
  let folder: string;
  let translator: Translator;
  before(async () => {
    folder = await Deno.makeTempDir({ prefix: "mtpress-translator-" });
    translator = await loadTranslator(tinyModelFolder(), { graphFolder: folder });
  });
  after(async () => {
    await translator?.close();
    await Deno.remove(folder, { recursive: true });
  });

  it("says what runs where", () => {
    expect(translator.facts).toMatchObject({ device: "cpu", adapter: null, accuracyLevel: 1 });
    expect(translator.facts.weightsSha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it("translates with beams, greedily, and leaves empty input empty", async () => {
    const sentences = ["The station in Brussels is quite dirty.", "", "They have\na heavy ball."];
    for (const beams of [5, 1]) {
      const { translations, batches } = await translator.translate(sentences, {
        direction: "en-de",
        beams,
      });
      expect(translations[1]).toEqual(EMPTY);
      for (const i of [0, 2]) {
        expect(translations[i].text).toMatch(/^\S.*\S$/);
        expect(translations[i].finished).toBe(true);
        expect(translations[i].score).toBeLessThan(0);
      }
      expect(batches).toHaveLength(1);
    }
  });

  it("refuses a sentence longer than the context, or uses its beginning", async () => {
    const sentences = ["The dog sleeps.", "The dog sleeps. ".repeat(100)];
    const options = { direction: "en-cs", maxNewTokens: 30, beams: 2 } as const;
    await expect(translator.translate(sentences, options)).rejects.toThrow(
      /^Cannot translate sentence 1 .* tokens/,
    );
    const { translations: [short, long] } = await translator.translate(sentences, {
      ...options,
      longSentences: "truncate",
    });
    expect(short).not.toHaveProperty("truncatedSource");
    expect(long.truncatedSource).toBe(true);
  });

  it("finds a reference more probable than a wrong sentence", async () => {
    const sources = ["We bought eight pictures."];
    const right = await translator.perplexity(sources, ["Wir haben acht Bilder gekauft."], {
      direction: "en-de",
    });
    const wrong = await translator.perplexity(sources, ["gekauft zehn Wetter nach der."], {
      direction: "en-de",
    });
    expect(right).toBeGreaterThan(1);
    expect(wrong).toBeGreaterThan(2 * right);
  });

  it("uses the graph that it wrote before", async () => {
    const folders = async () => (await Array.fromAsync(Deno.readDir(folder))).map((e) => e.name);
    const earlier = await folders();
    const again = await loadTranslator(tinyModelFolder(), { graphFolder: folder });
    await again.close();
    await again.close();
    expect(await folders()).toEqual(earlier);
  });

  it("refuses weights that take more memory than they may, before it writes a graph", async () => {
    const graphFolder = `${folder}/refused`;
    await expect(loadTranslator(tinyModelFolder(), { graphFolder, memoryBytes: 1e6 }))
      .rejects.toThrow(/on device cpu: its weights take 0\.0 GB as float32, and there are 0\.0 GB/);
    await expect(Deno.stat(graphFolder)).rejects.toThrow(Deno.errors.NotFound);
  });

  it("refuses a batch whose keys and values take more memory than the weights leave", async () => {
    const model = await openCheckpoint(tinyModelFolder());
    const memoryBytes = residentWeightBytes(model) + 1e6;
    model.close();
    const small = await loadTranslator(tinyModelFolder(), { graphFolder: folder, memoryBytes });
    await expect(small.translate(Array(20).fill("A dog."), { direction: "en-de" })).rejects.toThrow(
      /^Cannot decode 20 prompts with 5 beams each/,
    );
    await small.close();
  });

  it("names what is missing from a folder", async () => {
    await expect(loadTranslator(folder, { graphFolder: folder })).rejects.toThrow(
      /it has no tokenizer.json/,
    );
  });
});

describe("loadTranslator() of a compressed model", () => {
  let root: string;
  before(async () => {
    root = await Deno.makeTempDir({ prefix: "mtpress-translator-" });
  });
  after(() => Deno.remove(root, { recursive: true }));

  async function compressed(name: string, compress: CompressOne): Promise<string> {
    const source = await openCheckpoint(tinyModelFolder());
    await compressWith(source, `${root}/${name}`, compress);
    source.close();
    return `${root}/${name}`;
  }

  it("translates in the stored form, at either accuracy level", async () => {
    const folder = await compressed(
      "eight",
      (weight) => roundToNearest(weight, { bits: 8, groupSize: 64, symmetric: true }),
    );
    const perplexities: number[] = [];
    for (const accuracyLevel of [undefined, 4] as const) {
      const translator = await loadTranslator(folder, { graphFolder: root, accuracyLevel });
      expect(translator.facts.accuracyLevel).toBe(accuracyLevel ?? 1);
      const { translations } = await translator.translate(["They have a heavy ball."], {
        direction: "en-de",
      });
      expect(translations[0].text).toBe("Sie haben einen schweren Ball.");
      perplexities.push(
        await translator.perplexity(["We bought eight pictures."], [
          "Wir haben acht Bilder gekauft.",
        ], { direction: "en-de" }),
      );
      await translator.close();
    }
    expect(perplexities[0]).not.toBe(perplexities[1]);
  });

  it("refuses an accuracy level that does not exist, or that has nothing to act on", async () => {
    const folder = await compressed(
      "sparse",
      (weight) => sparseWeight(weight, magnitudeMask(weight, { ratio: 0.1 })),
    );
    for (const model of [folder, tinyModelFolder()]) {
      await expect(loadTranslator(model, { graphFolder: root, accuracyLevel: 4 })).rejects.toThrow(
        "it has no weights of whole-number codes, and others are always run at level 1",
      );
    }
    await expect(loadTranslator(folder, { graphFolder: root, accuracyLevel: 2 as 1 })).rejects
      .toThrow(/at accuracy level 2: it must be 1 or 4$/);
  });
});
