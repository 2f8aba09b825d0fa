/**
 * A second reading of the safetensors format, independent of inference/: a recursive-descent parser of exactly the
 * grammar that a header has, working on the file's bytes. It only says yes or no.
 * @module
 */

const BITS: Record<string, bigint> = {
  ...{ F4: 4n, F6_E2M3: 6n, F6_E3M2: 6n, BOOL: 8n, U8: 8n, I8: 8n, F8_E5M2: 8n, F8_E4M3: 8n },
  ...{ F8_E8M0: 8n, I16: 16n, U16: 16n, F16: 16n, BF16: 16n, I32: 32n, U32: 32n, F32: 32n },
  ...{ I64: 64n, U64: 64n, F64: 64n, C64: 64n },
};
const LIMIT = 2n ** 53n;

class Refused extends Error {}

function demand(condition: boolean): asserts condition {
  if (!condition) throw new Refused();
}

/** A cursor over the header's text. */
class Cursor {
  at = 0;
  constructor(readonly text: string) {}

  /** Skips white space and looks at the next character. */
  peek(): string {
    while (" \t\n\r".includes(this.text[this.at] || "x")) this.at++;
    return this.text[this.at] ?? "";
  }

  take(character: string): void {
    demand(this.peek() === character);
    this.at++;
  }

  string(): string {
    this.take('"');
    let value = "";
    for (;;) {
      const c = this.text[this.at++];
      demand(c !== undefined && c >= " ");
      if (c === '"') break;
      if (c !== "\\") value += c;
      else {
        const escape = this.text[this.at++];
        if (escape === "u") {
          const digits = this.text.slice(this.at, this.at += 4);
          demand(/^[0-9a-fA-F]{4}$/.test(digits));
          value += String.fromCharCode(parseInt(digits, 16));
        } else {
          const index = '"\\/bfnrt'.indexOf(escape || "x");
          demand(index >= 0);
          value += '"\\/\b\f\n\r\t'[index];
        }
      }
    }
    demand(!/\p{Surrogate}/u.test(value));
    return value;
  }

  count(): bigint {
    this.peek();
    const start = this.at;
    while (this.text[this.at] >= "0" && this.text[this.at] <= "9") this.at++;
    const digits = this.text.slice(start, this.at);
    demand(digits === "0" || (digits !== "" && digits[0] !== "0" && digits.length < 20));
    const value = BigInt(digits);
    demand(value < LIMIT);
    return value;
  }

  counts(): bigint[] {
    const values: bigint[] = [];
    this.take("[");
    if (this.peek() !== "]") {
      values.push(this.count());
      while (this.peek() === ",") {
        this.at++;
        values.push(this.count());
      }
    }
    this.take("]");
    return values;
  }

  /** An object whose names differ; `member` reads the value of each. */
  object(member: (name: string) => void): void {
    const names = new Set<string>();
    this.take("{");
    if (this.peek() !== "}") {
      for (;;) {
        const name = this.string();
        demand(!names.has(name));
        names.add(name);
        this.take(":");
        member(name);
        if (this.peek() !== ",") break;
        this.at++;
      }
    }
    this.take("}");
  }
}

function tensorRange(cursor: Cursor): [bigint, bigint] {
  let dtype: string | undefined;
  let shape: bigint[] | undefined;
  let offsets: bigint[] | undefined;
  cursor.object((name) => {
    demand(["dtype", "shape", "data_offsets"].includes(name));
    if (name === "dtype") dtype = cursor.string();
    else if (name === "shape") shape = cursor.counts();
    else offsets = cursor.counts();
  });
  demand(dtype !== undefined && shape !== undefined && offsets?.length === 2);
  demand(Object.hasOwn(BITS, dtype));
  let elements = 1n;
  for (const size of shape) demand((elements *= size) <= LIMIT);
  const [begin, end] = offsets;
  demand(begin <= end && elements * BITS[dtype] === (end - begin) * 8n);
  return [begin, end];
}

/** Whether the bytes are a well-formed safetensors file; `fileBytes` is its size, if `bytes` holds only its beginning. */
export function isSafetensors(bytes: Uint8Array, fileBytes: number = bytes.length): boolean {
  try {
    demand(fileBytes >= 8 && bytes.length >= 8);
    let length = 0n;
    for (let i = 7; i >= 0; i--) length = length * 256n + BigInt(bytes[i]);
    demand(length <= 100_000_000n && 8n + length <= BigInt(fileBytes));
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes.subarray(8, 8 + Number(length)));
    demand(text.startsWith("{"));
    const cursor = new Cursor(text);
    const starts = new Map<bigint, bigint>(); // where each non-empty range begins -> where it ends
    const empty: bigint[] = [];
    cursor.object((name) => {
      if (name === "__metadata__") return cursor.object(() => void cursor.string());
      const [begin, end] = tensorRange(cursor);
      if (begin === end) return void empty.push(begin);
      demand(!starts.has(begin));
      starts.set(begin, end);
    });
    demand(cursor.peek() === "" && cursor.at === text.length);
    // follow the chain of ranges from 0: it must use every range and end with the file
    const joints = new Set([0n]);
    let at = 0n;
    for (let hop = starts.get(0n); hop !== undefined; hop = starts.get(at)) joints.add(at = hop);
    return joints.size === starts.size + 1 && at === BigInt(fileBytes) - 8n - length &&
      empty.every((position) => joints.has(position));
  } catch (error) {
    if (error instanceof Refused || error instanceof TypeError) return false; // TypeError: no UTF-8
    throw error;
  }
}
