import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { cut, examplePin, Hub, inTurn, REVISION, serve, sha256, someBytes } from "./hub.ts";
import { Place } from "./place.ts";

const BYTES = someBytes(30_000);

describe("fetchPin()", () => {
  it("fetchPin() downloads a file from the pinned commit, verifies it and asks no second time", async () => {
    using place = new Place();
    await using hub = new Hub(serve(BYTES));
    const { folder, files } = await place.fetch(examplePin(BYTES), hub.endpoint);
    expect(folder).toBe(place.home);
    expect(files).toEqual([
      { path: "weights.bin", how: "downloaded", bytes: BYTES.length, sha256: sha256(BYTES) },
    ]);
    expect(hub.seen[0]!.path).toBe(`/someone/model/resolve/${REVISION}/weights.bin`);
    expect(hub.seen[0]!.headers.get("accept-encoding")).toBe("identity");
    expect(place.read("weights.bin")).toEqual(BYTES);
    expect(place.files()).toEqual(["weights.bin"]);
    const again = await place.fetch(examplePin(BYTES), hub.endpoint);
    expect(again.files[0]!.how).toBe("found");
    expect(hub.seen.length).toBe(1);
  });

  it("fetchPin() asks for a dataset under datasets/", async () => {
    using place = new Place();
    await using hub = new Hub(serve(BYTES));
    await place.fetch({ ...examplePin(BYTES), kind: "dataset" }, `${hub.endpoint}/`);
    expect(hub.seen[0]!.path).toBe(`/datasets/someone/model/resolve/${REVISION}/weights.bin`);
  });

  it("fetchPin() goes on where a connection was cut", async () => {
    using place = new Place();
    const whole = serve(BYTES);
    await using hub = new Hub(inTurn(cut(whole, 10_000), cut(whole, 5_000), whole));
    await place.fetch(examplePin(BYTES), hub.endpoint);
    expect(hub.seen.map(({ headers }) => headers.get("range"))).toEqual([
      null,
      "bytes=10000-",
      "bytes=15000-",
    ]);
    expect(hub.seen[1]!.headers.get("if-range")).toBe(`"${sha256(BYTES).slice(0, 8)}"`);
    expect(place.read("weights.bin")).toEqual(BYTES);
    expect(place.files()).toEqual(["weights.bin"]);
  });

  it("fetchPin() keeps what came before all attempts failed, for the next call", async () => {
    using place = new Place();
    await using hub = new Hub(cut(serve(BYTES), 10_000));
    hub.manner = inTurn(hub.manner, () => ({ status: 503 }));
    await expect(place.fetch(examplePin(BYTES), hub.endpoint)).rejects.toThrow(
      /^Cannot download weights\.bin of someone\/model: 127\.0\.0\.1:\d+ answers 503, overloaded; 3 attempts in a row failed$/,
    );
    expect(place.files()).toEqual(["weights.bin.part", "weights.bin.part.json"]);
    hub.manner = serve(BYTES);
    await place.fetch(examplePin(BYTES), hub.endpoint);
    expect(hub.seen.at(-1)!.headers.get("range")).toBe("bytes=10000-");
    expect(place.read("weights.bin")).toEqual(BYTES);
  });

  it("fetchPin() starts again when the file has changed between attempts", async () => {
    using place = new Place();
    const other = someBytes(30_000, 2);
    await using hub = new Hub(inTurn(cut(serve(BYTES), 10_000), serve(other)));
    await place.fetch(examplePin([{ path: "weights.bin" }]), hub.endpoint);
    expect(place.read("weights.bin")).toEqual(other);
  });

  it("fetchPin() starts again when the file has changed and the server takes no notice of If-Range", async () => {
    using place = new Place();
    const other = someBytes(30_000, 2);
    const careless = serve(other);
    await using hub = new Hub(inTurn(cut(serve(BYTES), 10_000), (seen, index) => {
      seen.headers.delete("if-range");
      return careless(seen, index);
    }));
    await place.fetch(examplePin([{ path: "weights.bin" }]), hub.endpoint);
    expect(place.retries().at(-1)).toBe("the file has changed since its first bytes came");
    expect(place.read("weights.bin")).toEqual(other);
  });

  it("fetchPin() starts again when the server ignores ranges, and when nothing tells one version from another", async () => {
    using place = new Place();
    const plain = () => ({ body: BYTES });
    await using hub = new Hub(inTurn(cut(plain, 10_000), plain));
    await place.fetch(examplePin(BYTES), hub.endpoint);
    expect(hub.seen[1]!.headers.get("range")).toBe("bytes=10000-");
    expect(place.read("weights.bin")).toEqual(BYTES);
    using second = new Place();
    hub.manner = (seen, index) => index === 2 ? cut(plain, 10_000)(seen, index) : plain();
    await second.fetch(examplePin([{ path: "weights.bin" }]), hub.endpoint);
    expect(hub.seen[3]!.headers.get("range")).toBe(null);
    expect(second.read("weights.bin")).toEqual(BYTES);
  });

  it("fetchPin() takes a part that is whole already, and one that is too long, for what they are", async () => {
    using place = new Place();
    await using hub = new Hub(serve(BYTES));
    Deno.mkdirSync(place.home, { recursive: true });
    Deno.writeFileSync(`${place.home}/weights.bin.part`, BYTES);
    await place.fetch(examplePin(BYTES), hub.endpoint);
    expect(hub.seen.length).toBe(0);
    Deno.removeSync(`${place.home}/weights.bin`);
    Deno.writeFileSync(`${place.home}/weights.bin.part`, someBytes(30_001));
    await place.fetch(examplePin(BYTES), hub.endpoint);
    expect(place.read("weights.bin")).toEqual(BYTES);
  });

  it("fetchPin() keeps the files that came before one that fails", async () => {
    using place = new Place();
    const good = serve(BYTES);
    await using hub = new Hub((seen, index) =>
      seen.path.endsWith("config.json") ? good(seen, index) : { status: 404 }
    );
    const pin = examplePin([
      { path: "sub/config.json", bytes: BYTES.length, sha256: sha256(BYTES) },
      { path: "weights.bin", bytes: 5 },
    ]);
    await expect(place.fetch(pin, hub.endpoint)).rejects.toThrow("answers 404");
    expect(place.files()).toEqual(["sub/config.json"]);
    hub.manner = serve(someBytes(5));
    const { files } = await place.fetch(pin, hub.endpoint);
    expect(files.map(({ how }) => how)).toEqual(["found", "downloaded"]);
  });

  it("fetchPin() fetches what is named, and optional files only then", async () => {
    using place = new Place();
    await using hub = new Hub(serve(BYTES));
    const pin = examplePin([
      { path: "a/model.safetensors" },
      { path: "a/model.ckpt", optional: true },
      { path: "config.json" },
    ]);
    await place.fetch(pin, hub.endpoint, { files: ["a/*.safetensors"] });
    expect(place.files()).toEqual(["a/model.safetensors"]);
    await place.fetch(pin, hub.endpoint);
    expect(place.files()).toEqual(["a/model.safetensors", "config.json"]);
    await place.fetch(pin, hub.endpoint, { files: ["*.ckpt"] });
    expect(place.files()).toEqual(["a/model.ckpt", "a/model.safetensors", "config.json"]);
    await expect(place.fetch(pin, hub.endpoint, { files: ["b"] })).rejects.toThrow(RangeError);
  });

  it("fetchPin() replaces a file that is not the pinned one, and says so", async () => {
    using place = new Place();
    await using hub = new Hub(serve(BYTES));
    Deno.mkdirSync(place.home, { recursive: true });
    Deno.writeFileSync(`${place.home}/weights.bin`, someBytes(30_000, 2));
    await place.fetch(examplePin(BYTES), hub.endpoint);
    expect(place.events[0]!.event).toBe("replace");
    expect(place.read("weights.bin")).toEqual(BYTES);
    Deno.truncateSync(`${place.home}/weights.bin`, 10);
    await place.fetch(examplePin(BYTES), hub.endpoint);
    expect(place.read("weights.bin")).toEqual(BYTES);
  });

  it("fetchPin() takes a file that somebody put there, once its hash is right", async () => {
    using place = new Place();
    await using hub = new Hub(() => ({ status: 404 }));
    Deno.mkdirSync(place.home, { recursive: true });
    Deno.writeFileSync(`${place.home}/weights.bin`, BYTES);
    const { files } = await place.fetch(examplePin(BYTES), hub.endpoint);
    expect(files[0]!.how).toBe("found");
  });

  it("fetchPin() checks first that the disk has room", async () => {
    using place = new Place();
    await using hub = new Hub(serve(BYTES));
    const pin = examplePin([{ path: "weights.bin", roughBytes: 5e15 }]);
    await expect(place.fetch(pin, hub.endpoint)).rejects.toThrow(
      /^Cannot download someone\/model to .*: 5000 TB are needed and .* are free; make room or set MTPRESS_DATA/,
    );
    expect(hub.seen.length).toBe(0);
    hub.manner = () => ({ body: BYTES, claim: 5e15, then: "hang" });
    await expect(place.fetch(examplePin([{ path: "weights.bin" }]), hub.endpoint)).rejects.toThrow(
      "5000 TB are needed",
    );
    expect(place.files()).toEqual([]);
  });

  it("fetchPin() lets one download at a time write a file", async () => {
    using place = new Place();
    await using hub = new Hub(cut(serve(BYTES), 1000, "hang"));
    const limits = { stallSeconds: 0.5, attempts: 1 };
    const first = place.fetch(examplePin(BYTES), hub.endpoint, { limits });
    while (hub.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await expect(place.fetch(examplePin(BYTES), hub.endpoint)).rejects.toThrow(
      "another process is downloading it",
    );
    await expect(first).rejects.toThrow("has sent nothing for 0.5 s");
  });
});
