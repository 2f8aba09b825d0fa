import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { runCheck } from "../../../experiments/doctor/run_check.ts";

const module = new URL("sick_child.ts", import.meta.url);

describe("runCheck()", () => {
  it("takes the last line that the process prints", async () => {
    const check = await runCheck("backend", "prints", { module });
    expect(check).toEqual({ kind: "backend", name: "prints", verdict: "right", measures: [] });
  });

  for (
    const [name, reason] of [
      ["crashes", /signal SIG|exit code 1\d\d/],
      ["hangs", "it was stopped after 3 seconds without a result"],
      ["throws", /exit code 1: .*the adapter went away/],
      ["says nothing", /exit code 0/],
    ] as const
  ) {
    it(`finds wrong what ${name}, and says so`, async () => {
      const check = await runCheck("provider", name, { module, seconds: 3 });
      expect(check).toMatchObject({ kind: "provider", name, verdict: "wrong", measures: [] });
      expect(check.reason).toMatch(reason);
    });
  }
});
