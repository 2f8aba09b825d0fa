import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { ROUNDS } from "../../experiments/interleaved_time.ts";
import { storedTimes, type StoredTimesOptions } from "../../experiments/stored_times.ts";
import { withFolder } from "./example_rows.ts";
import { FAKE_WORK, FakeDecoders } from "./fake_decoders.ts";

async function take(folder: string, ids: string[], part: Partial<StoredTimesOptions> = {}) {
  const fake = new FakeDecoders();
  const options = { folder, work: FAKE_WORK, device: "cpu", threads: 2, ...part } as const;
  const record = await storedTimes(fake.models(ids), options);
  return { record, taken: fake.order.length > 0 };
}

describe("storedTimes()", () => {
  it("storedTimes() takes times once and finds them again, byte for byte", () =>
    withFolder(async (folder) => {
      const first = await take(folder, ["a", "b"]);
      const second = await take(folder, ["a", "b"]);
      expect([first.taken, second.taken]).toEqual([true, false]);
      expect(second.record).toEqual(first.record);
      expect(first.record.models.map(({ id, secondsPerToken }) => [id, secondsPerToken.length]))
        .toEqual([["a", ROUNDS], ["b", ROUNDS]]);
    }));

  it("storedTimes() takes times again for other models, work, rounds, threads, or when told to", () =>
    withFolder(async (folder) => {
      await take(folder, ["a", "b"]);
      const changes: [string[], Partial<StoredTimesOptions>][] = [
        [["a", "c"], {}],
        [["a", "b"], { work: { ...FAKE_WORK, beams: 3 } }],
        [["a", "b"], { rounds: 8 }],
        [["a", "b"], { threads: 1 }],
        [["a", "b"], { fresh: true }],
      ];
      for (const [ids, part] of changes) expect((await take(folder, ids, part)).taken).toBe(true);
    }));

  it("storedTimes() says what machine took them, and with what", () =>
    withFolder(async (folder) => {
      const { record: { machine, versions, work, device } } = await take(folder, ["a"]);
      expect(machine.cores).toBe(navigator.hardwareConcurrency);
      expect(machine.platform).toBe(`${Deno.build.os} ${Deno.build.arch}`);
      expect(Object.keys(versions)).toContain("onnxruntime-node");
      expect([work.prompts, work.steps, work.beams, device]).toEqual([2, 3, 2, "cpu"]);
    }));

  it("storedTimes() refuses a record that was changed", () =>
    withFolder(async (folder) => {
      await take(folder, ["a"]);
      const [{ name }] = [...Deno.readDirSync(`${folder}/times`)];
      const path = `${folder}/times/${name}`;
      await Deno.writeTextFile(
        path,
        (await Deno.readTextFile(path)).replace(`"rounds": ${ROUNDS}`, '"rounds": 8'),
      );
      await expect(take(folder, ["a"])).rejects.toThrow("must carry their own SHA-256");
    }));
});
