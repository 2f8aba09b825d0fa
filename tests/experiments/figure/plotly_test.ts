import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import denoConfig from "../../../deno.json" with { type: "json" };
import { PLOTLY_SCRIPT, plotlySource } from "../../../experiments/figure/plotly.ts";

describe("PLOTLY_SCRIPT", () => {
  it("PLOTLY_SCRIPT is the pinned version, and its hash that of the pinned file", async () => {
    const version = /@([\d.]+)$/.exec(denoConfig.imports["plotly.js"])![1];
    expect(PLOTLY_SCRIPT.url).toContain(`plotly.js@${version}/`);
    const bytes = new TextEncoder().encode(await plotlySource());
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-384", bytes)).toBase64();
    expect(PLOTLY_SCRIPT.integrity).toBe(`sha384-${hash}`);
  });
});
