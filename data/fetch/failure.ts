/**
 * What can go wrong on the way, in words, and whether it is worth another attempt.
 * @module
 */

/** Something that went wrong in a transfer. The message is read after "Cannot download … of …: ". */
export class TransferFailure extends Error {
  /** How to go on. */
  readonly remedy: Remedy;

  /**
   * @param message What went wrong, and what to do about it.
   * @param remedy How to go on; not at all unless given.
   */
  constructor(message: string, remedy: Remedy = {}) {
    super(message);
    this.remedy = remedy;
  }
}

/** How to go on after a failure. */
export interface Remedy {
  /** Whether another attempt may succeed. */
  readonly retry?: boolean;
  /** Whether what has been downloaded is of no use to it. */
  readonly restart?: boolean;
  /** How many seconds the server asks to be left alone. */
  readonly waitSeconds?: number;
}

/** What `fetch()` and the body of its answer throw when the connection fails. */
const CONNECTION_ERRORS = [
  TypeError,
  Deno.errors.BrokenPipe,
  Deno.errors.ConnectionAborted,
  Deno.errors.ConnectionRefused,
  Deno.errors.ConnectionReset,
  Deno.errors.Http,
  Deno.errors.TimedOut,
  Deno.errors.UnexpectedEof,
];

/** Status codes after which the same request may succeed later. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * What a status code means here.
 *
 * @param host Who answered.
 * @param page Where the repository can be looked at.
 */
export function statusFailure(
  status: number,
  { host, page, retryAfter }: { host: string; page: string; retryAfter: string | null },
): TransferFailure {
  const said = `${host} answers ${status}`;
  if (status === 401) {
    return new TransferFailure(
      `${said}, it wants to know who asks; set HF_TOKEN to an access token that may read ${page}`,
    );
  }
  if (status === 403) {
    const cure = `the licence may have to be accepted on ${page}, and HF_TOKEN be set`;
    return new TransferFailure(`${said}, access is refused; ${cure}`);
  }
  if (status === 404 || status === 410) {
    return new TransferFailure(
      `${said}, it has no such file; a mirror (HF_ENDPOINT) may lack it`,
    );
  }
  const meaning = status === 429 ? ", too many requests" : status === 503 ? ", overloaded" : "";
  return new TransferFailure(said + meaning, {
    retry: PASSING.has(status),
    waitSeconds: retryAfterSeconds(retryAfter),
  });
}

/** Makes a failure of whatever was thrown while bytes were on their way. */
export function transferFailure(error: unknown, host: string): TransferFailure {
  if (error instanceof TransferFailure) return error;
  if (isDiskFull(error)) {
    return new TransferFailure(
      "the disk is full; make room or set MTPRESS_DATA to a folder elsewhere, what is there is kept",
    );
  }
  if (!(error instanceof Error) || !CONNECTION_ERRORS.some((known) => error instanceof known)) {
    throw error;
  }
  const reason = deepest(error).replace(/^error sending request for url \(.*?\): /, "");
  const way = "check the network and HTTPS_PROXY, or take the files from a folder with --from";
  return new TransferFailure(`the connection to ${host} failed (${reason}); ${way}`, {
    retry: true,
  });
}

/** Seconds that a Retry-After header asks for: a number or a date. */
export function retryAfterSeconds(
  header: string | null,
  now: number = Date.now(),
): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}

function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as Error & { code?: string };
  return code === "ENOSPC" || code === "EDQUOT" || /os error (28|122)\)/.test(error.message);
}

function deepest(error: Error): string {
  return error.cause instanceof Error ? deepest(error.cause) : error.message;
}
