/**
 * `deno task kernel`: installs the Deno kernel for Jupyter, for a person, and says where.
 * @module
 */
import { jupyterVersion } from "./jupyter.ts";

const install = new Deno.Command(Deno.execPath(), {
  args: ["jupyter", "--install", "--force"],
  stdout: "piped",
  stderr: "piped",
});
const { success, stderr } = await install.output();
if (!success) {
  console.error(`Cannot install the Deno kernel: ${new TextDecoder().decode(stderr).trim()}`);
  Deno.exit(1);
}
console.log(`Installed the Deno kernel for ${Deno.execPath()}`);
if (Deno.execPath().includes("_npx")) {
  console.log("That Deno lies in npm's cache: install the kernel again when the cache was cleaned");
}
if (await jupyterVersion() === null) {
  console.log(
    "There is no jupyter on the path yet: install JupyterLab, or open a notebook in VS Code",
  );
} else {
  const list = new Deno.Command("jupyter", { args: ["kernelspec", "list"], stderr: "null" });
  const lines = new TextDecoder().decode((await list.output()).stdout).split("\n");
  const place = lines.find((line) => line.trim().startsWith("deno"))?.trim().split(/\s+/).at(-1);
  console.log(
    place ? `It is in ${place}` : "Jupyter does not list it: see `jupyter kernelspec list`",
  );
}
