import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { parseReportOptions } from "../../../experiments/report_options.ts";
import { withFolder } from "../example_rows.ts";

describe("parseReportOptions()", () => {
  it("reports on the embedded model on the processor unless told otherwise", () => {
    expect(parseReportOptions([])).toEqual({
      model: "tiny",
      dtype: undefined,
      limit: undefined,
      protocol: "sound",
      device: "cpu",
      backend: undefined,
      output: undefined,
      help: false,
    });
    expect(parseReportOptions(["--output", "a.html"]).output).toBe("a.html");
    expect(parseReportOptions(["--backend", "webgpu"]).backend).toBe("webgpu");
    const { dtype, limit, protocol } = parseReportOptions(
      ["--dtype", "float16", "--limit", "2", "--protocol", "study"],
    );
    expect([dtype, limit, protocol]).toEqual(["float16", 2, "study"]);
  });

  it("refuses what it does not know by name", () => {
    expect(() => parseReportOptions(["--open"])).toThrow(/Allowed are --model, --dtype/);
    expect(() => parseReportOptions(["--device", "tpu"])).toThrow(/tpu/);
    expect(() => parseReportOptions(["--dtype", "int8"])).toThrow("it must be float16");
    expect(() => parseReportOptions(["--protocol", "mine"])).toThrow("it must be sound or study");
  });
});

describe("deno task report", () => {
  it("shows the committed rows and says so where there are no results, with the permissions of its task", async () => {
    await withFolder(async (folder) => {
      const command = new URL("../../../experiments/report.ts", import.meta.url).pathname;
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "--no-check", "--no-prompt", "--allow-read", `--allow-write=${folder}`],
          ...["--allow-env", "--allow-sys", command],
        ],
        env: { MTPRESS_RESULTS: folder, NO_COLOR: "1" },
      }).output();
      expect([code, new TextDecoder().decode(stderr)]).toEqual([0, ""]);
      const page = await Deno.readTextFile(`${folder}/report.html`);
      expect(page).toContain('<p class="notice">These are the reference rows');
      expect(page.endsWith("</html>\n")).toBe(true);
    });
  });
});
