/**
 * Downloads one file: resumed where it was broken off, tried again while that may help, verified.
 * @module
 */
import type { PinnedFile } from "../pins.ts";
import { freeBytes } from "./disk.ts";
import { TransferFailure, transferFailure } from "./failure.ts";
import { delaySeconds, type FetchLimits } from "./limits.ts";
import type { FileFacts } from "./lock.ts";
import type { PartFile } from "./part_file.ts";
import { type FileAnswer, requestFile } from "./request.ts";
import { sizeText } from "./size_text.ts";
import { difference, lengthDifference } from "./verified.ts";

/** What is downloaded, and how. */
export interface DownloadOptions {
  /** Address of the file. */
  readonly url: string;
  /** Address of its repository's page. */
  readonly page: string;
  /** Access token for the address's origin. */
  readonly token?: string;
  /** The commit that it must be from. */
  readonly revision: string;
  /** What is pinned. */
  readonly file: PinnedFile;
  /** What the lock file says of it. */
  readonly locked?: FileFacts;
  /** How patient to be. */
  readonly limits: FetchLimits;
  /** Is told how far it is, as bytes arrive. */
  onBytes(bytes: number, total: number | undefined): void;
  /** Is told why another attempt is made, and in how many seconds. */
  onRetry(reason: string, seconds: number): void;
}

/**
 * Downloads a file into its part, until it is whole and verified.
 *
 * @returns what was found of it.
 * @throws {TransferFailure} If it can not be had. What is of use to a later attempt stays in the part.
 */
export async function download(part: PartFile, options: DownloadOptions): Promise<FileFacts> {
  const { limits } = options;
  let failures = 0, most = part.bytes, restarts = 0;
  for (;;) {
    try {
      return await attempt(part, options);
    } catch (error) {
      const failure = transferFailure(error, new URL(options.url).host);
      const { retry, restart, waitSeconds = 0 } = failure.remedy;
      failures = part.bytes > most ? 1 : failures + 1;
      most = Math.max(most, part.bytes);
      if (restart) {
        await part.restart();
        restarts++;
      }
      if (!retry || restarts > 1) throw failure;
      if (waitSeconds > limits.longestWaitSeconds) {
        throw new TransferFailure(`${failure.message} and asks to wait ${waitSeconds} s`);
      }
      if (failures >= limits.attempts) {
        throw new TransferFailure(`${failure.message}; ${failures} attempts in a row failed`);
      }
      const seconds = delaySeconds(failures, limits, waitSeconds);
      options.onRetry(failure.message, seconds);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  }
}

async function attempt(part: PartFile, options: DownloadOptions): Promise<FileFacts> {
  const { url, page, token, file, locked } = options;
  const known = file.sha256 ?? locked?.sha256;
  if (part.bytes > 0 && part.etag === undefined && known === undefined) await part.restart();
  if (known !== undefined && part.bytes > 0 && known === part.sha256()) {
    return { bytes: part.bytes, sha256: known }; // broken off after the last byte
  }
  const stall = stallTimer(options.limits.stallSeconds, new URL(url).host);
  try {
    const { signal } = stall;
    const asked = requestFile({ url, page, token, offset: part.bytes, etag: part.etag, signal });
    const answer = await stall.orStalled(asked);
    await receive(part, answer, options, stall);
    return verify(part, answer, options);
  } finally {
    stall.stop();
  }
}

/** Takes in the bytes of an answer. */
async function receive(
  part: PartFile,
  answer: FileAnswer,
  { file, locked, revision, onBytes }: DownloadOptions,
  stall: StallTimer,
): Promise<void> {
  const reader = answer.body.getReader();
  try {
    if (answer.commit !== undefined && answer.commit !== revision) {
      throw new TransferFailure(
        `the answer is from commit ${answer.commit}, pinned is ${revision}`,
      );
    }
    const wrong = answer.total === undefined
      ? undefined
      : lengthDifference(file, locked, answer.total);
    if (wrong !== undefined) throw new TransferFailure(`what is sent ${wrong}`);
    if (answer.start > 0 && part.etag && answer.etag && part.etag !== answer.etag) {
      const failure = "the file has changed since its first bytes came";
      throw new TransferFailure(failure, { retry: true, restart: true });
    }
    if (answer.start !== part.bytes || part.bytes === 0) await part.restart(answer.etag);
    await checkRoom(part, answer.total ?? 0);
    const longest = answer.total ?? file.bytes ?? locked?.bytes ?? Infinity;
    for (;;) {
      const { done, value: bytes } = await stall.orStalled(reader.read());
      if (done) return;
      stall.reset();
      if (part.bytes + bytes.length > longest) {
        const failure = `what is sent is too long: it goes on after ${longest} bytes`;
        throw new TransferFailure(failure, { retry: true, restart: true });
      }
      await part.append(bytes);
      onBytes(part.bytes, answer.total);
    }
  } catch (error) {
    reader.cancel().catch(() => {}); // a broken stream has nothing to cancel, and may not answer
    throw error;
  }
}

/** Compares what arrived with what is known of it. */
function verify(
  part: PartFile,
  { total, sha256, commit }: FileAnswer,
  { file, locked }: DownloadOptions,
): FileFacts {
  if (total !== undefined && part.bytes < total) {
    const failure = `the connection ended after ${part.bytes} of ${total} bytes`;
    throw new TransferFailure(failure, { retry: true });
  }
  const found = { bytes: part.bytes, sha256: part.sha256(), ...commit && { commit } };
  const wrong = difference(file, locked, found) ??
    (sha256 === undefined || sha256 === found.sha256
      ? undefined
      : `has SHA-256 ${found.sha256} and the hub says ${sha256}`);
  if (wrong === undefined) return found;
  throw new TransferFailure(`what was sent ${wrong}`, { retry: true, restart: true });
}

async function checkRoom(part: PartFile, total: number): Promise<void> {
  const needed = total - part.bytes;
  if (needed <= 0) return;
  const free = await freeBytes(part.target);
  if (needed <= free) return;
  const room = `${sizeText(needed)} are needed and ${sizeText(free)} are free`;
  throw new TransferFailure(`${room}; make room or set MTPRESS_DATA to a folder elsewhere`);
}

/** Gives up when nothing has been heard for a while. */
interface StallTimer {
  /** Aborts what is under way. */
  readonly signal: AbortSignal;
  /** What a promise gives; rejects when nothing is heard, whether what is under way takes notice of the signal or not. */
  orStalled<T>(promise: Promise<T>): Promise<T>;
  /** Something was heard. */
  reset(): void;
  /** Nothing more is waited for. */
  stop(): void;
}

function stallTimer(seconds: number, host: string): StallTimer {
  const controller = new AbortController();
  const { promise: stalled, reject } = Promise.withResolvers<never>();
  stalled.catch(() => {}); // it is nobody's failure while nobody waits
  const giveUp = () => {
    const text = `${host} has sent nothing for ${seconds} s`;
    const failure = new TransferFailure(text, { retry: true });
    reject(failure);
    controller.abort(failure);
  };
  let timer = setTimeout(giveUp, seconds * 1000);
  return {
    signal: controller.signal,
    orStalled: (promise) => Promise.race([promise, stalled]),
    reset() {
      clearTimeout(timer);
      timer = setTimeout(giveUp, seconds * 1000);
    },
    stop() {
      clearTimeout(timer);
      controller.abort();
    },
  };
}
