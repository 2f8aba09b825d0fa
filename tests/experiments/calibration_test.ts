import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { DIRECTIONS } from "../../data/directions.ts";
import { drawCalibration } from "../../experiments/calibration.ts";
import { openCalibrationText, readHumanParallelText } from "../../experiments/calibration_text.ts";
import { sha256 } from "../../experiments/canonical_json.ts";
import { readTinySplit, tinyReferenceFolder } from "../../data/tiny.ts";
import { parquetPath } from "../data/parquet.ts";
import { withFolder } from "./example_rows.ts";

const draw = (samples: number, seed = 0, set = "tiny/calibration") =>
  drawCalibration({ set, samples }, seed);

describe("drawCalibration()", () => {
  it("takes the ten directions in turn, no line twice, each with its translation", async () => {
    const { samples } = await draw(640);
    expect(samples.map(({ direction }) => direction))
      .toEqual(Array.from({ length: 640 }, (_, i) => DIRECTIONS[i % 10]));
    expect(new Set(samples.map(({ row }) => row)).size).toBe(640);
    const text = await readTinySplit("calibration");
    for (const { direction, row, source, target } of samples.slice(0, 20)) {
      const { sources, references } = text.pairs(direction);
      expect([source, target]).toEqual([sources[row], references[row]]);
    }
  });

  it("begins a larger draw with the smaller one", async () => {
    const [small, large] = await Promise.all([draw(32), draw(512)]);
    expect(large.samples.slice(0, 32)).toEqual(small.samples);
    expect(large.sha256).not.toBe(small.sha256);
  });

  it("draws the same from the same seed, other lines from another, in no order of the file", async () => {
    const [first, again, other] = await Promise.all([draw(64), draw(64), draw(64, 1)]);
    expect(again).toEqual(first);
    const rows = (calibration: typeof first) => calibration.samples.map(({ row }) => row);
    expect(rows(other)).not.toEqual(rows(first));
    expect(rows(first)).not.toEqual(rows(first).toSorted((a, b) => a - b));
  });

  it("records the text's hash, the seed and each sample's direction and line", async () => {
    const { record, samples, sha256: hash } = await draw(8);
    const { set, seed, fileSha256, samples: listed } = JSON.parse(new TextDecoder().decode(record));
    expect({ set, seed }).toEqual({ set: "tiny/calibration", seed: 0 });
    expect(fileSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(listed).toEqual(samples.map(({ direction, row }) => [direction, row]));
    expect(hash).toBe(sha256(record));
  });

  it("draws from a file of the user's, over the directions that it has", async () => {
    await withFolder(async (folder) => {
      const known = `${folder}/known.tsv`;
      await Deno.writeTextFile(known, "en\tde\nOne.\tEins.\nTwo.\tZwei.\n");
      const { samples } = await draw(2, 0, known);
      expect(samples.map(({ direction }) => direction)).toEqual(["en-de", "de-en"]);
      const unknown = `${folder}/unknown.tsv`;
      await Deno.writeTextFile(unknown, "fr\tes\nUn.\tUno.\nDeux.\tDos.\n");
      const foreign = await draw(2, 0, unknown);
      expect(foreign.samples.map(({ direction }) => direction)).toEqual(["fr-es", "es-fr"]);
    });
  });

  it("refuses more samples than there are lines, an unknown text, and one language alone", async () => {
    await expect(draw(641)).rejects.toThrow(
      "Cannot draw 641 calibration samples from tiny/calibration: it has 640 lines",
    );
    await expect(draw(1, 0, "tiny/none")).rejects.toThrow('Cannot open text "tiny/none"');
    await withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/a.tsv`, "en\nOne.\n");
      await expect(draw(1, 0, `${folder}/a.tsv`)).rejects.toThrow("two languages or more");
    });
  });
});

const pairs = await readHumanParallelText(parquetPath("human_parallel"));

const drawPairs = (samples: number, rules: object = {}, seed = 0) =>
  drawCalibration(
    { set: "alma-human-parallel", samples, ...rules },
    seed,
    () => Promise.resolve(pairs),
  );

const pairOf = (direction: string) => direction.replace(/^en-(..)$/, "$1-en");

describe("drawCalibration() of alma-human-parallel", () => {
  it("takes the ten directions in turn, no row twice in either direction of its pair", async () => {
    const { samples } = await drawPairs(200);
    expect(samples.map(({ direction }) => direction))
      .toEqual(Array.from({ length: 200 }, (_, i) => DIRECTIONS[i % 10]));
    expect(new Set(samples.map(({ direction, row }) => `${pairOf(direction)} ${row}`)).size)
      .toBe(200);
    for (const { direction, row, source, target } of samples) {
      const group = pairs.groups.find(({ name }) => name === ` of ${pairOf(direction)}`)!;
      const { sources, references } = group.pairs(direction);
      expect([source, target]).toEqual([sources[row], references[row]]);
    }
  });

  it("begins a larger draw with the smaller one, and draws other rows from another seed", async () => {
    const [small, large, other] = [
      await drawPairs(32),
      await drawPairs(128),
      await drawPairs(32, {}, 1),
    ];
    expect(large.samples.slice(0, 32)).toEqual(small.samples);
    expect(other.samples).not.toEqual(small.samples);
  });

  it("records each pair's file, so that direction and row say which sentence it was", async () => {
    const { record, samples } = await drawPairs(20);
    const { set, fileSha256, samples: listed } = JSON.parse(new TextDecoder().decode(record));
    expect(set).toBe("alma-human-parallel");
    expect(Object.keys(fileSha256)).toEqual(["cs-en", "de-en", "is-en", "ru-en", "zh-en"]);
    const bytes = await Deno.readFile(
      parquetPath("human_parallel/is-en/train-00000-of-00001-39cba08a3416c8dd.parquet"),
    );
    expect(fileSha256["is-en"]).toBe(sha256(bytes));
    expect(listed).toEqual(samples.map(({ direction, row }) => [direction, row]));
  });

  it("draws as the study did: GPTQ's from four pairs, pruning's from Czech", async () => {
    const gptq = await drawPairs(30, { draw: "study-gptq", translations: false });
    const directions = new Set(gptq.samples.map(({ direction }) => direction));
    expect([...directions].sort()).toEqual(["cs-en", "de-en", "ru-en", "zh-en"]);
    expect(gptq.translations).toBe(false);
    const pruning = await drawPairs(30, { draw: "study-pruning" });
    expect(pruning.samples.every(({ direction }) => direction === "cs-en")).toBe(true);
  });

  it("draws the same 512 rows of the dataset's everywhere: they follow from the numbers of rows alone", async () => {
    const lengths: Record<string, number> = {
      "cs-en": 12076,
      "de-en": 14211,
      "is-en": 2009,
      "ru-en": 15000,
      "zh-en": 15406,
    };
    const groups = pairs.groups.map((group) => {
      const length = lengths[group.directions[0]];
      const lines = Array.from({ length }, (_, row) => `${row}`);
      return { ...group, length, pairs: () => ({ sources: lines, references: lines }) };
    });
    const { samples } = await drawCalibration(
      { set: "alma-human-parallel", samples: 512 },
      0,
      () => Promise.resolve({ ...pairs, groups }),
    );
    const rows = samples.map(({ direction, row }) => `${direction} ${row}`);
    expect(rows.slice(0, 2)).toEqual(["en-cs 8884", "en-de 7338"]);
    expect(sha256(rows.join("\n"))).toBe(
      "a5bc3dc5b2ab511ee3b5af3a6f3596110d408a4b08be76db28a02889bf3b65f8",
    );
  });

  it("refuses to use a row twice: the pair with the fewest rows ends a draw", async () => {
    expect((await drawPairs(200)).samples.length).toBe(200);
    await expect(drawPairs(1000)).rejects.toThrow(
      "Cannot draw 1000 calibration samples from alma-human-parallel: it has 40 lines of cs-en",
    );
  });

  it("is named among the texts, and says how it is fetched where it has not been", async () => {
    await expect(openCalibrationText("wmt22")).rejects.toThrow(
      "it must be one of tiny/test, tiny/calibration, tiny/dev, alma-human-parallel, or",
    );
    const before = Deno.env.get("MTPRESS_DATA");
    Deno.env.set("MTPRESS_DATA", parquetPath("nothing"));
    try {
      await expect(drawCalibration({ set: "alma-human-parallel", samples: 1 }, 0))
        .rejects.toThrow("deno task fetch alma-human-parallel");
    } finally {
      if (before === undefined) Deno.env.delete("MTPRESS_DATA");
      else Deno.env.set("MTPRESS_DATA", before);
    }
  });
});

describe("drawCalibration() of the embedded text", () => {
  it("is the draw that the committed rows were calibrated on", async () => {
    const folder = tinyReferenceFolder();
    const lines = (await Deno.readTextFile(`${folder}/rows.jsonl`)).trim().split("\n");
    const recorded = new Set(
      lines.map((line) => JSON.parse(line).calibration?.sha256).filter((hash) => hash),
    );
    const drawn = await Promise.all([32, 64, 128, 256, 512].map((samples) => draw(samples)));
    expect(new Set(drawn.map((calibration) => calibration.sha256))).toEqual(recorded);
  });
});
