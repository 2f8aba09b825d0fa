/**
 * `deno task kernel`: installs the Deno kernel for Jupyter, for a person, and says where.
 * @module
 */
import { jupyterVersion, kernelSpec } from "./jupyter.ts";

const install = new Deno.Command(Deno.execPath(), {
  args: ["jupyter", "--install", "--force"],
  env: { NO_COLOR: "1" },
  stdout: "piped",
  stderr: "piped",
});
const { success, stdout, stderr } = await install.output();
const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
const folder = said.match(/installed successfully at (.+?)\.?\s*$/m)?.[1];
if (!success || folder === undefined) {
  console.error(`Cannot install the Deno kernel: ${said.trim()}`);
  Deno.exit(1);
}
await Deno.writeTextFile(`${folder}/kernel.json`, JSON.stringify(kernelSpec(), null, 2) + "\n");
console.log(`Installed the Deno kernel of ${Deno.execPath()} in ${folder}`);
console.log("ONNX Runtime's reports to its maker are switched off in it (ORT_DISABLE_TELEMETRY=1)");
if (Deno.execPath().includes("_npx")) {
  console.log("That Deno lies in npm's cache: install the kernel again when the cache was cleaned");
}
if (await jupyterVersion() === null) {
  console.log(
    "There is no jupyter on the path yet: install JupyterLab, or open a notebook in VS Code",
  );
}
