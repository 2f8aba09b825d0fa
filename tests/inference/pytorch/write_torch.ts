/**
 * Writes PyTorch checkpoints of float32 tensors, as `torch.save` lays them out, for tests.
 * @module
 */
import { encodeFloats } from "../../../inference/float_values.ts";
import type { Checkpoint } from "../../../inference/checkpoint.ts";
import { join, little, pickle, tensor, text } from "./build_torch.ts";

/** A number as an opcode. */
function number(value: number): Uint8Array {
  return join("J", little(value, 4));
}

/** The numbers of a tuple of one or two. */
function tuple(values: readonly number[]): Uint8Array {
  return join(...values.map(number), values.length === 1 ? 0x85 : 0x86);
}

/** Writes an archive of stored entries piece by piece. */
async function writeZip(path: string, entries: ReadonlyMap<string, Uint8Array>): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  const writer = file.writable.getWriter();
  const directory: Uint8Array[] = [];
  let place = 0;
  const write = async (bytes: Uint8Array) => {
    await writer.write(bytes);
    place += bytes.length;
  };
  for (const [name, data] of entries) {
    const size = little(data.length, 4);
    const facts = join(little(0, 2), little(0x800, 2), little(0, 10), size, size);
    const length = little(name.length, 2);
    directory.push(join("PK\x01\x02\0\0", facts, length, little(0, 12), little(place, 4), name));
    await write(join("PK\x03\x04", facts, length, [0, 0], name));
    await write(data);
  }
  const begin = place;
  for (const entry of directory) await write(entry);
  const count = little(entries.size, 2);
  await write(
    join(
      "PK\x05\x06",
      little(0, 4),
      count,
      count,
      little(place - begin, 4),
      little(begin, 4),
      0,
      0,
    ),
  );
  await writer.close();
}

/** Writes some tensors of a checkpoint, in float32, as one `.bin` file. */
export async function writeTorchShard(
  path: string,
  checkpoint: Checkpoint,
  names: readonly string[],
): Promise<void> {
  const storages = new Map<string, Uint8Array>();
  const items: Uint8Array[] = [];
  for (const [i, name] of names.entries()) {
    const values = await checkpoint.tensor(name);
    const { shape } = checkpoint.info(name);
    storages.set(`archive/data/${i}`, encodeFloats(values, "F32"));
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
    const elements = number(values.length);
    const parts = { key: String(i), elements, shape: tuple(shape), strides: tuple(strides) };
    items.push(join(text(name), tensor(parts), "s"));
  }
  const head: [string, Uint8Array][] = [
    ["archive/data.pkl", pickle("}", ...items)],
    ["archive/byteorder", join("little")],
  ];
  await writeZip(path, new Map([...head, ...storages]));
}
