/**
 * Builds PyTorch files, sound and hostile ones, byte by byte, for tests.
 * @module
 */
import type { ByteSource } from "../../../inference/pytorch/byte_source.ts";

/** Bytes of Latin-1 text and numbers, joined. */
export function join(
  ...parts: (string | number | Uint8Array | number[])[]
): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => {
    if (typeof part === "string") return [...part].map((c) => c.charCodeAt(0));
    return typeof part === "number" ? [part] : [...part];
  }));
}

/** Little-endian bytes of an unsigned number. */
export function little(value: number | bigint, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => Number(BigInt(value) >> BigInt(8 * i) & 0xffn));
}

/** A source in memory that counts what is asked of it. */
export function memorySource(bytes: Uint8Array): ByteSource & { closed: boolean; largest: number } {
  return {
    path: "model.bin",
    size: bytes.length,
    closed: false,
    largest: 0,
    read(position, length) {
      if (!(position >= 0 && length >= 0 && position + length <= bytes.length)) {
        return Promise.reject(new TypeError(`read outside: ${position}, ${length}`));
      }
      this.largest = Math.max(this.largest, length);
      return Promise.resolve(bytes.slice(position, position + length));
    },
    close() {
      this.closed = true;
    },
  };
}

/** What an entry says; everything but name and data has an honest default. */
export interface Entry {
  name: string;
  data: Uint8Array | string;
  method?: number;
  flags?: number;
  /** Uncompressed size that the directory tells. */
  size?: number;
  /** Compressed size that the directory tells. */
  stored?: number;
  /** The header's place that the directory tells. */
  header?: number;
  /** Name in the entry's own header. */
  localName?: string;
  /** Bytes of the directory's extra field. */
  extra?: number[];
}

/** What the end records say in place of the truth. */
export interface End {
  entries?: number;
  length?: number;
  begin?: number;
  /** Writes the zip64 records, with these fields in place of the truth. */
  zip64?: { entries?: number; length?: number; begin?: number; place?: number };
}

/** A zip archive. */
export function zip(entries: readonly Entry[], end: End = {}): Uint8Array<ArrayBuffer> {
  const local: number[] = [];
  const directory: number[] = [];
  for (const entry of entries) {
    const data = typeof entry.data === "string" ? join(entry.data) : entry.data;
    const { name, method = 0, flags = 0x800, localName = name, extra = [] } = entry;
    const { size = data.length, stored = size, header = local.length } = entry;
    const common = [...little(flags, 2), ...little(method, 2), ...little(0, 8)];
    const sizes = [...little(stored, 4), ...little(size, 4)];
    const described = [...little(0, 2), ...common, ...sizes];
    local.push(...join("PK\x03\x04", described, little(localName.length, 2), [0, 0], localName));
    local.push(...data);
    directory.push(
      ...join("PK\x01\x02\0\0", described, little(name.length, 2), little(extra.length, 2)),
      ...join(little(0, 10), little(header, 4), name, extra),
    );
  }
  const truth = { entries: entries.length, length: directory.length, begin: local.length };
  const { zip64, ...lies } = end;
  const place = local.length + directory.length;
  const wide = { ...truth, place, ...zip64 };
  const wideCounts = [...little(wide.entries, 8), ...little(wide.entries, 8)];
  const record = zip64
    ? join(
      join("PK\x06\x06", little(44, 8), little(0, 12), wideCounts, little(wide.length, 8)),
      join(little(wide.begin, 8), "PK\x06\x07", little(0, 4), little(wide.place, 8), little(1, 4)),
    )
    : [];
  const short = { ...truth, ...lies };
  const count = little(short.entries, 2);
  return join(
    join(local, directory, record, "PK\x05\x06", little(0, 4), count, count),
    join(little(short.length, 4), little(short.begin, 4), [0, 0]),
  );
}

/** Pickle of a text. */
export function text(value: string): Uint8Array {
  return join("X", little(value.length, 4), value);
}

/** Pickle of a tensor; every part may be replaced by other opcodes. */
export function tensor(parts: {
  call?: string;
  storage?: string;
  key?: string;
  elements?: Uint8Array;
  offset?: Uint8Array;
  shape?: Uint8Array;
  strides?: Uint8Array;
  hooks?: Uint8Array;
} = {}): Uint8Array {
  const { call = "torch._utils\n_rebuild_tensor_v2", storage = "torch\nFloatStorage" } = parts;
  const { key = "0", elements = join("K", 4), offset = join("K", 0) } = parts;
  const { shape = join("K", 2, "K", 2, 0x86), strides = join("K", 2, "K", 1, 0x86) } = parts;
  const { hooks = join("ccollections\nOrderedDict\n)R") } = parts;
  const id = join("(", text("storage"), `c${storage}\n`, text(key), text("cpu"), elements, "tQ");
  return join(`c${call}\n(`, id, offset, shape, strides, 0x89, hooks, "tR");
}

/** Pickle of protocol 2 around opcodes. */
export function pickle(...parts: Parameters<typeof join>): Uint8Array {
  return join(0x80, 2, ...parts, ".");
}

/** Pickle of a state dict with one tensor "a". */
export function oneTensor(value: Uint8Array = tensor()): Uint8Array {
  return pickle("}", text("a"), value, "s");
}

/** The float32 numbers 1, 2, 3 and 4. */
export const FOUR: Uint8Array = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);

/** The entries of a sound file around a pickle. */
export function entries(data: Uint8Array = oneTensor()): Entry[] {
  return [
    { name: "archive/data.pkl", data },
    { name: "archive/byteorder", data: "little" },
    { name: "archive/data/0", data: FOUR },
  ];
}
