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
          }: it must be "tiny" or a folder with a config.json`,
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
});
