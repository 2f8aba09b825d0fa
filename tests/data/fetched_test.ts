import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { dataFolder, pinsLockFile } from "../../data/data_folder.ts";
import { writeVerified } from "../../data/fetch/verified.ts";
import { pinFolder, requireFetched } from "../../data/fetched.ts";
import { findPin } from "../../data/pins.ts";

const PIN = findPin("xlm-roberta-large");
const MODEL = PIN.files[0]! as { path: string; bytes: number; sha256: string };

/** A data folder in which the tokenizer's model has a length and, if given, a recorded hash. */
async function folderWith(bytes: number, sha256?: string): Promise<string> {
  const folder = await Deno.makeTempDir();
  const home = pinFolder(PIN, folder);
  await Deno.mkdir(home, { recursive: true });
  await Deno.writeFile(`${home}/${MODEL.path}`, new Uint8Array(bytes));
  if (sha256) await writeVerified(home, MODEL.path, { bytes, sha256 });
  return folder;
}

describe("requireFetched()", () => {
  it("requireFetched() gives the folder when the files are there and were verified", async () => {
    const folder = await folderWith(MODEL.bytes, MODEL.sha256);
    expect(await requireFetched("xlm-roberta-large", [MODEL.path], folder)).toBe(
      `${folder}/xlm-roberta-large/${PIN.revision}`,
    );
    await expect(requireFetched("xlm-roberta-large", undefined, folder)).rejects.toThrow(
      `Cannot use FacebookAI/xlm-roberta-large: tokenizer.json is missing in ${
        pinFolder(PIN, folder)
      }; ` +
        "`deno task fetch xlm-roberta-large` fetches it (9.1 MB)",
    );
    await Deno.remove(folder, { recursive: true });
  });

  it("requireFetched() says what is not right, and which command fetches it", async () => {
    for (
      const [bytes, sha256, words] of [
        [MODEL.bytes, undefined, "is not verified"],
        [10, MODEL.sha256, "is too short: 10 bytes instead of 5069051"],
        [MODEL.bytes, "0".repeat(64), `and pins.json says ${MODEL.sha256}`],
      ] as const
    ) {
      const folder = await folderWith(bytes, sha256);
      const needed = requireFetched("xlm-roberta-large", ["sentencepiece*"], folder);
      await expect(needed).rejects.toThrow(words);
      await expect(needed).rejects.toThrow(
        "`deno task fetch xlm-roberta-large --only 'sentencepiece*'` fetches it (5.1 MB)",
      );
      await Deno.remove(folder, { recursive: true });
    }
  });

  it("requireFetched() knows how much a whole model is before a byte of it is there", async () => {
    await expect(requireFetched("alma-7b", undefined, "/nowhere")).rejects.toThrow(
      /^Cannot use haoranxu\/ALMA-7B: config\.json is missing, generation_config\.json is missing, special_tokens_map\.json is missing and 6 more in .*; `deno task fetch alma-7b` fetches them \(27 GB\)$/,
    );
    await expect(requireFetched("alma", undefined, "/nowhere")).rejects.toThrow(RangeError);
  });
});

describe("dataFolder()", () => {
  const folder = (variables: Record<string, string>, os = "linux") =>
    dataFolder((name) => variables[name], os);

  it("dataFolder() is the folder that MTPRESS_DATA names, else one in the user's cache", () => {
    expect(folder({ MTPRESS_DATA: "/big", HOME: "/home/a" })).toBe("/big");
    expect(folder({ XDG_CACHE_HOME: "/cache", HOME: "/home/a" })).toBe("/cache/mtpress/data");
    expect(folder({ HOME: "/home/a" })).toBe("/home/a/.cache/mtpress/data");
    expect(folder({ HOME: "/Users/a" }, "darwin")).toBe("/Users/a/Library/Caches/mtpress/data");
    expect(folder({ LOCALAPPDATA: "C:/a" }, "windows")).toBe("C:/a/mtpress/data");
    expect(() => folder({})).toThrow("so set MTPRESS_DATA");
  });
});

describe("pinsLockFile()", () => {
  const variable = (variables: Record<string, string>) => (name: string) => variables[name];

  it("pinsLockFile() lies beside pins.json in a checkout, else in the data folder", () => {
    expect(pinsLockFile(variable({ MTPRESS_PINS_LOCK: "/a/lock.json" }))).toBe("/a/lock.json");
    expect(pinsLockFile(variable({}))).toMatch(/data.pins\.lock\.json$/);
    const remote = "https://registry.test/mtpress/data/data_folder.ts";
    expect(pinsLockFile(variable({ MTPRESS_DATA: "/big" }), remote)).toBe("/big/pins.lock.json");
  });
});
