import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { compressModel } from "../../../inference/compression/compress_model.ts";
import type { Step } from "../../../inference/compression/step.ts";
import { uniform } from "../random_checkpoint.ts";
import { folderBytes, randomModel, randomSamples, type TestModel } from "./setup.ts";

const CHILD = new URL("./compress_child.ts", import.meta.url).pathname;
const LAYERS = 6;
const STEPS: Step[] = [
  { kind: "smoothquant" },
  { kind: "wanda", sparsity: 0.3 },
  { kind: "gptq", bits: 3, groupSize: 16, sequential: true },
];
const LINES = 1 + 8 + 8; // that the steps print for each layer

/** Lines that a process printed, and whether it was killed. */
interface Run {
  lines: string[];
  killed: boolean;
}

describe("compressModel(), killed with SIGKILL", () => {
  let model: TestModel;
  const samples = randomSamples(90, 90);

  before(async () => {
    model = await randomModel({ dtype: "F16", layers: LAYERS });
  });
  after(() => model[Symbol.asyncDispose]());

  /** Starts the compression in another process, and kills it so many lines and milliseconds later. */
  async function run(
    folder: string,
    states: "memory" | "disk",
    lines = Infinity,
    milliseconds = 0,
  ): Promise<Run> {
    const { source } = model;
    const args = [source.folder, folder, JSON.stringify(STEPS), JSON.stringify(samples), states];
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--no-check", CHILD, ...args],
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    let text = "";
    let timer: ReturnType<typeof setTimeout> | undefined;
    for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += part;
      if (timer === undefined && text.split("\n").length > lines) {
        timer = setTimeout(() => killIfAlive(child), milliseconds);
      }
    }
    const { signal } = await child.status;
    clearTimeout(timer);
    return { lines: text.trim().split("\n"), killed: signal === "SIGKILL" };
  }

  it("gives, started again and again, the bytes of an undisturbed run, and loses a layer at most", async () => {
    const whole = model.folder();
    const { source } = model;
    await compressModel({ source, steps: STEPS, calibration: samples, folder: whole });
    const folder = model.folder();
    const next = uniform(11);
    let reached = -1;
    let kills = 0;
    for (const layer of [0, 1, 2, 4]) {
      const line = Math.max(1, (layer - Math.max(reached, 0)) * LINES + Math.floor(next() * LINES));
      const states = kills % 2 === 0 ? "disk" : "memory"; // either goes on with what the other left
      const { lines, killed } = await run(folder, states, line, next() * 12);
      if (!killed) break;
      kills++;
      expect(Number(lines[0].split(" ")[0])).toBeGreaterThanOrEqual(reached); // the layer that was in work, or the next
      reached = Number(lines.at(-1)!.split(" ")[0]);
    }
    expect(kills).toBeGreaterThanOrEqual(3);
    const { lines } = await run(folder, "disk");
    expect(lines.at(-1)).toMatch(/^finished [0-6]$/);
    expect(Number(lines.at(-1)!.split(" ")[1])).toBeGreaterThanOrEqual(reached);
    expect(await folderBytes(folder)).toEqual(await folderBytes(whole));
  });
});

function killIfAlive(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // it had ended by itself
  }
}
