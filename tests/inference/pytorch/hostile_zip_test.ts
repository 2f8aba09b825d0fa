import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { openTorchFile, openTorchSource } from "../../../inference/pytorch/torch_file.ts";
import {
  type End,
  entries,
  type Entry,
  FOUR,
  join,
  little,
  memorySource,
  oneTensor,
  tensor,
  zip,
} from "./build_torch.ts";

async function refusal(bytes: Uint8Array): Promise<string> {
  const source = memorySource(bytes);
  const error = await openTorchSource(source).catch((error: Error) => error);
  expect(error).toBeInstanceOf(SyntaxError);
  expect(source.closed).toBe(true);
  expect(source.largest).toBeLessThanOrEqual(bytes.length);
  return (error as Error).message;
}

/** The sound archive with changes to its storage's entry. */
function changed(change: Partial<Entry>, end: End = {}): Uint8Array {
  return zip(entries().map((entry, i) => i === 2 ? { ...entry, ...change } : entry), end);
}

describe("openTorchSource() of a hostile archive", () => {
  it("openTorchSource() reads the sound archive, with and without zip64 records", async () => {
    for (const end of [{}, { zip64: {} }, { entries: 0xffff, begin: 0xffffffff, zip64: {} }]) {
      const file = await openTorchSource(memorySource(zip(entries(), end)));
      expect([...new Float32Array((await file.bytes("a")).buffer)]).toEqual([1, 2, 3, 4]);
    }
  });

  for (
    const [title, change, rule] of [
      ["a compressed entry", { method: 8 }, /entry "archive\/data\/0" .*stored, not compressed/],
      ["an encrypted entry", { flags: 0x801 }, /must not be encrypted/],
      ["a lying size", { size: 1000 }, /must lie before the zip directory/],
      ["two sizes", { size: 8, stored: 16 }, /two sizes must agree/],
      ["a header's place beyond the file", { header: 1e6 }, /must lie before the zip directory/],
      ["overlapping entries", { header: 0 }, /it overlaps another entry/],
      ["another local name", { localName: "archive/data/1" }, /own header must agree/],
      ["zip64 sizes without their field", { size: 0xffffffff }, /lacks the zip64 field/],
      [
        "a zip64 field that is too short",
        { size: 0xffffffff, extra: [1, 0, 8, 0, ...little(16, 8)] },
        /zip64 field is too short/,
      ],
      [
        "zip64 sizes beyond the file",
        {
          size: 0xffffffff,
          extra: [1, 0, 16, 0, ...little(2n ** 60n, 8), ...little(2n ** 60n, 8)],
        },
        /must lie before the zip directory/,
      ],
      ["a second data.pkl", { name: "archive/data.pkl" }, /a name must occur once/],
      ["another folder", { name: "other/data/0" }, /must lie below one folder/],
      ["a missing storage", { name: "archive/data/7" }, /storage data\/0 is missing/],
    ] as [string, Partial<Entry>, RegExp][]
  ) {
    it(`openTorchSource() refuses ${title}`, async () => {
      expect(await refusal(changed(change))).toMatch(rule);
    });
  }

  for (
    const name of [
      "../data/0",
      "archive/../../data/0",
      "/archive/data/0",
      "archive//data",
      "archive/./data",
      "archive\\data\\0",
      "C:/data/0",
      "archive/data/\0",
      "archive/",
      "data",
      "",
    ]
  ) {
    it(`openTorchSource() refuses the name ${JSON.stringify(name)}`, async () => {
      expect(await refusal(changed({ name }))).toMatch(/must be a plain path below one folder/);
    });
  }

  for (
    const [title, end, rule] of [
      ["too many entries", { entries: 4 }, /as many entries as it says/],
      ["too few entries", { entries: 2 }, /must end with its last entry/],
      ["a directory elsewhere", { begin: 3 }, /directory must reach up to byte/],
      ["a directory that is longer", { length: 1e6 }, /directory must reach up to byte/],
      ["zip64: other entries", { zip64: { entries: 2 } }, /two records at its end must agree/],
      ["zip64: a record elsewhere", { zip64: { place: 7 } }, /directly before its locator/],
      [
        "zip64: 2^60 entries",
        { entries: 0xffff, zip64: { entries: 2 ** 60 } },
        /as many entries as it says/,
      ],
      [
        "zip64: an enormous directory",
        { length: 0xffffffff, zip64: { length: 2 ** 62 } },
        /directory must reach up to byte/,
      ],
    ] as [string, End, RegExp][]
  ) {
    it(`openTorchSource() refuses ${title}`, async () => {
      expect(await refusal(zip(entries(), end))).toMatch(rule);
    });
  }

  it("openTorchSource() refuses an archive cut anywhere", async () => {
    const whole = zip(entries());
    for (let length = 0; length < whole.length; length++) {
      expect(await refusal(whole.slice(0, length))).toMatch(/must be a zip archive/);
    }
    expect(await refusal(join(whole, 0))).toMatch(/must be a zip archive/);
  });

  it("openTorchSource() refuses a big byte order, and a file without data.pkl", async () => {
    const [data, , storage] = entries();
    const order = { name: "archive/byteorder", data: "big" };
    expect(await refusal(zip([data, order, storage]))).toMatch(/byte order must be "little"/);
    expect(await refusal(zip([order, storage]))).toMatch(/byte order/);
    expect(await refusal(zip([storage]))).toMatch(/must have an entry data\.pkl/);
    expect(await refusal(zip([]))).toMatch(/must have an entry data\.pkl/);
  });
});

describe("openTorchFile() of a large file", () => {
  it("TorchFile.bytes() reads a small tensor behind 6 GiB, through zip64 fields", async () => {
    const large = 6 * 2 ** 30;
    const data = oneTensor(tensor({ key: "1" }));
    const headerBytes = (name: string) => 30 + name.length;
    const hole = headerBytes("archive/data/0"); // the large storage's place
    const behind = hole + large;
    const next = behind + headerBytes("archive/data.pkl") + data.length;
    const begin = next + headerBytes("archive/data/1") + FOUR.length;
    const wide = (...values: number[]) => [
      ...little(1, 2),
      ...little(8 * values.length, 2),
      ...values.flatMap((value) => little(value, 8)),
    ];
    const late = (place: number) => ({ header: 0xffffffff, extra: wide(place) });
    const listed = [
      { name: "archive/data/0", data: "", size: 0xffffffff, extra: wide(large, large) },
      { name: "archive/data.pkl", data, ...late(behind) },
      { name: "archive/data/1", data: FOUR, ...late(next) },
    ];
    const place = zip(listed, { zip64: {} }).length - 22 - 20 - 56 + large;
    const bytes = zip(listed, { begin: 0xffffffff, zip64: { begin, place } });

    const path = await Deno.makeTempFile();
    await Deno.writeFile(path, bytes.slice(0, hole));
    await Deno.truncate(path, behind); // a hole, which takes no room on the disk
    await Deno.writeFile(path, bytes.slice(hole), { append: true });
    const file = await openTorchFile(path);
    expect([...new Float32Array((await file.bytes("a")).buffer)]).toEqual([1, 2, 3, 4]);
    expect(file.tensors.get("a")?.begin).toBe(begin - FOUR.length);
    file.close();
    await Deno.remove(path);
  });
});
