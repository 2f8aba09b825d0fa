import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { readPairFile, splitFile } from "../../data/parquet.ts";
import { readTinySplit } from "../../data/tiny.ts";
import { withFolder } from "../experiments/example_rows.ts";
import { parquetPath } from "./parquet.ts";

const OPTIONS = { columns: ["de-en"], languages: ["de", "en"] };
const read = (name: string) => readPairFile(parquetPath(`other/${name}.parquet`), OPTIONS);

const REFUSED: [name: string, why: string][] = [
  ["zstd", "it must be compressed by snappy or not at all, not by ZSTD"],
  ["gzip", "it must be compressed by snappy or not at all, not by GZIP"],
  [
    "flat",
    'its one column must be "de-en" with the texts de and en; it has de (UTF8), en (UTF8)',
  ],
  ["two_columns", "it has de-en (of 2), de (UTF8), en (UTF8), id (INT64)"],
  ["numbers", "it has de-en (of 2), de (INT32), en (INT32)"],
  ["list", "it has de-en (of 1), list (of 1), element (UTF8)"],
  ["bytes", "it has de-en (of 2), de (BYTE_ARRAY), en (BYTE_ARRAY)"],
  ["three", "it has de-en (of 3), de (UTF8), en (UTF8), cs (UTF8)"],
  ["null_row", "no text may be empty, and that of row 1 (counted from 0) in de is"],
  ["null_text", "no text may be empty, and that of row 1 (counted from 0) in en is"],
  ["blank", "no text may be empty, and that of row 2 (counted from 0) in de is"],
  ["empty", "it must have rows, as many as it says (0), not 0"],
];

describe("readPairFile()", () => {
  it("reads several row groups, pages of version 2, and files that are not compressed", async () => {
    const { sources, references } = (await readTinySplit("test")).pairs("de-en", 40);
    const rows = sources.map((de, i) => ({ de, en: references[i] }));
    const [plain, pages] = await Promise.all([read("plain"), read("pages_v2")]);
    expect(plain.rows).toEqual(rows);
    expect(pages.rows).toEqual(rows);
    expect(pages.fileSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(pages.fileSha256).not.toBe(plain.fileSha256);
  });

  it("keeps every character: a byte order mark, tabs, line breaks, spaces at the ends, astral ones", async () => {
    const row = {
      de: "\ufeffMit\tTab und\nUmbruch, \u{1f600}",
      en: "  With\ttab and\nbreak, \u{1f600} \u2028",
    };
    expect((await read("strange")).rows).toEqual([row, row]);
  });

  for (const [name, why] of REFUSED) {
    it(`refuses ${name.replace("_", " ")}.parquet and says what it found`, async () => {
      await expect(read(name)).rejects.toThrow(SyntaxError);
      await expect(read(name)).rejects.toThrow(why);
    });
  }

  it("refuses another pair of languages and another name of the column", async () => {
    const file = parquetPath("other/plain.parquet");
    await expect(readPairFile(file, { columns: ["cs-en"], languages: ["cs", "en"] }))
      .rejects.toThrow('its one column must be "cs-en" with the texts cs and en');
    await expect(readPairFile(file, { columns: ["translation"], languages: ["de", "en"] }))
      .rejects.toThrow('its one column must be "translation"');
  });

  it("refuses text, nothing, and a file that ends early or lacks its beginning", async () => {
    const whole = await Deno.readFile(parquetPath("other/plain.parquet"));
    const parts = [
      new TextEncoder().encode("de\ten\n"),
      new Uint8Array(),
      whole.slice(0, -1),
      whole.slice(0, whole.length / 2),
      whole.slice(100),
    ];
    await withFolder(async (folder) => {
      for (const [i, bytes] of parts.entries()) {
        const file = `${folder}/${i}.parquet`;
        await Deno.writeFile(file, bytes);
        await expect(readPairFile(file, OPTIONS)).rejects.toThrow(`Cannot read ${file}: it`);
      }
    });
  });

  it("decodes nothing whose hash is not the pinned one: a file with one byte changed", async () => {
    const { fileSha256 } = await read("pages_v2");
    const bytes = await Deno.readFile(parquetPath("other/pages_v2.parquet"));
    bytes[1874] ^= 4; // a number of values, which decoding would count to for hours
    await withFolder(async (folder) => {
      const file = `${folder}/changed.parquet`;
      await Deno.writeFile(file, bytes);
      await expect(readPairFile(file, { ...OPTIONS, sha256: fileSha256 })).rejects.toThrow(
        `and must be the pinned ${fileSha256}`,
      );
    });
  });
});

describe("splitFile()", () => {
  it("finds the one file of a split, with or without an id", async () => {
    await withFolder(async (folder) => {
      await Deno.mkdir(`${folder}/cs-en`);
      await Deno.writeTextFile(`${folder}/cs-en/train-00000-of-00001.parquet`, "");
      await Deno.writeTextFile(`${folder}/cs-en/test-00000-of-00001-0a1b.parquet`, "");
      expect(await splitFile(folder, "cs-en", "train"))
        .toBe("cs-en/train-00000-of-00001.parquet");
      expect(await splitFile(folder, "cs-en", "test"))
        .toBe("cs-en/test-00000-of-00001-0a1b.parquet");
    });
  });

  it("refuses a folder that has none, and one that has two", async () => {
    await withFolder(async (folder) => {
      await expect(splitFile(folder, "cs-en", "test")).rejects.toThrow(
        `Cannot read cs-en from ${folder}/cs-en: it must hold one file test-00000-of-00001-<id>.parquet`,
      );
      await Deno.mkdir(`${folder}/cs-en`);
      for (const id of ["0a", "1b"]) {
        await Deno.writeTextFile(`${folder}/cs-en/test-00000-of-00001-${id}.parquet`, "");
      }
      await expect(splitFile(folder, "cs-en", "test")).rejects.toThrow("-0a.parquet and test-");
    });
  });
});
