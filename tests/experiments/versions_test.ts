import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { pathToFileURL } from "node:url";
import { checkoutCommit, dependencyVersions, stepSources } from "../../experiments/versions.ts";
import type { LinearMethod } from "../../inference/compression/method.ts";
import { METHODS } from "../../inference/compression/methods.ts";
import { withFolder, writeTree } from "./example_rows.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

/** The commit that is read from a folder with these files. */
function commitOf(files: Record<string, string>): Promise<string | null> {
  return withFolder(async (folder) => {
    await writeTree(folder, files);
    return await checkoutCommit(pathToFileURL(`${folder}/`));
  });
}

describe("checkoutCommit()", () => {
  it("follows the branch to its own file, or to the packed ones", async () => {
    const head = { ".git/HEAD": "ref: refs/heads/main\n" };
    expect(await commitOf({ ...head, ".git/refs/heads/main": `${COMMIT}\n` })).toBe(COMMIT);
    const packed =
      `# pack-refs with: peeled\n${"f".repeat(40)} refs/heads/other/refs/heads/main\n` +
      `${COMMIT} refs/heads/main\n^${"e".repeat(40)}\n`;
    expect(await commitOf({ ...head, ".git/packed-refs": packed })).toBe(COMMIT);
  });

  it("reads a commit that is checked out without a branch", async () => {
    expect(await commitOf({ ".git/HEAD": `${COMMIT}\n` })).toBe(COMMIT);
  });

  it("is null where there is no checkout or no commit", async () => {
    expect(await commitOf({})).toBeNull();
    expect(await commitOf({ ".git": "gitdir: elsewhere" })).toBeNull();
    expect(await commitOf({ ".git/HEAD": "ref: refs/heads/main\n" })).toBeNull();
    expect(await checkoutCommit(new URL("https://example.org/"))).toBeNull();
  });
});

describe("dependencyVersions()", () => {
  it("gives one version number each of the runtime and of what computes numbers", () => {
    const versions = dependencyVersions();
    expect(Object.keys(versions)).toEqual(["deno", "onnxruntime-node", "@huggingface/tokenizers"]);
    for (const version of Object.values(versions)) expect(version).toMatch(/^\d+\.\d+\.\d+/);
  });
});

describe("stepSources()", () => {
  it("hashes the sources of translation and of scoring apart, the same every time", async () => {
    const sources = await stepSources([]);
    expect(await stepSources([])).toEqual(sources);
    expect(sources.translation).toMatch(/^[0-9a-f]{64}$/);
    expect(sources.scoring).toMatch(/^[0-9a-f]{64}$/);
    expect(sources.translation).not.toBe(sources.scoring);
  });

  it("gives other sources of translation to each kind of step, and the same ones of scoring", async () => {
    const kinds = METHODS.map(({ kind }) => [{ kind }]);
    const all = await Promise.all([[], ...kinds].map((steps) => stepSources(steps)));
    expect(new Set(all.map(({ translation }) => translation)).size).toBe(all.length);
    expect(new Set(all.map(({ scoring }) => scoring)).size).toBe(1);
  });

  it("hashes a method from outside the package as the text of its functions", async () => {
    const method = (compress: LinearMethod["compress"]): LinearMethod => ({
      kind: "mine",
      needs: [],
      compress,
    });
    const dense = method(({ weight }) => ({ kind: "dense", ...weight }));
    const unpruned = method(({ unpruned }) => ({ kind: "dense", ...unpruned }));
    const translation = async (own: LinearMethod) =>
      (await stepSources([{ kind: "mine" }], [...METHODS, own])).translation;
    expect(await translation(dense)).toBe(await translation({ ...dense }));
    expect(await translation(dense)).not.toBe(await translation(unpruned));
    expect(await translation(dense)).not.toBe((await stepSources([])).translation);
  });

  it("refuses a step that nothing carries out", async () => {
    await expect(stepSources([{ kind: "toString" }])).rejects.toThrow(RangeError);
    await expect(stepSources([{ kind: "awq" }])).rejects.toThrow('Cannot use step "awq"');
  });
});
