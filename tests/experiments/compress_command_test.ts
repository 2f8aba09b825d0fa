import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { compressCommand, type CompressSeams } from "../../experiments/compress.ts";
import { parseCompressOptions } from "../../experiments/compress_options.ts";
import { compressView, estimatedSeconds, timeText } from "../../experiments/compress_view.ts";
import { tinyModelFolder } from "../../data/tiny.ts";
import { loadTranslator } from "../../inference/translator.ts";

describe("deno task compress", () => {
  let folder: string;

  before(async () => {
    folder = await Deno.makeTempDir({ prefix: "mtpress_compress_" });
  });
  after(() => Deno.remove(folder, { recursive: true }));

  /** Runs the command and gives its exit code and lines. */
  async function run(args: readonly string[], seams: CompressSeams = {}) {
    const lines: string[] = [];
    const code = await compressCommand(["--model", "tiny", ...args], {
      print: (line) => lines.push(line),
      ...seams,
    });
    return { code, lines };
  }

  it("says what it takes, compresses, and leaves a folder that translates", async () => {
    const out = `${folder}/rtn`;
    const { code, lines } = await run(["--method", "rtn-4", "--out", out, "--dtype", "float16"]);
    expect(code).toBe(0);
    expect(lines[0]).toBe("Result: 2.0 MB");
    expect(lines.filter((line) => /^Layer \d of 4, /.test(line)).length).toBe(4);
    const translator = await loadTranslator(out, { graphFolder: `${folder}/graphs` });
    const { translations } = await translator.translate(["The dog sleeps."], {
      direction: "en-de",
    });
    expect(translations[0].text).not.toBe("");
    await translator.close();
  });

  it("prints lines of JSON: what it takes, what it does, what came out", async () => {
    const out = `${folder}/wanda`;
    const method = ["--method", "wanda-40", "--protocol", "study", "--samples", "8"];
    const { code, lines } = await run([...method, "--states", "disk", "--json", "--out", out]);
    expect(code).toBe(0);
    const events = lines.map((line) => JSON.parse(line));
    const [needs] = events;
    const done = events.at(-1);
    expect([needs.event, done.event]).toEqual(["needs", "done"]);
    expect(needs.statesBytes).toBe(8 * 256 * 128 * 4); // padded to all positions that the model has
    expect(needs.outputBytes).toBe(done.bytes);
    expect(events[1]).toMatchObject({ event: "backend", backend: "wasm" });
    expect(new Set(events.slice(2, -1).map(({ event }) => event))).toEqual(new Set(["activity"]));
    expect(events.find(({ layer, activity }) => layer === 2 && activity === "read").secondsLeft)
      .toBeGreaterThan(0);
    const record = JSON.parse(await Deno.readTextFile(`${out}/compressed.json`));
    expect(record.calibration).toMatchObject({ samples: 8, paddedTo: 256 });
  });

  it("refuses a disk that is too small before any work, with both numbers", async () => {
    const out = `${folder}/full`;
    const free = () => Promise.resolve(1_500_000);
    const message = `Cannot write 2.0 MB to ${out}: its disk has 1.5 MB free`;
    await expect(run(["--method", "nf4", "--out", out], { free })).rejects
      .toThrow(new Error(message));
    const { code, lines } = await run(["--method", "nf4", "--out", out, "--json"], { free });
    expect([code, JSON.parse(lines.at(-1)!)]).toEqual([1, { event: "error", message }]);
    await expect(Deno.stat(out)).rejects.toThrow(Deno.errors.NotFound);
  });

  it("asks before much is written, and --yes answers", async () => {
    const out = `${folder}/asked`;
    const args = ["--method", "nf4", "--out", out];
    const questions: string[] = [];
    const confirm = (question: string) => (questions.push(question), false);
    expect((await run(args, { confirm, askFrom: 1e6 })).code).toBe(2);
    expect(questions).toEqual([`Write up to 2.0 MB to ${out}?`]);
    expect((await run([...args, "--yes"], { confirm, askFrom: 1e6 })).code).toBe(0);
    expect(questions.length).toBe(1);
  });

  it("goes on where it was, and counts what is there as written", async () => {
    const args = ["--method", "nf4", "--out", `${folder}/asked`];
    const { lines } = await run(args, { free: () => Promise.resolve(200_000) });
    expect(lines.at(-2)).toMatch(/4 layers before that$/);
  });

  it("refuses a compressed model, a method without a text, and unknown names", async () => {
    const out = `${folder}/refused`;
    const attempt = (...args: string[]) => compressCommand([...args, "--out", out]);
    await expect(attempt("--model", `${folder}/rtn`, "--method", "nf4")).rejects
      .toThrow(/compressed model already/);
    await Deno.mkdir(`${folder}/own`);
    for await (const { name } of Deno.readDir(tinyModelFolder())) {
      await Deno.symlink(`${tinyModelFolder()}/${name}`, `${folder}/own/${name}`);
    }
    await expect(attempt("--model", `${folder}/own`, "--method", "gptq-4")).rejects
      .toThrow(/own without --calibration/);
    await expect(attempt("--model", "tiny", "--method", "nf5")).rejects
      .toThrow(/method "nf5": it must be one of baseline, gptq-4/);
  });
});

