import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { fileURLToPath } from "node:url";
import { tinyModelFolder } from "../../data/tiny.ts";
import { parseExportOptions } from "../../experiments/export_options.ts";
import { storedResult } from "../../experiments/stored_result.ts";
import { openCheckpoint } from "../../inference/checkpoint.ts";
import { roundToNearest } from "../../kernels/round_to_nearest.ts";
import denoJson from "../../deno.json" with { type: "json" };
import { compressTiny } from "../inference/export/compressed_tiny.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const tiny = { id: "tiny", folder: tinyModelFolder() };

/** Runs `deno task export` with the permissions that deno.json gives it. */
async function run(results: string, ...args: string[]): Promise<{ code: number; output: string }> {
  const words = denoJson.tasks.export.command.split(" ").slice(1);
  const command = new Deno.Command(Deno.execPath(), {
    args: [...words, ...args],
    cwd: root,
    env: { NO_COLOR: "1", MTPRESS_RESULTS: results },
  });
  const { code, stdout, stderr } = await command.output();
  return { code, output: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

describe("parseExportOptions()", () => {
  it("reads the result, the format and the options", () => {
    expect(parseExportOptions(["gptq-4", "--format", "gptq_v2", "--force"])).toEqual({
      result: "gptq-4",
      format: "gptq_v2",
      output: undefined,
      model: "tiny",
      force: true,
    });
    expect(parseExportOptions(["--help"])).toBe("help");
  });

  it("says what is missing or unknown", () => {
    expect(() => parseExportOptions(["gptq-4"])).toThrow("without --format: it is one of gptq,");
    expect(() => parseExportOptions(["--format", "gptq"])).toThrow("Cannot export 0 results");
    expect(() => parseExportOptions(["a", "--format", "gguf"])).toThrow(
      'Cannot export as "gguf": the formats are gptq,',
    );
    expect(() => parseExportOptions(["a", "--to", "b"])).toThrow(
      "Allowed are a result, --format, --output",
    );
  });
});

describe("storedResult()", () => {
  it("finds the newest compressed model of the method and the model", async () => {
    const results = await Deno.makeTempDir({ prefix: "mtpress_results_" });
    const source = await openCheckpoint(tiny.folder);
    const weightsSha256 = await source.sha256();
    source.close();
    const add = async (name: string, sha256: string, seconds: number) => {
      await Deno.mkdir(`${results}/models/${name}`, { recursive: true });
      const file = `${results}/models/${name}/compressed.json`;
      const facts = { source: { weightsSha256: sha256 }, steps: [], backend: "wasm", linears: {} };
      const record = { format: "mtpress-compressed", version: 1, layers: 1, ...facts };
      await Deno.writeTextFile(file, JSON.stringify(record));
      await Deno.utime(file, seconds, seconds);
    };
    await add("gptq-4-0000000000000001", weightsSha256, 100);
    await add("gptq-4-0000000000000002", weightsSha256, 300);
    await add("gptq-4-0000000000000003", weightsSha256, 200);
    await add("gptq-4-0000000000000004", "another model's", 400);
    await add("gptq-4-int8-0000000000000005", weightsSha256, 500);
    await Deno.mkdir(`${results}/models/gptq-4-0000000000000006`); // not finished
    expect(await storedResult(results, "gptq-4", tiny)).toBe(
      `${results}/models/gptq-4-0000000000000002`,
    );
    await Deno.remove(results, { recursive: true });
  });

  it("gives the model itself for the baseline, and says how to make what is missing", async () => {
    expect(await storedResult("nowhere", "baseline", tiny)).toBe(tiny.folder);
    await expect(storedResult("nowhere", "wanda-40", tiny)).rejects.toThrow(
      "run deno task reproduce --only wanda-40 first",
    );
  });
});

describe("deno task export", () => {
  it("exports a compressed model's folder, and refuses what does not fit", async () => {
    const results = await Deno.makeTempDir({ prefix: "mtpress_results_" });
    const store = (weight: Parameters<typeof roundToNearest>[0]) =>
      roundToNearest(weight, { bits: 4, symmetric: true, groupSize: 32 });
    const { folder, remove } = await compressTiny(store);
    const output = `${results}/it`;
    const done = await run(results, folder, "--format", "gptq", "--output", output);
    expect(done.output).toContain("as gptq to");
    expect(done.code).toBe(0);
    const card = await Deno.readTextFile(`${output}/README.md`);
    expect(card).toContain("Source: tiny, weights with SHA-256");

    const again = await run(results, folder, "--format", "gptq", "--output", output);
    expect(again).toEqual({
      code: 1,
      output: `Cannot write ${output}: it is there already, and it is replaced only when that ` +
        "is forced\n",
    });
    const refused = await run(results, folder, "--format", "bnb-nf4");
    expect(refused.output).toMatch(/^Cannot export model\.layers\.0\..* as bnb-nf4: its weight is/);
    expect(refused.code).toBe(1);
    expect(Array.from(Deno.readDirSync(results), ({ name }) => name)).toEqual(["it"]);
    await remove();
    await Deno.remove(results, { recursive: true });
  });
});
