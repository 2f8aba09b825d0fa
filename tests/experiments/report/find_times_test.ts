import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { openCheckpoint, tinyModelFolder } from "mtpress";
import { findTimes } from "../../../experiments/report/find_times.ts";
import { storedTimes } from "../../../experiments/stored_times.ts";
import { timedIdentity } from "../../../experiments/timed_identity.ts";
import { exampleRow, withFolder } from "../example_rows.ts";
import { FAKE_WORK, FakeDecoders } from "../fake_decoders.ts";

const KEY = "0123456789abcdef".repeat(4);
const COMPRESSION = { key: KEY, backend: "wasm", seconds: 1, sparsity: 0 };
const ROWS = [
  exampleRow(),
  exampleRow({ method: { id: "nf4", steps: [{ kind: "nf4" }] }, compression: COMPRESSION }),
];

/** Takes times of models with these SHA-256s by method, into a results folder. */
async function take(folder: string, weights: Record<string, string>): Promise<void> {
  const models = new FakeDecoders().models(Object.keys(weights)).map((model) => ({
    ...model,
    sha256: timedIdentity(weights[model.id], 1),
  }));
  await storedTimes(models, { folder, work: FAKE_WORK, device: "cpu", threads: 2 });
}

/** A results folder in which a copy of the embedded model stands for the compressed one; gives its SHA-256. */
async function copyModel(folder: string): Promise<string> {
  const copy = `${folder}/models/nf4-${KEY.slice(0, 16)}`;
  await Deno.mkdir(copy, { recursive: true });
  for await (const { name } of Deno.readDir(tinyModelFolder())) {
    await Deno.copyFile(`${tinyModelFolder()}/${name}`, `${copy}/${name}`);
  }
  const checkpoint = await openCheckpoint(copy);
  try {
    return await checkpoint.sha256();
  } finally {
    checkpoint.close();
  }
}

describe("findTimes()", () => {
  it("finds times whose models are those of the rows, weight for weight", async () => {
    await withFolder(async (folder) => {
      const compressed = await copyModel(folder);
      await take(folder, { baseline: ROWS[0].model.sha256, nf4: compressed });
      const found = await findTimes(folder, ROWS);
      expect(found.map(({ id }) => id)).toEqual(["baseline", "nf4"]);
    });
  });

  it("passes over times of other weights, and of models that are gone", async () => {
    await withFolder(async (folder) => {
      await take(folder, { baseline: "other weights" });
      await take(folder, { baseline: ROWS[0].model.sha256, nf4: "gone" });
      expect(await findTimes(folder, ROWS)).toEqual([]);
      await take(folder, { baseline: ROWS[0].model.sha256 });
      expect((await findTimes(folder, ROWS)).length).toBe(1);
    });
  });

  it("finds none where none were taken", async () => {
    await withFolder(async (folder) => expect(await findTimes(folder, ROWS)).toEqual([]));
  });
});
