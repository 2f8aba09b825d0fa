import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { DIRECTIONS } from "../../data/directions.ts";
import { drawCalibration } from "../../experiments/calibration.ts";
import { sha256 } from "../../experiments/canonical_json.ts";
import { readTinySplit } from "../../data/tiny.ts";
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
