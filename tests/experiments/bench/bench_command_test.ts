import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { readBenchRecord } from "../../../experiments/bench/record.ts";
import { checkoutPath, runDeno } from "../command.ts";

async function bench(results: string, ...args: string[]) {
  const config = ["--config", checkoutPath("deno.json"), "--no-lock"];
  const command = ["run", "--allow-all", ...config, checkoutPath("experiments/bench.ts")];
  return await runDeno([...command, "bleu", "--quick", "--repeats", "1", ...args], { results });
}

describe("deno task bench", () => {
  it("measures what needs nothing else without Python, and writes the record twice", async () => {
    const results = await Deno.makeTempDir();
    try {
      const { code, text } = await bench(results, "--json", `${results}/copy.json`);
      expect(text).toContain("BLEU, 500 segments, 13a\n  mtpress: ");
      expect(text).toContain("sacreBLEU was not measured: --python says where it is");
      expect(code).toBe(0);
      const record = await readBenchRecord(`${results}/bench.json`);
      expect(record!.finished).toEqual(["bleu"]);
      expect(await readBenchRecord(`${results}/copy.json`)).toEqual(record);
    } finally {
      await Deno.remove(results, { recursive: true });
    }
  });

  it("ends with exit code 1 when something failed to run", async () => {
    const results = await Deno.makeTempDir();
    try {
      const { code, text } = await bench(results, "--python", `${results}/python`);
      expect(text).toMatch(/^bleu failed: Failed to spawn/m);
      expect(code).toBe(1);
    } finally {
      await Deno.remove(results, { recursive: true });
    }
  });
});
