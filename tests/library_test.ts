import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { checkoutPath, type CommandEnd, runDeno } from "./experiments/command.ts";

const PROGRAM = `
import { compressModel, corpusBleu, loadTranslator, openCheckpoint, type Step, tinyModelFolder } from "mtpress";

const steps: Step[] = [{ kind: "rtn", bits: 4, groupSize: 128 }];
const source = await openCheckpoint(tinyModelFolder());
await compressModel({ source, steps, folder: "compressed" });
source.close();
const translator = await loadTranslator("compressed", { graphFolder: "graphs" });
const { translations } = await translator.translate(["They have a camera."], { direction: "en-de" });
await translator.close();
const { score } = corpusBleu(translations.map(({ text }) => text), ["Sie haben eine Kamera."]);
console.log("BLEU", Math.round(score));
`;

describe("another project", () => {
  let folder: string;
  const deno = (...args: string[]): Promise<CommandEnd> =>
    runDeno(args, { results: `${folder}/results`, cwd: `${folder}/mine` });

  before(async () => {
    folder = await Deno.makeTempDir();
    await Deno.mkdir(`${folder}/mine`);
    await Deno.symlink(checkoutPath("").replace(/\/$/, ""), `${folder}/mtpress`, { type: "dir" });
    const readme = await Deno.readTextFile(checkoutPath("README.md"));
    const [, config] = readme.match(/```json\n(\{ "imports": \{ "mtpress".+)\n```/)!;
    await Deno.writeTextFile(`${folder}/mine/deno.json`, config);
    await Deno.writeTextFile(`${folder}/mine/main.ts`, PROGRAM);
  });

  after(() => Deno.remove(folder, { recursive: true }));

  it("imports a checkout beside it with the one line that README.md gives", async () => {
    const check = await deno("check", "main.ts");
    expect(check.code === 0 ? "" : check.text).toBe("");
    const run = await deno("run", "--allow-all", "main.ts");
    expect(run.code === 0 ? "" : run.text).toBe("");
    expect(run.text).toMatch(/BLEU \d+\n/);
  });

  it("keeps what it writes in its own folder", () => {
    const names = [...Deno.readDirSync(`${folder}/mine`)].map(({ name }) => name).sort();
    expect(names).toEqual(["compressed", "deno.json", "deno.lock", "graphs", "main.ts"]);
  });
});
