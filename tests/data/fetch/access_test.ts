import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { fileUrl, hubAccess, pinPage } from "../../../data/fetch/hub.ts";
import { findPin, HUB } from "../../../data/pins.ts";
import { examplePin, Hub, REVISION, serve, sha256, someBytes } from "./hub.ts";
import { Place } from "./place.ts";

const BYTES = someBytes(30_000);
const PIN = examplePin(BYTES);

describe("an access token", () => {
  it("goes to the endpoint, and not with a redirect to another port", async () => {
    using place = new Place();
    await using store = new Hub(serve(BYTES));
    await using hub = new Hub((seen) =>
      seen.path.startsWith("/again")
        ? { status: 302, headers: { location: `${store.endpoint}/weights?signature=1` } }
        : { status: 307, headers: { location: "/again" } }
    );
    await place.fetch(PIN, hub.endpoint, { token: "secret" });
    expect(hub.seen.map(({ headers }) => headers.get("authorization"))).toEqual([
      "Bearer secret",
      "Bearer secret",
    ]);
    expect(store.seen.map(({ path, headers }) => [path, headers.get("authorization")])).toEqual([
      ["/weights?signature=1", null],
    ]);
  });

  it("is not sent unless there is one", async () => {
    using place = new Place();
    await using hub = new Hub(serve(BYTES));
    await place.fetch(PIN, hub.endpoint);
    expect(hub.seen[0]!.headers.has("authorization")).toBe(false);
  });
});

describe("a redirect", () => {
  it("carries what the hub says of a large file on the way", async () => {
    using place = new Place();
    await using store = new Hub(serve(BYTES));
    await using hub = new Hub(() => ({
      status: 302,
      headers: {
        location: `${store.endpoint}/weights`,
        "x-repo-commit": REVISION,
        "x-linked-size": String(BYTES.length),
        "x-linked-etag": `"${sha256(BYTES)}"`,
      },
    }));
    const { files } = await place.fetch(examplePin([{ path: "weights.bin" }]), hub.endpoint);
    expect(files[0]!.commit).toBe(REVISION);
  });

  it("is followed a few times only, and to addresses only", async () => {
    using place = new Place();
    await using hub = new Hub(() => ({ status: 302, headers: { location: "/again" } }));
    await expect(place.fetch(PIN, hub.endpoint)).rejects.toThrow("redirects more than 10 times");
    for (const location of ["ftp://there/file", "http://"]) {
      hub.manner = () => ({ status: 302, headers: { location } });
      await expect(place.fetch(PIN, hub.endpoint)).rejects.toThrow(/redirects to/);
    }
  });
});

describe("hubAccess()", () => {
  const environment = (variables: Record<string, string>) => (name: string) => variables[name];

  it("hubAccess() takes the mirror and the token of the environment, unless others are given", () => {
    expect(hubAccess({}, environment({}))).toEqual({ endpoint: HUB });
    const both = environment({ HF_ENDPOINT: "https://mirror.test/hub/", HF_TOKEN: "secret" });
    expect(hubAccess({}, both)).toEqual({ endpoint: "https://mirror.test/hub", token: "secret" });
    const given = { endpoint: "https://other.test", token: "mine" };
    expect(hubAccess(given, both)).toEqual(given);
  });

  it("hubAccess() refuses what is no address, and a token in the open", () => {
    for (const endpoint of ["mirror.test", "ftp://mirror.test", "https://mirror.test?a=1"]) {
      expect(() => hubAccess({ endpoint }, environment({}))).toThrow(/HF_ENDPOINT/);
    }
    const open = { endpoint: "http://mirror.test", token: "secret" };
    expect(() => hubAccess(open, environment({}))).toThrow(/not encrypted/);
    expect(hubAccess({ ...open, endpoint: "http://localhost:1" }, environment({}))).toBeDefined();
  });
});

describe("fileUrl()", () => {
  it("fileUrl() and pinPage() name the hub's addresses", () => {
    const pin = findPin("wmt22-test");
    expect(pinPage(pin, HUB)).toBe(`${HUB}/datasets/haoranxu/WMT22-Test`);
    const { path } = pin.files[0]!;
    expect(fileUrl(pin, path, HUB)).toBe(
      `${HUB}/datasets/haoranxu/WMT22-Test/resolve/${pin.revision}/${path}`,
    );
  });
});
