import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import {
  retryAfterSeconds,
  TransferFailure,
  transferFailure,
} from "../../../data/fetch/failure.ts";
import { delaySeconds, FETCH_LIMITS } from "../../../data/fetch/limits.ts";
import { sizeText } from "../../../data/fetch/size_text.ts";
import { cut, examplePin, Hub, inTurn, type Manner, serve, sha256, someBytes } from "./hub.ts";
import { Place } from "./place.ts";

const BYTES = someBytes(30_000);
const PIN = examplePin(BYTES);
const UNKNOWN = examplePin([{ path: "weights.bin" }]);

/** What a download from a hub of these manners ends with, and how often it asked. */
async function failure(manner: Manner, pin = PIN): Promise<{ message: string; asked: number }> {
  using place = new Place();
  await using hub = new Hub(manner);
  const error = await place.fetch(pin, hub.endpoint).then(() => undefined, (error) => error);
  expect(error).toBeInstanceOf(Error);
  expect(place.files()).not.toContain("weights.bin");
  return { message: (error as Error).message, asked: hub.seen.length };
}

describe("a download", () => {
  it("refuses wrong bytes, once more from the start, and leaves nothing of them", async () => {
    const wrong = someBytes(30_000, 2);
    using place = new Place();
    await using hub = new Hub(serve(wrong));
    await expect(place.fetch(PIN, hub.endpoint)).rejects.toThrow(
      `what was sent has SHA-256 ${sha256(wrong)} and pins.json says ${sha256(BYTES)}`,
    );
    expect(hub.seen.map(({ headers }) => headers.get("range"))).toEqual([null, null]);
    expect(place.files()).toEqual([]);
  });

  it("refuses a file of another length before it comes", async () => {
    const short = await failure(() => ({ body: someBytes(29_999) }));
    expect(short.message).toMatch(/what is sent is too short: 29999 bytes instead of 30000$/);
    expect(short.asked).toBe(1);
    const long = await failure(() => ({ body: someBytes(30_001) }));
    expect(long.message).toMatch(/what is sent is too long: 30001 bytes instead of 30000$/);
  });

  it("refuses a length that is far from the rough one", async () => {
    const pin = examplePin([{ path: "weights.bin", roughBytes: 31_000 }]);
    const { message } = await failure(() => ({ body: BYTES }), pin);
    expect(message).toContain("too short: 30000 bytes instead of about 31000");
    using place = new Place();
    await using hub = new Hub(serve(BYTES));
    await place.fetch(examplePin([{ path: "weights.bin", roughBytes: 30_100 }]), hub.endpoint);
  });

  it("refuses more bytes than there should be when no length is said", async () => {
    const { message } = await failure(() => ({ body: someBytes(40_000), chunked: true }));
    expect(message).toContain("what is sent is too long: it goes on after 30000 bytes");
  });

  it("refuses fewer bytes than there should be when no length is said", async () => {
    const { message } = await failure(() => ({ body: someBytes(20_000), chunked: true }));
    expect(message).toContain("what was sent is too short: 20000 bytes instead of 30000");
  });

  it("refuses an empty file", async () => {
    const { message } = await failure(() => ({ body: new Uint8Array() }), UNKNOWN);
    expect(message).toContain("what is sent is empty");
  });

  it("gives up when the same byte never comes", async () => {
    const { message, asked } = await failure(cut(serve(BYTES), 0));
    expect(message).toContain("3 attempts in a row failed");
    expect(asked).toBe(3);
  });

  it("does not count attempts that brought something", async () => {
    using place = new Place();
    await using hub = new Hub(cut(serve(BYTES), 3000));
    await place.fetch(PIN, hub.endpoint);
    expect(hub.seen.length).toBe(10);
  });

  it("tries again when nothing comes for a while, before the head and after it", async () => {
    using place = new Place();
    const whole = serve(BYTES);
    await using hub = new Hub(inTurn(cut(whole, 10_000, "hang"), () => ({ silent: true }), whole));
    await place.fetch(PIN, hub.endpoint);
    expect(place.retries().map((reason) => reason.replace(/:\d+/, ""))).toEqual([
      "127.0.0.1 has sent nothing for 0.3 s",
      "127.0.0.1 has sent nothing for 0.3 s",
    ]);
    expect(hub.seen[2]!.headers.get("range")).toBe("bytes=10000-");
  });

  it("explains 401, 403 and 404, and does not try again", async () => {
    for (
      const [status, words] of [
        [401, "it wants to know who asks; set HF_TOKEN to an access token that may read http"],
        [403, "/someone/model, and HF_TOKEN be set"],
        [404, "it has no such file; a mirror (HF_ENDPOINT) may lack it"],
        [400, "answers 400"],
      ] as const
    ) {
      const { message, asked } = await failure(() => ({ status }));
      expect(message).toContain(`answers ${status}`);
      expect(message).toContain(words);
      expect(asked).toBe(1);
    }
  });

  it("waits as long as 429 and 503 ask, and tries again", async () => {
    using place = new Place();
    const later = { status: 429, headers: { "retry-after": "1" } };
    await using hub = new Hub(inTurn(() => ({ status: 503 }), () => later, serve(BYTES)));
    const started = performance.now();
    await place.fetch(PIN, hub.endpoint);
    expect(performance.now() - started).toBeGreaterThan(1000);
    expect(place.retries()[1]).toMatch(/answers 429, too many requests$/);
  });

  it("gives up when it is asked to wait too long", async () => {
    const { message, asked } = await failure(() => ({
      status: 503,
      headers: { "retry-after": "3600" },
    }));
    expect(message).toContain("answers 503, overloaded and asks to wait 3600 s");
    expect(asked).toBe(1);
  });

  it("names the network when nobody answers", async () => {
    using place = new Place();
    const hub = new Hub(serve(BYTES));
    const { endpoint } = hub;
    await hub[Symbol.asyncDispose]();
    await expect(place.fetch(PIN, endpoint)).rejects.toThrow(
      /the connection to 127\.0\.0\.1:\d+ failed \(.*refused.*\); check the network and HTTPS_PROXY, or take the files from a folder with --from; 3 attempts/,
    );
  });

  it("refuses a part of the file that it did not ask for", async () => {
    const other = { status: 206, body: BYTES, headers: { "content-range": "bytes 5-30004/30005" } };
    const { message } = await failure(() => other);
    expect(message).toContain("sends another part of the file than was asked for");
  });

  it("refuses another commit, and other bytes than the hub has on record", async () => {
    const commit = "f".repeat(40);
    const elsewhere = await failure(serve(BYTES, { "x-repo-commit": commit }), UNKNOWN);
    expect(elsewhere.message).toContain(`the answer is from commit ${commit}, pinned is 0123456`);
    const linked = serve(BYTES, { "x-linked-etag": `"${"0".repeat(64)}"` });
    const other = await failure(linked, UNKNOWN);
    expect(other.message).toContain(`SHA-256 ${sha256(BYTES)} and the hub says 000`);
  });
});

