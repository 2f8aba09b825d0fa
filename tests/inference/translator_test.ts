import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { tinyModelFolder } from "../../data/tiny.ts";
import { loadTranslator, type Translator } from "../../inference/translator.ts";

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
    expect(translator.facts).toMatchObject({ device: "cpu", adapter: null });
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

  it("names what is missing from a folder", async () => {
    await expect(loadTranslator(folder, { graphFolder: folder })).rejects.toThrow(
      /it has no tokenizer.json/,
    );
  });
});
