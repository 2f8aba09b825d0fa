import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { ResultRow } from "../../experiments/row.ts";
import { ResultStore } from "../../experiments/store.ts";
import { verifyResults } from "../../experiments/verify.ts";

const COMMAND = new URL("../../experiments/reproduce.ts", import.meta.url).pathname;
const UNITS = 6;

/** Two methods, one of which compresses the model first, on three directions. */
const OPTIONS = [
  ...["--recipe", "table_1", "--only", "baseline,wanda-40,en-cs,en-zh,de-en"],
  ...["--limit", "4", "--no-notebooks"],
];

/** When a process is killed: after so many units that it computed itself, and then so many milliseconds. */
interface Moment {
  computed: number;
  milliseconds: number;
}

/** Moments from the first start to the last unit: while a model loads or is compressed, between units and inside them. */
const MOMENTS: Moment[] = [
  { computed: 0, milliseconds: 60 },
  { computed: 0, milliseconds: 150 },
  { computed: 0, milliseconds: 300 },
  { computed: 1, milliseconds: 0 },
  { computed: 1, milliseconds: 20 },
  { computed: 1, milliseconds: 0 },
  { computed: 0, milliseconds: 600 },
  { computed: 0, milliseconds: 900 },
  { computed: 1, milliseconds: 5 },
];

/** What a run printed, as numbers of lines, and how it ended. */
interface Run {
  computed: number;
  found: number;
  repaired: number;
  killed: boolean;
}

const SOUND: Run = { computed: 0, found: 0, repaired: 0, killed: false };

/** Runs the command to its end, or to its death by SIGKILL at a moment; returns what it printed until then. */
async function reproduce(results: string, moment?: Moment): Promise<Run> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-check", COMMAND, ...OPTIONS],
    env: { MTPRESS_RESULTS: results, NO_COLOR: "1" },
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const run: Run = { ...SOUND };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const watch = () => {
    if (timer !== undefined || moment === undefined || run.computed < moment.computed) return;
    timer = setTimeout(() => killIfAlive(child), moment.milliseconds);
  };
  watch();
  let text = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
    run.computed = count(/^\[\d+\/6\] .*: 4 sentences/gm);
    run.found = count(/^\[\d+\/6\] .*: found/gm);
    run.repaired = count(/^Cut a torn last line/gm);
    watch();
  }
  const { signal } = await child.status;
  clearTimeout(timer);
  return { ...run, killed: signal === "SIGKILL" };
}

function killIfAlive(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // It had ended by itself.
  }
}

/** A row without what may differ between two runs on one machine: times and dates, and the seal over them. */
function lasting({ time: _time, finished: _finished, sha256: _sha256, ...rest }: ResultRow) {
  return { ...rest, compression: rest.compression && { ...rest.compression, seconds: 0 } };
}

describe("deno task reproduce, killed with SIGKILL", () => {
  let folder: string;
  let whole: readonly ResultRow[];

  before(async () => {
    folder = await Deno.makeTempDir({ prefix: "mtpress_test_" });
    expect(await reproduce(`${folder}/whole`)).toEqual({ ...SOUND, computed: UNITS });
    whole = (await ResultStore.open(`${folder}/whole`)).rows;
  });

  after(() => Deno.remove(folder, { recursive: true }));

  it("ends, started again and again, with what an uninterrupted run ends with", async () => {
    const results = `${folder}/killed`;
    let stored = 0;
    let kills = 0;
    for (const moment of MOMENTS) {
      const { found, computed, killed } = await reproduce(results, moment);
      if (!killed) break;
      kills++;
      expect(found).toBeLessThanOrEqual(stored);
      const { rows } = await ResultStore.open(results);
      // At most one unit was stored whose line was not printed any more.
      expect([0, 1]).toContain(rows.length - stored - computed);
      stored = rows.length;
    }
    expect(kills).toBeGreaterThanOrEqual(4);
    const last = await reproduce(results);
    expect(last.computed + last.found).toBe(UNITS);
    expect(last.found).toBeGreaterThanOrEqual(stored);

    const { rows } = await ResultStore.open(results);
    expect(rows.map(lasting)).toEqual(whole.map(lasting));
    expect((await verifyResults(results)).problems).toEqual([]);
    for (const name of ["table_1_directions.csv", "table_1_directions.tex"]) {
      const text = await Deno.readTextFile(`${results}/${name}`);
      expect(text).toBe(await Deno.readTextFile(`${folder}/whole/${name}`));
    }
  });

  it("in the middle of writing a row says so, and computes that unit alone", async () => {
    const results = `${folder}/whole`;
    const path = `${results}/rows.jsonl`;
    const { size } = await Deno.stat(path);
    await Deno.truncate(path, size - 100);
    expect(await reproduce(results))
      .toEqual({ computed: 1, found: UNITS - 1, repaired: 1, killed: false });
    expect((await ResultStore.open(results)).rows.map(lasting)).toEqual(whole.map(lasting));
  });
});
