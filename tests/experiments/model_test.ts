import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { tinyModelFolder } from "../../data/tiny.ts";
import { findModel, modelFilesSha256 } from "../../experiments/model.ts";
import { withFolder, writeTree } from "./example_rows.ts";

describe("findModel()", () => {
  it("finds the embedded model by its name and others by their folder", async () => {
    expect(await findModel("tiny")).toEqual({ id: "tiny", folder: tinyModelFolder() });
    await withFolder(async (folder) => {
      await writeTree(folder, { "alma-7b/config.json": "{}" });
      const real = await Deno.realPath(folder);
      expect(await findModel(`${folder}/alma-7b/`))
        .toEqual({ id: "alma-7b", folder: `${real}/alma-7b` });
    });
  });

  it("refuses what is neither, and says what is allowed", async () => {
    await withFolder(async (folder) => {
      await writeTree(folder, { "config.json": "{}", "empty/readme": "" });
      for (
        const name of ["", "Tiny", `${folder}/none`, `${folder}/empty`, `${folder}/config.json`]
      ) {
        await expect(findModel(name)).rejects.toThrow(RangeError);
        await expect(findModel(name)).rejects.toThrow(
          `Cannot use model ${
            JSON.stringify(name)
          }: it must be "tiny", "alma-7b" or a folder with a config.json`,
        );
      }
    });
  });
});

describe("modelFilesSha256()", () => {
  it("changes with one byte of the configuration or the tokenizer, and with no other file", async () => {
    const names = ["config.json", "tokenizer.json", "tokenizer_config.json"];
    const files = Object.fromEntries(names.map((name) => [name, "{}"]));
    const hash = (changes: Record<string, string>) =>
      withFolder(async (folder) => {
        await writeTree(folder, { ...files, ...changes });
        return await modelFilesSha256(folder);
      });
    const same = await hash({});
    expect(await hash({ "README.md": "" })).toBe(same);
    const others = await Promise.all(names.map((name) => hash({ [name]: "{} " })));
    expect(new Set([same, ...others]).size).toBe(4);
  });

  it("takes tokenizer.model and what lies beside it where there is no tokenizer.json", async () => {
    const hash = (files: Record<string, string>) =>
      withFolder(async (folder) => {
        await writeTree(folder, { "config.json": "{}", ...files });
        return await modelFilesSha256(folder);
      });
    const least = { "tokenizer.model": "model" };
    const hashes = [
      await hash(least),
      await hash({ "tokenizer.model": "Model" }),
      await hash({ ...least, "tokenizer_config.json": "{}" }),
      await hash({ ...least, "special_tokens_map.json": "{}" }),
      await hash({ ...least, "added_tokens.json": "{}" }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(await hash({ ...least, "generation_config.json": "{}" })).toBe(hashes[0]);
    const both = { "tokenizer.json": "{}", "tokenizer_config.json": "{}" };
    expect(await hash({ ...both, ...least })).toBe(await hash(both));
    await expect(hash({})).rejects.toThrow("it has no tokenizer.json and no tokenizer.model");
  });

  it("is for the embedded model what its stored rows say", async () => {
    expect(await modelFilesSha256(tinyModelFolder())).toBe(
      "5c1a07942656416956b64115044dbbc91ab7fe7f3471fe3b48b7347b66efaf5b",
    );
  });
});
