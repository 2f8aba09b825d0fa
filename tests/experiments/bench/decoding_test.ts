import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { argmax } from "../../../experiments/bench/argmax.ts";
import { DECODING } from "../../../experiments/bench/decoding.ts";
import { openForm } from "../../../experiments/bench/decoding_models.ts";
import { NotThere, orNote } from "../../../experiments/bench/decoding_programs.ts";
import { agreement, relativeDistance } from "../../../experiments/bench/decoding_run.ts";
import { fakeContext } from "./fake_benchmarks.ts";

describe("DECODING", () => {
  it("runs the embedded model in every form and sets each beside float32", async () => {
    const workFolder = await Deno.makeTempDir({ prefix: "mtpress-decoding-" });
    const context = { ...fakeContext(), quick: true, repeats: 1, workFolder };
    for await (const result of DECODING.run(context)) {
      expect(result.contestants.map(({ name }) => name)).toEqual(expect.arrayContaining([
        "float32",
        "8 bits, level 4",
        "4 bits, level 1",
        "2 bits, level 4",
        "NF4",
        "sparse",
      ]));
      for (const { samples } of result.contestants) expect(samples[0]).toBeGreaterThan(0);
      expect(result.ratios.length).toBe(result.contestants.length - 1);
      expect(result.notes.join()).toContain("llama.cpp was not measured: --llama");
      break; // transformers.js is another package
    }
    await Deno.remove(workFolder, { recursive: true });
  });

  it("refuses random sparse weights, which would be dense ones", async () => {
    await expect(openForm("135m", "sparse", "nowhere")).rejects.toThrow(
      /Cannot make random sparse weights of size 135m/,
    );
  });
});

describe("orNote()", () => {
  it("tells of a program that is not there and passes other errors on", async () => {
    const lines: string[] = [];
    const context = { ...fakeContext(), log: (line: string) => void lines.push(line) };
    const absent = () => Promise.reject(new NotThere("it ended"));
    expect(await orNote("another", context, absent)).toBeUndefined();
    expect(lines).toEqual(["another was not measured: it ended"]);
    const failing = () => Promise.reject(new RangeError("wrong"));
    await expect(orNote("another", context, failing)).rejects.toThrow("wrong");
  });
});

describe("comparing two runs", () => {
  it("argmax() finds the first of the largest", () => {
    expect(argmax(Float32Array.of(1, 3, 3, 2))).toBe(1);
  });

  it("agreement() counts tokens before the first that differs", () => {
    expect([agreement([1, 2, 3], [1, 2, 3]), agreement([1, 2, 3], [1, 4, 3])]).toEqual([3, 1]);
  });

  it("relativeDistance() is relative to the largest of the other side", () => {
    expect(relativeDistance([1, -4], [2, -8])).toBe(0.5);
  });
});
