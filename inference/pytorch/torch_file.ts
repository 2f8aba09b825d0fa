/**
 * A file of `torch.save` (`.bin`, `.pt`, `.ckpt`) on disk: its directory and its pickle are read and checked at once,
 * tensors are read by range when asked for. Nothing in it is ever run.
 *
 * What is read is a state dict: a dict of names and tensors, by itself or under `"state_dict"` as Lightning writes it.
 * What lies beside a `"state_dict"` may be tensors, numbers, texts, truth values, None, tuples, lists and dicts; a file
 * that names any other class there is refused, by the name of that class.
 * @module
 */
import { byteSize, DTYPE_BITS } from "../safetensors_dtype.ts";
import type { TensorEntry } from "../safetensors_header.ts";
import { type ByteSource, fileSource } from "./byte_source.ts";
import { readPickle } from "./pickle.ts";
import { kindOf, PickleDict, type PickleValue, TorchTensor } from "./pickle_value.ts";
import { gather, isContiguous, spannedElements } from "./strided.ts";
import { readZipDirectory, type ZipEntry } from "./zip_directory.ts";

const MAX_PICKLE_BYTES = 2 ** 26;

/**
 * A tensor of a PyTorch file. `begin` and `end` count bytes of the file; for a view that is not contiguous, `end` is
 * where it would end if it were.
 */
export interface TorchEntry extends TensorEntry {
  /** Elements from one index to the next, for each size. */
  strides: number[];
}

/** An open PyTorch file. */
export interface TorchFile {
  /** The file's path. */
  readonly path: string;
  /** The tensors in the order of the state dict. */
  readonly tensors: ReadonlyMap<string, TorchEntry>;
  /**
   * Reads one tensor's little-endian bytes, row-major whatever its strides.
   * @throws {RangeError} if the file has no such tensor, and {Error} if it is closed or has been cut since it was opened.
   */
  bytes(name: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Closes the file. A second call does nothing. */
  close(): void;
}

function stateDict(value: PickleValue, path: string): PickleDict {
  const inner = value instanceof PickleDict ? value.entries.get("state_dict") ?? value : value;
  if (inner instanceof PickleDict) return inner;
  throw new SyntaxError(`Cannot read ${path}: it must hold a state dict, not ${kindOf(inner)}`);
}

function entryOf(
  name: string,
  tensor: PickleValue,
  stored: ReadonlyMap<string, ZipEntry>,
  path: string,
): TorchEntry {
  const fail = (rule: string) =>
    new SyntaxError(`Cannot read tensor ${JSON.stringify(name)} of ${path}: ${rule}`);
  if (!(tensor instanceof TorchTensor)) {
    throw fail(`a state dict must hold tensors alone, not ${kindOf(tensor)}`);
  }
  const { storage, dtype, offset, shape, strides } = tensor;
  const entry = stored.get(`data/${storage.key}`);
  if (!entry) throw fail(`its storage data/${storage.key} is missing`);
  const size = byteSize([storage.elements], storage.dtype ? DTYPE_BITS.get(storage.dtype)! : 8);
  if (size !== entry.end - entry.begin) {
    throw fail(
      `its storage data/${storage.key} must have ${size} bytes, not ${entry.end - entry.begin}`,
    );
  }
  const bits = DTYPE_BITS.get(dtype)!;
  const length = byteSize(shape, bits);
  if (length === undefined) throw fail(`shape [${shape}] must come to less than 2^53 bytes`);
  const begin = entry.begin + offset * (bits / 8);
  return { name, dtype, shape: [...shape], strides: [...strides], begin, end: begin + length };
}

/** The tensors of the state dict, checked against the archive. */
async function readTensors(source: ByteSource): Promise<Map<string, TorchEntry>> {
  const { path } = source;
  const stored = await readZipDirectory(source);
  const text = async (name: string) => {
    const entry = stored.get(name);
    return entry && new TextDecoder().decode(
      await source.read(entry.begin, Math.min(64, entry.end - entry.begin)),
    );
  };
  const order = await text("byteorder") ?? "little"; // PyTorch before 2.1 does not tell
  if (order !== "little") {
    throw new SyntaxError(
      `Cannot read ${path}: its byte order must be "little", not ${JSON.stringify(order)}`,
    );
  }
  const pickle = stored.get("data.pkl");
  if (!pickle || pickle.end - pickle.begin > MAX_PICKLE_BYTES) {
    throw new SyntaxError(
      `Cannot read ${path}: it must have an entry data.pkl of at most ${MAX_PICKLE_BYTES} bytes`,
    );
  }
  const bytes = await source.read(pickle.begin, pickle.end - pickle.begin);
  const tensors = new Map<string, TorchEntry>();
  for (const [name, value] of stateDict(readPickle(bytes, `data.pkl of ${path}`), path).entries) {
    if (typeof name !== "string") {
      throw new SyntaxError(`Cannot read ${path}: a tensor's name must be a text, not ${name}`);
    }
    tensors.set(name, entryOf(name, value, stored, path));
  }
  return tensors;
}

/**
 * Opens a PyTorch file that is read through a source.
 *
 * @param source the file's bytes; closed with the result, or if the file is refused.
 * @returns the open file.
 * @throws {SyntaxError} if the file breaks a rule of the format or holds anything but tensors and plain values; the message says
 *   which opcode or global and where.
 */
export async function openTorchSource(source: ByteSource): Promise<TorchFile> {
  try {
    const tensors = await readTensors(source);
    return {
      path: source.path,
      tensors,
      close: () => source.close(),
      bytes: async (name) => await readTensor(source, tensors.get(name), name),
    };
  } catch (error) {
    source.close();
    throw error;
  }
}

async function readTensor(
  source: ByteSource,
  entry: TorchEntry | undefined,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const action = `Cannot read tensor ${JSON.stringify(name)} of ${source.path}`;
  if (!entry) throw new RangeError(`${action}: it has no such tensor`);
  const { dtype, shape, strides, begin, end } = entry;
  if (isContiguous(shape, strides)) return await source.read(begin, end - begin);
  const width = DTYPE_BITS.get(dtype)! / 8;
  const span = await source.read(begin, spannedElements(shape, strides) * width);
  return gather(span, shape, strides, width);
}

/**
 * Opens a PyTorch file and checks its directory and its pickle against its size.
 *
 * @param path the file's path.
 * @returns the open file; the caller closes it.
 * @throws {SyntaxError} if the file breaks a rule of the format or holds anything but tensors and plain values.
 * @throws {Deno.errors.NotFound} if there is no such file.
 */
export async function openTorchFile(path: string): Promise<TorchFile> {
  return await openTorchSource(await fileSource(path));
}
