/**
 * Writes files in GGUF, the format that llama.cpp reads: sizes and constants by name, then tensors.
 * Source: the format's specification, docs/gguf.md in the repository of ggml, version 3.
 * @module
 */

/** A value by name; the key says its type. */
export type GgufValue = { readonly string: string } | { readonly uint32: number } | {
  readonly float32: number;
};

/** Element types of a tensor and their numbers in the format. */
export const GGUF_TYPES = { F32: 0, F16: 1, Q4_0: 2 } as const;

/** A tensor that is to be written. */
export interface GgufTensor {
  /** Its name. */
  readonly name: string;
  /** Type of its elements. */
  readonly type: keyof typeof GGUF_TYPES;
  /** Sizes, outermost first. */
  readonly shape: readonly number[];
  /** Its bytes, made when they are written. */
  bytes(): Promise<Uint8Array>;
}

const BLOCK = 32; // columns of a block of Q4_0: a float16 scale and 16 bytes of codes
const ALIGNMENT = 32;

/** Bytes of a tensor. */
export function tensorBytes({ type, shape }: Pick<GgufTensor, "type" | "shape">): number {
  const elements = shape.reduce((a, b) => a * b, 1);
  return type === "F32" ? elements * 4 : type === "F16" ? elements * 2 : elements / BLOCK * 18;
}

class Bytes {
  readonly #parts: Uint8Array[] = [];
  length = 0;

  add(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.length += bytes.length;
  }

  uint32(value: number): void {
    this.add(new Uint8Array(Uint32Array.of(value).buffer));
  }

  uint64(value: number): void {
    this.add(new Uint8Array(BigUint64Array.of(BigInt(value)).buffer));
  }

  string(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.uint64(bytes.length);
    this.add(bytes);
  }

  value(value: GgufValue): void {
    if ("string" in value) {
      this.uint32(8);
      this.string(value.string);
    } else if ("uint32" in value) {
      this.uint32(4);
      this.uint32(value.uint32);
    } else {
      this.uint32(6);
      this.add(new Uint8Array(Float32Array.of(value.float32).buffer));
    }
  }

  pad(): void {
    this.add(new Uint8Array(paddingOf(this.length)));
  }

  joined(): Uint8Array {
    const all = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

function paddingOf(length: number): number {
  return (ALIGNMENT - length % ALIGNMENT) % ALIGNMENT;
}

function header(
  values: ReadonlyMap<string, GgufValue>,
  tensors: readonly GgufTensor[],
): Uint8Array {
  const bytes = new Bytes();
  bytes.add(new TextEncoder().encode("GGUF"));
  bytes.uint32(3);
  bytes.uint64(tensors.length);
  bytes.uint64(values.size);
  for (const [name, value] of values) {
    bytes.string(name);
    bytes.value(value);
  }
  let offset = 0;
  for (const tensor of tensors) {
    bytes.string(tensor.name);
    bytes.uint32(tensor.shape.length);
    for (const size of [...tensor.shape].reverse()) bytes.uint64(size); // innermost first
    bytes.uint32(GGUF_TYPES[tensor.type]);
    bytes.uint64(offset);
    const length = tensorBytes(tensor);
    offset += length + paddingOf(length);
  }
  bytes.pad();
  return bytes.joined();
}

/**
 * Writes a file, one tensor after the other.
 *
 * @throws {RangeError} If a tensor has other bytes than its shape and type say.
 */
export async function writeGguf(
  path: string,
  values: ReadonlyMap<string, GgufValue>,
  tensors: readonly GgufTensor[],
): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  const writer = file.writable.getWriter();
  await writer.write(header(values, tensors));
  for (const tensor of tensors) {
    const bytes = await tensor.bytes();
    if (bytes.length !== tensorBytes(tensor)) {
      throw new RangeError(
        `Cannot write tensor ${tensor.name}: it has ${bytes.length} bytes, not ${
          tensorBytes(tensor)
        }`,
      );
    }
    await writer.write(bytes);
    await writer.write(new Uint8Array(paddingOf(bytes.length)));
  }
  await writer.close();
}
