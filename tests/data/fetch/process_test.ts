import { fileURLToPath } from "node:url";
import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Pin } from "../../../data/pins.ts";
import { cut, examplePin, Hub, inTurn, serve, sha256, someBytes } from "./hub.ts";
import { Place } from "./place.ts";

const BYTES = someBytes(30_000);

/** Fetches in a process of its own. */
function fetchProcess(
  endpoint: string,
  folder: string,
  pin: Pin,
  env: Record<string, string> = {},
): Deno.ChildProcess {
  const program = fileURLToPath(new URL("fetch_program.ts", import.meta.url));
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", program, endpoint, folder, JSON.stringify(pin)],
    env: { NO_COLOR: "1", ...env },
    stdout: "null",
    stderr: "piped",
  }).spawn();
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("a download in a process of its own", () => {
  it("goes on where a killed one stopped", async () => {
    using place = new Place();
    const whole = serve(BYTES);
    await using hub = new Hub(inTurn(cut(whole, 10_000, "hang"), whole));
    const child = fetchProcess(hub.endpoint, place.folder, examplePin(BYTES));
    const part = `${place.home}/weights.bin.part`;
    await until(() => place.files().includes("weights.bin.part"));
    await until(() => Deno.statSync(part).size === 10_000);
    child.kill("SIGKILL");
    await child.stderr.cancel();
    expect((await child.status).signal).toBe("SIGKILL");
    expect(place.files()).toEqual(["weights.bin.part", "weights.bin.part.json"]);

    await place.fetch(examplePin(BYTES), hub.endpoint);
    expect(hub.seen[1]!.headers.get("range")).toBe("bytes=10000-");
    expect(sha256(place.read("weights.bin"))).toBe(sha256(BYTES));
    expect(place.files()).toEqual(["weights.bin"]);
  });

  it("records in the lock file what it found, beside what others record at the same time", async () => {
    using place = new Place();
    await using hub = new Hub(serve(BYTES));
    const pins = Array.from({ length: 3 }, (_, pin): Pin => ({
      ...examplePin(Array.from({ length: 20 }, (_, file) => ({ path: `${file}.bin` }))),
      id: `someone/model-${pin}`,
      short: `model-${pin}`,
    }));
    const children = pins.map((pin) => fetchProcess(hub.endpoint, place.folder, pin).output());
    for (const { code } of await Promise.all(children)) expect(code).toBe(0);
    const lock = JSON.parse(Deno.readTextFileSync(place.lockFile));
    expect(Object.keys(lock)).toEqual(pins.map(({ id }) => id));
    for (const { id } of pins) expect(Object.keys(lock[id].files).length).toBe(20);
  });

  it("goes through the proxy of the environment, except where NO_PROXY says", async () => {
    using place = new Place();
    await using proxy = new Hub(serve(BYTES));
    const address = { HTTP_PROXY: proxy.endpoint, http_proxy: proxy.endpoint };
    const pin = examplePin(BYTES);
    const direct = { ...address, NO_PROXY: "hub.invalid", no_proxy: "hub.invalid" };
    const refused = await fetchProcess("http://hub.invalid", place.folder, pin, direct).output();
    expect(new TextDecoder().decode(refused.stderr)).toContain(
      "the connection to hub.invalid failed",
    );
    expect(proxy.seen.length).toBe(0);
    const none = { ...address, NO_PROXY: "", no_proxy: "" };
    const { code } = await fetchProcess("http://hub.invalid", place.folder, pin, none).output();
    expect(code).toBe(0);
    expect(proxy.seen[0]!.path).toMatch(/^http:\/\/hub\.invalid\/someone\/model\/resolve\//);
  });
});
