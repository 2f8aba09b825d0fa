import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { kernelSpec } from "../../experiments/jupyter.ts";
import { itNeeds, LINUX } from "../needs.ts";
import { withFolder } from "./example_rows.ts";

const command = new URL("../../experiments/kernel.ts", import.meta.url).pathname;

describe("kernelSpec()", () => {
  it("starts the Deno that runs this, and keeps ONNX Runtime from reporting", () => {
    const { argv, env } = kernelSpec() as { argv: string[]; env: Record<string, string> };
    expect(argv[0]).toBe(Deno.execPath());
    expect(env).toEqual({ ORT_DISABLE_TELEMETRY: "1" });
  });
});

describe("deno task kernel", () => {
  itNeeds(LINUX, "installs the kernel in the user's folder and says where", async () => {
    await withFolder(async (home) => {
      const run = new Deno.Command(Deno.execPath(), {
        args: ["run", "--allow-all", command],
        env: { HOME: home, XDG_DATA_HOME: `${home}/data`, JUPYTER_DATA_DIR: "", NO_COLOR: "1" },
      });
      const text = new TextDecoder().decode((await run.output()).stdout);
      const folder = text.match(/ in (.+)\n/)![1];
      expect(folder.startsWith(home)).toBe(true);
      const spec = JSON.parse(await Deno.readTextFile(`${folder}/kernel.json`));
      expect(spec).toEqual(kernelSpec());
    });
  });
});