describe("parseCompressOptions()", () => {
  const needed = ["--model", "tiny", "--out", "x"];

  it("reads steps as JSON", () => {
    const steps = [{ kind: "rtn", bits: 4 }];
    expect(parseCompressOptions([...needed, "--steps", JSON.stringify(steps)]))
      .toMatchObject({ steps, method: undefined, protocol: "sound", yes: false });
  });

  for (
    const [args, rule] of [
      [["--model", "tiny", "--method", "nf4"], /without --model and --out/],
      [needed, /neither or both of --method and --steps/],
      [[...needed, "--method", "nf4", "--steps", "[]"], /neither or both/],
      [[...needed, "--steps", "{"], /must be JSON/],
      [[...needed, "--steps", '["nf4"]'], /a list of objects with a kind/],
      [[...needed, "--method", "nf4", "--samples", "0"], /--samples 0: .*positive integer/],
      [[...needed, "--method", "nf4", "--dtype", "int8"], /--dtype int8: it must be float16/],
      [[...needed, "--method", "nf4", "--states", "x"], /memory or disk/],
      [[...needed, "--method", "nf4", "--backend", "x"], /reference or wasm or webgpu or blas/],
      [[...needed, "--nonsense"], /Unknown option .*--method/],
    ] as const
  ) {
    it(`refuses ${args.slice(4).join(" ") || args.join(" ")}`, () => {
      expect(() => parseCompressOptions(args)).toThrow(rule);
    });
  }
});

describe("compressView()", () => {
  it("tells the time left from the layers that are done", () => {
    const lines: string[] = [];
    const clock = { now: 100 };
    const view = compressView(false, (line) => lines.push(line), () => clock.now);
    for (const layer of [3, 4, 5]) {
      view.activity({ layer, layers: 8, activity: "read" });
      view.activity({ layer, layers: 8, activity: "gather", done: 1, total: 2 });
      clock.now += 600;
    }
    expect(lines).toEqual([
      "Layer 3 of 8, time left is known after it",
      "Layer 4 of 8, about 40 min left",
      "Layer 5 of 8, about 30 min left",
    ]);
  });

  it("adds up the time of products, of GPTQ and of weights", () => {
    const needs = { productOperations: 100, gptqOperations: 20, weightVisits: 3 };
    const rates = { products: 10, gptq: 5, weights: 1 };
    expect(estimatedSeconds(needs as never, rates)).toBe(17);
    expect([0.2, 89, 90, 5399, 5400].map(timeText)).toEqual([
      "1 s",
      "89 s",
      "2 min",
      "90 min",
      "1.5 h",
    ]);
  });
});
