import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { type Direction, DIRECTIONS } from "../../data/directions.ts";
import { findPin } from "../../data/pins.ts";
import { readTinySplit } from "../../data/tiny.ts";
import { readWmt22 } from "../../data/wmt22.ts";
import { withFolder } from "../experiments/example_rows.ts";
import { itNeeds, SHARED } from "../needs.ts";
import { sharedLines } from "../shared.ts";
import { madeOf, parquetPath } from "./parquet.ts";

/** Rows and bytes (of the texts, and 8 for each row) of each direction, as the dataset's card states them. */
const CARD: Readonly<Record<string, [rows: number, bytes: number]>> = {
  "cs-en": [1448, 325040],
  "de-en": [1984, 403424],
  "en-cs": [2037, 422875],
  "en-ru": [2037, 598414],
  "zh-en": [1875, 526074],
};

describe("readWmt22()", () => {
  it("reads each direction from its file: source and reference whatever their order in the file", async () => {
    const test = await readTinySplit("test");
    for (const direction of DIRECTIONS) {
      const [first, count] = madeOf.wmt22[direction];
      const { sources, references } = test.pairs(direction);
      const part = await readWmt22(parquetPath("wmt22"), direction);
      expect(part.sources).toEqual(sources.slice(first, first + count));
      expect(part.references).toEqual(references.slice(first, first + count));
      expect(part.fileSha256).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it("refuses a direction that WMT22 does not have here, and a folder without its file", async () => {
    await expect(readWmt22(parquetPath("wmt22"), "fr-en" as Direction)).rejects.toThrow(
      'Cannot take direction "fr-en" from WMT22: it has en-cs, ',
    );
    await expect(readWmt22(parquetPath("human_parallel"), "cs-en")).rejects.toThrow(
      Deno.errors.NotFound,
    );
  });

  it("refuses a file under a pinned name that is not the pinned file", async () => {
    await withFolder(async (folder) => {
      const pinned = findPin("wmt22-test").files.find(({ path }) => path.startsWith("cs-en/"))!;
      await Deno.mkdir(`${folder}/cs-en`);
      await Deno.writeTextFile(`${folder}/${pinned.path}`, "not the pinned file");
      await expect(readWmt22(folder, "cs-en")).rejects.toThrow(
        `must be the pinned ${pinned.sha256}`,
      );
    });
  });

  itNeeds(SHARED, "has the text whose rows and bytes the dataset's card states", async () => {
    for (const [direction, [rows, bytes]] of Object.entries(CARD)) {
      const lines = await Promise.all(
        ["source", "reference"].map((side) => sharedLines(`wmt22/${direction}/${side}.txt`)),
      );
      const encoder = new TextEncoder();
      const sizes = lines.flat().map((line) => encoder.encode(line).length + 4);
      expect([lines[0].length, lines[1].length]).toEqual([rows, rows]);
      expect(sizes.reduce((sum, size) => sum + size)).toBe(bytes);
    }
  });
});
