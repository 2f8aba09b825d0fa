import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { verifyPin } from "../../../data/fetch/verify_pin.ts";
import { examplePin, Hub, serve, someBytes } from "./hub.ts";
import { Place } from "./place.ts";

describe("verifyPin()", () => {
  it("verifyPin() reads every byte, where fetchPin() looks at lengths", async () => {
    using place = new Place();
    const bytes = someBytes(3000);
    await using hub = new Hub(serve(bytes));
    const pin = examplePin([{ path: "a.bin" }, { path: "b.bin" }]);
    const options = { folder: `${place.folder}/data`, lockFile: place.lockFile };
    await place.fetch(pin, hub.endpoint, { files: ["a.bin"] });
    expect(await verifyPin(pin, options)).toEqual([
      { path: "a.bin", state: "right" },
      { path: "b.bin", state: "missing" },
    ]);
    const { home } = place;
    Deno.writeFileSync(`${home}/a.bin`, someBytes(3000, 2));
    const [file] = await verifyPin(pin, { ...options, files: ["a.bin"] });
    expect(file!.state).toEqual({
      wrong: expect.stringMatching(/^has SHA-256 .* the lock file says/),
    });
    Deno.removeSync(place.lockFile);
    const [again] = await verifyPin(pin, { ...options, files: ["a.bin"] });
    expect(again!.state).toEqual({ wrong: expect.stringMatching(/ when it was fetched$/) });
    Deno.truncateSync(`${home}/a.bin`, 5);
    await place.fetch(pin, hub.endpoint, { files: ["a.bin"] });
    expect((await verifyPin(pin, options))[0]!.state).toBe("right");
  });
});
