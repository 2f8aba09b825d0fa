import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { type Direction, DIRECTIONS } from "../../data/directions.ts";
import { openTestSet, readWmt22TestSet } from "../../experiments/test_set.ts";
import { sentenceCounts } from "../../experiments/sentence_counts.ts";
import { madeOf, parquetPath } from "../data/parquet.ts";

const wmt22 = await readWmt22TestSet("wmt22", parquetPath("wmt22"));

describe("readWmt22TestSet()", () => {
  it("has as many sentences of each direction as its file, and all of them when asked", () => {
    for (const direction of DIRECTIONS) {
      const [, count] = madeOf.wmt22[direction];
      expect(wmt22.length(direction)).toBe(count);
      const { sources, references, data } = wmt22.unit(direction, "all");
      expect([sources.length, references.length, data.segments]).toEqual([count, count, count]);
      expect(data.id).toBe("wmt22");
      expect(wmt22.unit(direction, 3).sources).toEqual(sources.slice(0, 3));
    }
    const hashes = DIRECTIONS.map((direction) => wmt22.unit(direction, 1).data.fileSha256);
    expect(new Set(hashes).size).toBe(10);
  });

  it("counts them in words, from the fewest to the most", () => {
    const data = DIRECTIONS.map((direction) => wmt22.unit(direction, "all"));
    expect(sentenceCounts(data)).toBe("5 to 14");
    expect(sentenceCounts(data.slice(0, 1))).toBe("5");
  });

  it("refuses more than a direction has, and a direction that it lacks", () => {
    expect(() => wmt22.unit("en-cs", 6)).toThrow(
      "Cannot take 6 sentences of test set wmt22: it has 5 of en-cs",
    );
    expect(() => wmt22.unit("fr-en" as Direction, 1)).toThrow(
      "Cannot take direction fr-en from test set wmt22: it has en-cs, ",
    );
  });
});

describe("openTestSet()", () => {
  it("takes all sentences of a text that has as many of every direction", async () => {
    const tiny = await openTestSet("tiny/test");
    expect(tiny.length("en-de")).toBe(256);
    expect(tiny.unit("en-de", "all")).toEqual(tiny.unit("en-de", 256));
  });

  it("lists the names when there is none such", async () => {
    await expect(openTestSet("wmt23")).rejects.toThrow(
      'Cannot open text "wmt23": it must be one of tiny/test, tiny/calibration, tiny/dev, wmt22, or the path of a .tsv file',
    );
  });

  it("says how WMT22 is fetched where it has not been", async () => {
    const before = Deno.env.get("MTPRESS_DATA");
    Deno.env.set("MTPRESS_DATA", parquetPath("nothing"));
    try {
      await expect(openTestSet("wmt22")).rejects.toThrow("deno task fetch wmt22-test");
    } finally {
      if (before === undefined) Deno.env.delete("MTPRESS_DATA");
      else Deno.env.set("MTPRESS_DATA", before);
    }
  });
});
