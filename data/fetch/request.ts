/**
 * One request for a file, or for the rest of it. Proxies of the environment (HTTPS_PROXY, HTTP_PROXY, NO_PROXY) are honoured by `fetch()` itself.
 * @module
 */
import { statusFailure, TransferFailure } from "./failure.ts";

/** What is asked for. */
export interface FileRequest {
  /** Address of the file. */
  readonly url: string;
  /** Address of its repository's page. */
  readonly page: string;
  /** Access token; it is sent to the address's own origin and never further. */
  readonly token?: string;
  /** First byte that is wanted. */
  readonly offset: number;
  /** Entity tag of the file that the bytes before it are of. When the file is another one by now, all of it is sent. */
  readonly etag?: string;
  /** Gives the request up. */
  readonly signal: AbortSignal;
}

/** What is answered. */
export interface FileAnswer {
  /** The bytes. */
  readonly body: ReadableStream<Uint8Array>;
  /** Which byte of the file they begin with: the one that was asked for, or 0. */
  readonly start: number;
  /** Length of the whole file, where it is said. */
  readonly total?: number;
  /** The file's strong entity tag, where there is one. */
  readonly etag?: string;
  /** The commit it is from, where the hub says so. */
  readonly commit?: string;
  /** The SHA-256 that the hub has on record for a large file. */
  readonly sha256?: string;
}

const LONGEST_CHAIN = 10;

/** What the hub says of a file on any stop of the way: large files are redirected, and the first answer knows the most. */
interface HubHeaders {
  commit?: string;
  sha256?: string;
  size?: number;
}

/**
 * Sends the request and follows redirects.
 *
 * @throws {TransferFailure} If the answer is not the file.
 */
export async function requestFile(request: FileRequest): Promise<FileAnswer> {
  const hub: HubHeaders = {};
  const origin = new URL(request.url).origin;
  let url = request.url;
  for (let hop = 0; hop < LONGEST_CHAIN; hop++) {
    const headers = requestHeaders(request, new URL(url).origin === origin);
    const response = await fetch(url, { headers, redirect: "manual", signal: request.signal });
    noteHubHeaders(response.headers, hub);
    const location = response.headers.get("location");
    if (response.status >= 300 && response.status < 400 && location) {
      await response.body?.cancel();
      url = redirected(url, location);
      continue;
    }
    return await answer(response, request, url, hub);
  }
  throw new TransferFailure(`${new URL(url).host} redirects more than ${LONGEST_CHAIN} times`);
}

function requestHeaders(request: FileRequest, atHome: boolean): Headers {
  const headers = new Headers({ "accept-encoding": "identity" });
  if (request.token && atHome) headers.set("authorization", `Bearer ${request.token}`);
  if (request.offset > 0) {
    headers.set("range", `bytes=${request.offset}-`);
    if (request.etag) headers.set("if-range", request.etag);
  }
  return headers;
}

function redirected(from: string, location: string): string {
  if (!URL.canParse(location, from)) {
    throw new TransferFailure(`${new URL(from).host} redirects to ${location}, no address`);
  }
  const to = new URL(location, from);
  if (to.protocol === "https:" || to.protocol === new URL(from).protocol) return to.href;
  throw new TransferFailure(`${new URL(from).host} redirects to ${to.origin}, not https`);
}

async function answer(
  response: Response,
  { offset, page }: FileRequest,
  url: string,
  hub: HubHeaders,
): Promise<FileAnswer> {
  const { status, headers, body } = response;
  const { host } = new URL(url);
  if ((status !== 200 && status !== 206) || body === null) {
    await body?.cancel();
    if (status === 416) return nothingLeft(headers, offset, host, hub);
    throw statusFailure(status, { host, page, retryAfter: headers.get("retry-after") });
  }
  const range = status === 206 ? contentRange(headers.get("content-range")) : undefined;
  if (status === 206 && range?.start !== offset) {
    await body.cancel();
    throw new TransferFailure(`${host} sends another part of the file than was asked for`);
  }
  const etag = headers.get("etag");
  return {
    body,
    start: range?.start ?? 0,
    total: range ? range.total : contentLength(headers) ?? hub.size,
    ...etag?.startsWith('"') ? { etag } : {},
    commit: hub.commit,
    sha256: hub.sha256,
  };
}

/** The answer when no byte is left to ask for: the file is whole, or what was kept of it is longer than it is. */
function nothingLeft(headers: Headers, offset: number, host: string, hub: HubHeaders): FileAnswer {
  const total = /^bytes \*\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1];
  if (Number(total) !== offset) {
    const failure = `${host} has no byte ${offset} of the file`;
    throw new TransferFailure(failure, { retry: true, restart: true });
  }
  return { body: new Blob([]).stream(), start: offset, total: offset, ...hub };
}

function contentRange(header: string | null): { start: number; total?: number } | undefined {
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(header ?? "");
  if (!match) return undefined;
  const total = match[2] === "*" ? {} : { total: Number(match[2]) };
  return { start: Number(match[1]), ...total };
}

function contentLength(headers: Headers): number | undefined {
  const header = headers.get("content-length");
  return header === null || headers.has("content-encoding") ? undefined : Number(header);
}

function noteHubHeaders(headers: Headers, hub: HubHeaders): void {
  const commit = headers.get("x-repo-commit");
  const linked = /^"?([0-9a-f]{64})"?$/.exec(headers.get("x-linked-etag") ?? "")?.[1];
  const size = headers.get("x-linked-size");
  if (commit) hub.commit ??= commit;
  if (linked) hub.sha256 ??= linked;
  if (size && /^\d+$/.test(size)) hub.size ??= Number(size);
}
