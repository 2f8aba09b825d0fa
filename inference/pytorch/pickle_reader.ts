/**
 * The bytes of a pickle, taken from the front.
 * @module
 */

const MAX_TEXT_BYTES = 2 ** 16;
const MAX_LINE_BYTES = 256;

/** Takes numbers and texts from the front of a pickle; every method throws a SyntaxError where the bytes end too early. */
export class PickleReader {
  /** The next byte. */
  at = 0;
  readonly #view: DataView;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  /** Begins at the first byte. */
  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #take(length: number): number {
    if (length > this.bytes.length - this.at) {
      throw new SyntaxError("it must not end before the opcode STOP");
    }
    this.at += length;
    return this.at - length;
  }

  /** An unsigned byte. */
  uint8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  /** An unsigned 16-bit number. */
  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  /** A signed 32-bit number. */
  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  /** An unsigned 32-bit number. */
  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** A big-endian float64. */
  float64(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  /** An unsigned 64-bit length, which must not exceed what is left. */
  length64(): number {
    const length = this.#view.getBigUint64(this.#take(8), true);
    if (length > BigInt(this.bytes.length - this.at)) {
      throw new SyntaxError(`a length of ${length} must not exceed the bytes that are left`);
    }
    return Number(length);
  }

  /** A whole number of up to 255 bytes in two's complement; a bigint where a number would not be exact. */
  long(length: number): number | bigint {
    const from = this.#take(length);
    if (length === 0) return 0;
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = value << 8n | BigInt(this.bytes[from + i]);
    value = BigInt.asIntN(8 * length, value);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  /** UTF-8 text. */
  text(length: number): string {
    if (length > MAX_TEXT_BYTES) {
      throw new SyntaxError(`a text must have at most ${MAX_TEXT_BYTES} bytes, not ${length}`);
    }
    const from = this.#take(length);
    return this.#decode(from, from + length);
  }

  /** Text up to LF, which is taken as well. */
  line(): string {
    const end = this.bytes.subarray(this.at, this.at + MAX_LINE_BYTES).indexOf(10);
    if (end < 0) throw new SyntaxError(`a name must end within ${MAX_LINE_BYTES} bytes`);
    const from = this.#take(end + 1);
    return this.#decode(from, from + end);
  }

  #decode(from: number, to: number): string {
    try {
      return this.#decoder.decode(this.bytes.subarray(from, to));
    } catch (cause) {
      throw new SyntaxError("a text must be UTF-8", { cause });
    }
  }
}
