import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { writeVerified } from "../../data/fetch/verified.ts";
import { tinyModelFolder } from "../../data/tiny.ts";
import { openCheckpoint } from "../../inference/checkpoint.ts";
import { fileSha256 } from "../../inference/safetensors.ts";

const WEIGHTS = "model.safetensors";

async function withModel(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "mtpress_test_" });
  try {
    for (const name of ["config.json", WEIGHTS]) {
      await Deno.copyFile(`${tinyModelFolder()}/${name}`, `${folder}/${name}`);
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function weightsHash(folder: string): Promise<string> {
  const model = await openCheckpoint(folder);
  return await model.sha256().finally(() => model.close());
}

describe("Checkpoint.sha256() of fetched weights", () => {
  const recorded = "0".repeat(64);

  it("is the one that was found when they were verified, without reading them again", async () => {
    await withModel(async (folder) => {
      const { size: bytes } = await Deno.stat(`${folder}/${WEIGHTS}`);
      await writeVerified(folder, WEIGHTS, { bytes, sha256: recorded });
      expect(await weightsHash(folder)).toBe(recorded);
    });
  });

  it("is that of their bytes when they are newer than the record, or of another length", async () => {
    await withModel(async (folder) => {
      const own = await fileSha256(`${folder}/${WEIGHTS}`);
      const { size: bytes } = await Deno.stat(`${folder}/${WEIGHTS}`);
      await writeVerified(folder, WEIGHTS, { bytes: bytes + 1, sha256: recorded });
      expect(await weightsHash(folder)).toBe(own);
      await writeVerified(folder, WEIGHTS, { bytes, sha256: recorded });
      const later = new Date(Date.now() + 10_000);
      await Deno.utime(`${folder}/${WEIGHTS}`, later, later);
      expect(await weightsHash(folder)).toBe(own);
    });
  });
});
