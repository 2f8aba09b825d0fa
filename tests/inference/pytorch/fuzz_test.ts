import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { openTorchSource } from "../../../inference/pytorch/torch_file.ts";
import { uniform } from "../random_checkpoint.ts";
import { entries, memorySource, zip } from "./build_torch.ts";

const folder = new URL("../../golden/pytorch/", import.meta.url);
const OPCODES = [..."(.0123IJKLMNPQRSTUVXabcdeghijlopqrstu)]}GBC"].map((c) => c.charCodeAt(0))
  .concat(Array.from({ length: 25 }, (_, i) => 0x80 + i));
const NUMBERS = [0, 1, 2, 4, 127, 128, 254, 255];

/** A damaged copy: bytes changed, moved, repeated or cut, more often at the end, where the directory is. */
function damage(sound: Uint8Array, next: () => number): Uint8Array<ArrayBuffer> {
  const pick = (list: readonly number[]) => list[Math.floor(next() * list.length)];
  let bytes = sound.slice();
  for (let times = 1 + Math.floor(next() * 3); times > 0; times--) {
    const place = next() < 0.3 ? 1 - next() ** 3 : next();
    const at = Math.min(bytes.length - 1, Math.floor(place * bytes.length));
    const kind = next();
    if (kind < 0.3) bytes[at] ^= 1 << Math.floor(next() * 8);
    else if (kind < 0.5) bytes[at] = pick(OPCODES);
    else if (kind < 0.7) bytes[at] = pick(NUMBERS);
    else if (kind < 0.8) bytes.fill(255, at, at + 1 + Math.floor(next() * 8));
    else if (kind < 0.95) {
      bytes.copyWithin(at, Math.floor(next() * bytes.length), bytes.length - at);
    } else bytes = bytes.slice(0, at + 1);
  }
  return bytes;
}

/** Opens a damaged file and reads all of it. Gives whether it could be read; an error of any other class is passed on. */
async function isRead(bytes: Uint8Array): Promise<boolean> {
  const source = memorySource(bytes);
  try {
    const file = await openTorchSource(source);
    for (const [name, { begin, end }] of file.tensors) {
      expect((await file.bytes(name)).length).toBe(end - begin);
    }
    return true;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    expect(error.message).toMatch(/^Cannot read /);
    expect(source.closed).toBe(true);
    return false;
  } finally {
    expect(source.largest).toBeLessThanOrEqual(bytes.length);
  }
}

describe("openTorchSource() of damaged files", () => {
  for (const file of ["dict_2.bin", "dict_4.bin", "lightning.ckpt"]) {
    it(`openTorchSource() reads or refuses 8000 damaged copies of ${file}`, async () => {
      const sound = await Deno.readFile(new URL(file, folder));
      const next = uniform(4);
      let read = 0;
      for (let i = 0; i < 8000; i++) if (await isRead(damage(sound, next))) read++;
      expect(read).toBeGreaterThan(100); // damage to numbers of a tensor is no error
      expect(read).toBeLessThan(7000);
    });
  }

  it("openTorchSource() reads or refuses 12000 sound archives around a damaged pickle", async () => {
    const next = uniform(5);
    const [{ data }] = entries();
    let read = 0;
    for (let i = 0; i < 12_000; i++) {
      if (await isRead(zip(entries(damage(data as Uint8Array, next))))) read++;
    }
    expect(read).toBeGreaterThan(100);
    expect(read).toBeLessThan(11_000);
  });
});
