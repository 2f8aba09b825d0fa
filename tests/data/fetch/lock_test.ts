import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { readLocked, recordLocked } from "../../../data/fetch/lock.ts";
import { itNeeds, LINUX } from "../../needs.ts";
import { examplePin, Hub, REVISION, serve, sha256, someBytes } from "./hub.ts";
import { Place } from "./place.ts";

const BYTES = someBytes(3000);
const UNKNOWN = examplePin([{ path: "weights.bin" }]);
const FACTS = { bytes: 3000, sha256: sha256(BYTES) };

describe("the lock file", () => {
  it("holds what pins.json does not know, and nothing else", async () => {
    using place = new Place();
    await using hub = new Hub(serve(BYTES, { "x-repo-commit": REVISION }));
    const pin = examplePin([
      { path: "known.bin", bytes: BYTES.length, sha256: sha256(BYTES) },
      { path: "no-length.bin", sha256: sha256(BYTES) },
      { path: "a.bin", bytes: BYTES.length },
    ]);
    await place.fetch(pin, hub.endpoint);
    const facts = { ...FACTS, commit: REVISION };
    expect(Deno.readTextFileSync(place.lockFile)).toBe(
      JSON.stringify(
        {
          "someone/model": {
            revision: REVISION,
            files: { "a.bin": facts, "no-length.bin": facts },
          },
        },
        null,
        2,
      ) + "\n",
    );
    expect([...Deno.readDirSync(place.folder)].length).toBe(2);
  });

  it("decides over every later download", async () => {
    using place = new Place();
    await using hub = new Hub(serve(BYTES));
    await place.fetch(UNKNOWN, hub.endpoint);
    Deno.removeSync(place.home, { recursive: true });
    const other = someBytes(3000, 2);
    hub.manner = serve(other);
    await expect(place.fetch(UNKNOWN, hub.endpoint)).rejects.toThrow(
      `Cannot download weights.bin of someone/model: what was sent has SHA-256 ${
        sha256(other)
      } and ` +
        `the lock file says ${
          sha256(BYTES)
        }; if the recorded one is wrong, remove weights.bin of ` +
        `someone/model from ${place.lockFile}`,
    );
    expect(place.files()).toEqual([]);
    hub.manner = serve(someBytes(2999));
    await expect(place.fetch(UNKNOWN, hub.endpoint)).rejects.toThrow("2999 bytes instead of 3000");
  });

  it("decides over what was there before it: a file of other bytes is replaced", async () => {
    using place = new Place();
    await using hub = new Hub(serve(someBytes(3000, 2)));
    await place.fetch(UNKNOWN, hub.endpoint);
    Deno.removeSync(place.lockFile);
    await recordLocked(place.lockFile, UNKNOWN, "weights.bin", FACTS);
    hub.manner = serve(BYTES);
    await place.fetch(UNKNOWN, hub.endpoint);
    expect(sha256(place.read("weights.bin"))).toBe(FACTS.sha256);
  });

  it("is written again from what was verified, when it was lost", async () => {
    using place = new Place();
    await using hub = new Hub(serve(BYTES));
    await place.fetch(UNKNOWN, hub.endpoint);
    Deno.removeSync(place.lockFile);
    await place.fetch(UNKNOWN, hub.endpoint);
    expect((await readLocked(place.lockFile, UNKNOWN)).get("weights.bin")).toEqual(FACTS);
    expect(hub.seen.length).toBe(1);
  });

  it("does not say what it said of another revision", async () => {
    using place = new Place();
    await recordLocked(place.lockFile, UNKNOWN, "weights.bin", FACTS);
    const later = { ...UNKNOWN, revision: "f".repeat(40) };
    expect((await readLocked(place.lockFile, later)).size).toBe(0);
    await recordLocked(place.lockFile, later, "weights.bin", { ...FACTS, bytes: 1 });
    expect((await readLocked(place.lockFile, UNKNOWN)).size).toBe(0);
    expect((await readLocked(place.lockFile, later)).get("weights.bin")?.bytes).toBe(1);
  });

  it("loses nothing that is recorded at the same time, and refuses a second hash", async () => {
    using place = new Place();
    const names = Array.from({ length: 30 }, (_, index) => `${index}.bin`);
    await Promise.all(names.map((name) => recordLocked(place.lockFile, UNKNOWN, name, FACTS)));
    expect((await readLocked(place.lockFile, UNKNOWN)).size).toBe(30);
    const other = { bytes: 1, sha256: "0".repeat(64) };
    await expect(recordLocked(place.lockFile, UNKNOWN, "3.bin", other)).rejects.toThrow(
      /^Cannot record 3\.bin of someone\/model with SHA-256 0{64}: .*pins\.lock\.json says/,
    );
  });

  it("is refused when it is something else", async () => {
    using place = new Place();
    for (
      const text of [
        "<<<<<<< HEAD",
        "[]",
        '{"someone/model": {}}',
        '{"someone/model": {"revision": "a", "files": {"a": {"bytes": 1}}}}',
        '{"someone/model": {"revision": "a", "files": {"a": {"bytes": 1, "sha256": "A"}}}}',
      ]
    ) {
      Deno.writeTextFileSync(place.lockFile, text);
      await expect(readLocked(place.lockFile, UNKNOWN)).rejects.toThrow(SyntaxError);
    }
  });

  itNeeds(LINUX, "is to lie where it can be written", async () => {
    using place = new Place();
    await using hub = new Hub(serve(BYTES));
    const lockFile = "/proc/pins.lock.json";
    await expect(place.fetch(UNKNOWN, hub.endpoint, { lockFile })).rejects.toThrow(
      /^Cannot record the hashes of someone\/model in \/proc\/pins\.lock\.json: .*; MTPRESS_PINS_LOCK names another file$/,
    );
    expect(place.files()).not.toContain("weights.bin");
  });
});
