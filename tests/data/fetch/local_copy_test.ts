import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { dirname } from "node:path";
import { sourceFolders } from "../../../data/fetch/local_copy.ts";
import { examplePin, sha256, someBytes } from "./hub.ts";
import { Place } from "./place.ts";

const BYTES = someBytes(3000);
const PIN = examplePin(BYTES);
const NOWHERE = "http://127.0.0.1:1";

function put(path: string, bytes: Uint8Array): void {
  Deno.mkdirSync(dirname(path), { recursive: true });
  Deno.writeFileSync(path, bytes);
}

describe("fetchPin() from a folder", () => {
  it("finds the files in each layout, verifies them, and needs no network", async () => {
    using source = new Place();
    for (const home of sourceFolders(source.folder, PIN)) {
      using place = new Place();
      put(`${home}/weights.bin`, BYTES);
      const { files } = await place.fetch(PIN, NOWHERE, { from: source.folder });
      expect(files).toEqual([{
        path: "weights.bin",
        how: "copied",
        bytes: 3000,
        sha256: sha256(BYTES),
      }]);
      expect(place.files()).toEqual(["weights.bin"]);
      Deno.removeSync(`${home}/weights.bin`);
      expect(sha256(place.read("weights.bin"))).toBe(sha256(BYTES));
    }
  });

  it("follows the links of a cache of huggingface_hub", async () => {
    using source = new Place();
    using place = new Place();
    const home = sourceFolders(source.folder, PIN)[1]!;
    put(`${source.folder}/blobs/1234`, BYTES);
    Deno.mkdirSync(home, { recursive: true });
    Deno.symlinkSync(`${source.folder}/blobs/1234`, `${home}/weights.bin`);
    await place.fetch(PIN, NOWHERE, { from: source.folder });
    expect(Deno.lstatSync(`${place.home}/weights.bin`).isSymlink).toBe(false);
    expect(home).toContain(`/models--someone--model/snapshots/${PIN.revision}`);
  });

  it("refuses a wrong file, and leaves the right one of the folder alone", async () => {
    using source = new Place();
    using place = new Place();
    put(`${source.folder}/weights.bin`, someBytes(3000, 2));
    await expect(place.fetch(PIN, NOWHERE, { from: source.folder })).rejects.toThrow(
      `Cannot take weights.bin of someone/model: ${
        Deno.realPathSync(source.folder)
      }/weights.bin has SHA-256`,
    );
    expect(place.files()).toEqual([]);
    expect(Deno.statSync(`${source.folder}/weights.bin`).size).toBe(3000);
  });

  it("says where it has looked for a file that is missing", async () => {
    using place = new Place();
    await expect(place.fetch(PIN, NOWHERE, { from: "/nowhere" })).rejects.toThrow(
      /^Cannot take weights\.bin of someone\/model: it is in none of \/nowhere\/model\/.*, \/nowhere; a clone of someone\/model at 0123456 has it$/,
    );
  });

  it("records the hash of a file that is not known, and checks it the next time", async () => {
    using source = new Place();
    using place = new Place();
    const pin = examplePin([{ path: "weights.bin" }]);
    put(`${source.folder}/weights.bin`, BYTES);
    await place.fetch(pin, NOWHERE, { from: source.folder });
    Deno.removeSync(place.home, { recursive: true });
    put(`${source.folder}/weights.bin`, someBytes(3000, 2));
    await expect(place.fetch(pin, NOWHERE, { from: source.folder })).rejects.toThrow(
      /the lock file says .*; if the recorded one is wrong, remove/,
    );
  });
});
