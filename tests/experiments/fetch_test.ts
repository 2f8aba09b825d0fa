import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { parseFetchOptions } from "../../experiments/fetch_options.ts";
import { fetchView } from "../../experiments/fetch_view.ts";
import { findPin, PINS } from "../../data/pins.ts";
import { Hub, serve, someBytes } from "../data/fetch/hub.ts";
import { checkoutPath } from "./command.ts";

describe("deno task fetch", () => {
  const permissions = ["--allow-read", "--allow-write", "--allow-env", "--allow-sys=statfs"];

  /** Runs the command with an empty data folder, in that folder. */
  async function run(folder: string, endpoint: string, ...args: string[]) {
    const command = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-check",
        ...permissions,
        "--allow-net",
        checkoutPath("experiments/fetch.ts"),
        ...args,
      ],
      cwd: folder,
      env: {
        NO_COLOR: "1",
        HF_ENDPOINT: endpoint,
        MTPRESS_DATA: `${folder}/data`,
        MTPRESS_PINS_LOCK: `${folder}/pins.lock.json`,
      },
    });
    const { code, stdout, stderr } = await command.output();
    return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
  }

  it("lists, downloads, resumes, verifies and takes from a folder, in an empty folder", async () => {
    const folder = await Deno.makeTempDir();
    await using hub = new Hub(serve(someBytes(642)));
    const only = ["alma-7b", "--only", "config.json"];

    const empty = await run(folder, hub.endpoint);
    expect([empty.code, empty.err]).toEqual([0, ""]);
    expect(empty.out).toContain(
      "alma-7b: model haoranxu/ALMA-7B at c1435ac, 27 GB, 9 files, not fetched",
    );
    expect([...Deno.readDirSync(folder)]).toEqual([]);

    const first = await run(folder, hub.endpoint, ...only);
    const home = `${folder}/data/alma-7b/${findPin("alma-7b").revision}`;
    expect(first.code).toBe(0);
    expect(first.err).toMatch(
      /^Fetching haoranxu\/ALMA-7B at c1435ac, 642 bytes, to .*; licence: MIT/,
    );
    expect(first.err).toContain("haoranxu/ALMA-7B config.json: downloaded, verified, 642 bytes\n");
    expect(first.out).toBe(
      `haoranxu/ALMA-7B: 1 file in ${home}; their hashes are in ${folder}/pins.lock.json, ` +
        "which is meant to be committed\n",
    );
    expect(Deno.statSync(`${home}/config.json`).size).toBe(642);

    const listed = await run(folder, hub.endpoint, "alma-7b", "--list", "--json");
    expect(JSON.parse(listed.out)).toMatchObject({ short: "alma-7b", files: 9, fetched: 1 });

    const verified = await run(folder, hub.endpoint, ...only, "--verify");
    expect([verified.code, verified.out]).toEqual([0, "haoranxu/ALMA-7B config.json: right\n"]);
    Deno.writeFileSync(`${home}/config.json`, someBytes(642, 2));
    const wrong = await run(folder, hub.endpoint, ...only, "--verify", "--json");
    expect(wrong.code).toBe(1);
    expect(JSON.parse(wrong.out).state.wrong).toContain("and the lock file says");

    Deno.renameSync(`${folder}/data`, `${folder}/old`);
    Deno.writeFileSync(
      `${folder}/old/alma-7b/${findPin("alma-7b").revision}/config.json`,
      someBytes(642),
    );
    const taken = await run(folder, "http://127.0.0.1:1", ...only, "--from", "old", "--json");
    expect(taken.out.trim().split("\n").map((line) => JSON.parse(line))).toMatchObject([
      { event: "start", id: "haoranxu/ALMA-7B", bytes: 642 },
      { event: "done", path: "config.json", how: "copied", bytes: 642 },
      { event: "complete", id: "haoranxu/ALMA-7B", folder: home },
    ]);

    hub.manner = () => ({ status: 401 });
    const refused = await run(folder, hub.endpoint, "alma-7b", "--only", "tokenizer*", "--json");
    expect(refused.code).toBe(1);
    const message = JSON.parse(refused.out.trim().split("\n").at(-1)!).message as string;
    expect(message).toMatch(
      /^Cannot download tokenizer\.model of haoranxu\/ALMA-7B: .* answers 401/,
    );
    await Deno.remove(folder, { recursive: true });
  });
});

describe("parseFetchOptions()", () => {
  it("parseFetchOptions() lists unless something is named", () => {
    const nothing = { from: undefined, only: undefined, json: false };
    expect(parseFetchOptions([])).toEqual({ what: "list", pins: PINS, ...nothing });
    expect(parseFetchOptions(["all"])).toEqual({ what: "fetch", pins: PINS, ...nothing });
    expect(parseFetchOptions(["--verify"])).toEqual({ what: "verify", pins: PINS, ...nothing });
    const pins = [findPin("wmt22-test")];
    expect(parseFetchOptions(["haoranxu/WMT22-Test", "wmt22-test", "--only", "cs-en/*,de-en/*"]))
      .toEqual({ what: "fetch", pins, ...nothing, only: ["cs-en/*", "de-en/*"] });
    expect(parseFetchOptions(["--help"])).toBe("help");
  });

  it("parseFetchOptions() refuses what does not go together", () => {
    for (
      const args of [["alma"], ["--list", "--verify"], ["--from", "a"], ["--list", "--only", "a"], [
        "all",
        "--only",
        "a",
      ], ["--force"]]
    ) {
      expect(() => parseFetchOptions(args)).toThrow(RangeError);
    }
  });
});

describe("fetchView()", () => {
  it("fetchView() writes a line for each file and each further attempt, and few for bytes", () => {
    const lines: string[] = [];
    const view = fetchView("log", (line) => lines.push(line));
    const where = { id: "a/b", path: "c.bin" };
    for (let bytes = 0; bytes < 5000; bytes += 1000) {
      view.show({ event: "bytes", ...where, bytes, total: 5000 });
    }
    view.show({ event: "retry", ...where, reason: "the line is dead", seconds: 2 });
    view.show({ event: "replace", ...where, reason: "c.bin is empty" });
    view.show({ event: "done", ...where, how: "downloaded", bytes: 5000, sha256: "0" });
    view.close();
    expect(lines).toEqual([
      "a/b c.bin: 0 bytes of 5.0 kB",
      "a/b c.bin: the line is dead; next attempt in 2 s",
      "a/b c.bin: c.bin is empty; it is fetched anew",
      "a/b c.bin: downloaded, verified, 5.0 kB",
    ]);
  });
});
