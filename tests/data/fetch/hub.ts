/**
 * A hub on this machine that misbehaves as told. It speaks HTTP by hand, because servers do not lie.
 * @module
 */
import { createHash } from "node:crypto";
import type { Pin, PinnedFile } from "../../../data/pins.ts";

/** A request that the hub has seen. */
export interface Seen {
  path: string;
  headers: Headers;
}

/** What the hub answers. */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  /** The bytes that are sent. */
  body?: Uint8Array;
  /** Bytes after which nothing more is sent. */
  after?: number;
  /** What happens then, or at the end: the connection ends, or nothing happens any more. */
  then?: "end" | "hang";
  /** The length that is claimed. Default: the true one. */
  claim?: number;
  /** Whether nothing is said at all, and the connection stays. */
  silent?: boolean;
  /** Whether the length is not said at all. */
  chunked?: boolean;
}

/** Decides what is answered to the n-th request, counted from 0. */
export type Manner = (seen: Seen, index: number) => Answer;

/** A hub on this machine. */
export class Hub implements AsyncDisposable {
  readonly seen: Seen[] = [];
  readonly #listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  readonly #connections = new Set<Deno.Conn>();
  readonly #done: Promise<void>;

  constructor(public manner: Manner) {
    this.#done = this.#serve();
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}`;
  }

  async #serve(): Promise<void> {
    for await (const connection of this.#listener) {
      this.#connections.add(connection);
      this.#answer(connection).catch(() => {}); // the client may have left
    }
  }

  async #answer(connection: Deno.Conn): Promise<void> {
    const seen = await readRequest(connection);
    if (seen === undefined) return this.#close(connection);
    this.seen.push(seen);
    const answer = this.manner(seen, this.seen.length - 1);
    if (answer.silent) return;
    const { body = new Uint8Array(), after = body.length, then = "end" } = answer;
    await writeAll(connection, new TextEncoder().encode(head(answer)));
    const sent = body.subarray(0, after);
    if (answer.chunked) await writeAll(connection, chunk(sent));
    else await writeAll(connection, sent);
    if (then === "hang") return;
    this.#close(connection);
  }

  #close(connection: Deno.Conn): void {
    if (this.#connections.delete(connection)) connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) this.#close(connection);
    await this.#done;
  }
}

/** Serves a file as a server should: ranges, and `If-Range` with its entity tag. */
export function serve(body: Uint8Array, headers: Record<string, string> = {}): Manner {
  const etag = headers.etag ?? `"${sha256(body).slice(0, 8)}"`;
  return ({ headers: asked }): Answer => {
    const start = Number(/^bytes=(\d+)-$/.exec(asked.get("range") ?? "")?.[1] ?? 0);
    const same = !asked.has("if-range") || asked.get("if-range") === etag;
    if (start === 0 || !same) return { body, headers: { etag, ...headers } };
    if (start >= body.length) {
      return { status: 416, headers: { "content-range": `bytes */${body.length}` } };
    }
    const range = `bytes ${start}-${body.length - 1}/${body.length}`;
    return {
      status: 206,
      body: body.subarray(start),
      headers: { etag, "content-range": range, ...headers },
    };
  };
}

/** Answers one request after the other in these manners, and the last one from then on. */
export function inTurn(...manners: Manner[]): Manner {
  return (seen, index) => manners[Math.min(index, manners.length - 1)]!(seen, index);
}

/** Another manner that is broken off. */
export function cut(manner: Manner, after: number, then: "end" | "hang" = "end"): Manner {
  return (seen, index) => ({ ...manner(seen, index), after, then });
}

/** SHA-256 in hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Bytes that differ everywhere. */
export function someBytes(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

/** The revision of `examplePin()`. */
export const REVISION = "0123456789abcdef0123456789abcdef01234567";

/** A pin of one file `weights.bin` with these bytes, or of other files. */
export function examplePin(content: Uint8Array | readonly PinnedFile[]): Pin {
  const files = content instanceof Uint8Array
    ? [{ path: "weights.bin", bytes: content.length, sha256: sha256(content) }]
    : content;
  return {
    id: "someone/model",
    short: "model",
    kind: "model",
    revision: REVISION,
    licence: "MIT",
    citation: "mtpress",
    files,
  };
}

function head({ status = 200, headers = {}, body, claim, chunked }: Answer): string {
  const length: Record<string, string> = chunked
    ? { "transfer-encoding": "chunked" }
    : { "content-length": String(claim ?? body?.length ?? 0) };
  const lines = Object.entries({ connection: "close", ...length, ...headers });
  const text = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `HTTP/1.1 ${status} Status\r\n${text}\r\n`;
}

function chunk(bytes: Uint8Array): Uint8Array {
  const encoder = new TextEncoder();
  const parts = [
    encoder.encode(`${bytes.length.toString(16)}\r\n`),
    bytes,
    encoder.encode("\r\n0\r\n\r\n"),
  ];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

async function readRequest(connection: Deno.Conn): Promise<Seen | undefined> {
  let text = "";
  const buffer = new Uint8Array(4096);
  while (!text.includes("\r\n\r\n")) {
    const read = await connection.read(buffer);
    if (read === null) return undefined;
    text += new TextDecoder().decode(buffer.subarray(0, read));
  }
  const [request, ...lines] = text.split("\r\n\r\n")[0]!.split("\r\n");
  const pairs = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { path: request!.split(" ")[1]!, headers: new Headers(pairs) };
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await connection.write(bytes.subarray(written));
  }
}