describe("a download from a hub that misbehaves at random", () => {
  it("ends with the right file, or with an error and none", async () => {
    const right = sha256(BYTES);
    let complete = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const dice = someBytes(200, seed);
      using place = new Place();
      await using hub = new Hub((seen, index) => {
        const [kind, where] = [dice[2 * index]! % 8, dice[2 * index + 1]! * 118];
        const whole = serve(BYTES);
        if (kind < 3) return cut(whole, where)(seen, index);
        if (kind === 3) return { status: 503 };
        if (kind === 4) return { body: BYTES, after: where }; // no notice of the range
        if (kind === 5) return serve(someBytes(30_000, seed), { etag: '"other"' })(seen, index);
        if (kind === 6) return { body: BYTES, after: where, chunked: true };
        return whole(seen, index);
      });
      const ended = await place.fetch(PIN, hub.endpoint).then(() => true, () => false);
      const files = place.files();
      expect([seed, files.includes("weights.bin")]).toEqual([seed, ended]);
      if (ended) expect([seed, sha256(place.read("weights.bin"))]).toEqual([seed, right]);
      if (ended) complete++;
    }
    expect(complete).toBeGreaterThan(5);
    expect(complete).toBeLessThan(20);
  });
});

describe("transferFailure()", () => {
  it("transferFailure() names a full disk, and leaves alone what it does not know", () => {
    const full = Object.assign(new Error("No space left on device (os error 28)"), {
      code: "ENOSPC",
    });
    expect(transferFailure(full, "host").message).toContain("the disk is full");
    expect(transferFailure(full, "host").remedy).toEqual({});
    const other = new TransferFailure("other");
    expect(transferFailure(other, "host")).toBe(other);
    expect(() => transferFailure(new RangeError("mine"), "host")).toThrow("mine");
  });
});

describe("delaySeconds()", () => {
  it("delaySeconds() doubles up to a limit, with jitter, and never less than the server asks for", () => {
    const delays = [1, 2, 3, 7, 30].map((failures) => delaySeconds(failures, FETCH_LIMITS, 0, 1));
    expect(delays).toEqual([1, 2, 4, 60, 60]);
    expect(delaySeconds(3, FETCH_LIMITS, 0, 0)).toBe(2);
    expect(delaySeconds(1, FETCH_LIMITS, 30, 0)).toBe(30);
  });
});

describe("retryAfterSeconds()", () => {
  it("retryAfterSeconds() reads seconds and dates", () => {
    expect(retryAfterSeconds("120")).toBe(120);
    const now = Date.parse("Wed, 21 Oct 2026 07:28:00 GMT");
    expect(retryAfterSeconds("Wed, 21 Oct 2026 07:28:30 GMT", now)).toBe(30);
    expect(retryAfterSeconds("Wed, 21 Oct 2026 07:27:30 GMT", now)).toBe(0);
    expect(retryAfterSeconds("soon")).toBe(undefined);
    expect(retryAfterSeconds(null)).toBe(undefined);
  });
});

describe("sizeText()", () => {
  it("sizeText() counts in thousands", () => {
    const texts = [0, 642, 999, 1000, 26_800, 999_999, 2_323_523_028, 26_950_000_000].map(sizeText);
    expect(texts).toEqual([
      "0 bytes",
      "642 bytes",
      "999 bytes",
      "1.0 kB",
      "27 kB",
      "1.0 MB",
      "2.3 GB",
      "27 GB",
    ]);
  });
});
