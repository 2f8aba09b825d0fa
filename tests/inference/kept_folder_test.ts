import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { keepFolder } from "../../inference/kept_folder.ts";

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const writeOne = (text: string) => (folder: string) => Deno.writeTextFile(`${folder}/a`, text);

describe("keepFolder()", () => {
  it("keepFolder() writes once, and again when a file is lost or cut short", () =>
    withFolder(async (folder) => {
      const home = `${folder}/deep/home`;
      await keepFolder(home, { version: 1 }, writeOne("first"));
      await keepFolder(home, { version: 1 }, () => Promise.reject(new Error("not called")));
      expect(await Deno.readTextFile(`${home}/a`)).toBe("first");
      await Deno.writeTextFile(`${home}/a`, "cut");
      await keepFolder(home, { version: 1 }, writeOne("again"));
      expect(await Deno.readTextFile(`${home}/a`)).toBe("again");
      await Deno.remove(`${home}/a`);
      await keepFolder(home, { version: 1 }, writeOne("third"));
      expect(await Deno.readTextFile(`${home}/a`)).toBe("third");
    }));

  it("keepFolder() leaves nothing behind when writing fails", () =>
    withFolder(async (folder) => {
      const fail = async (half: string) => {
        await writeOne("half")(half);
        throw new Error("no");
      };
      await expect(keepFolder(`${folder}/home`, null, fail)).rejects.toThrow("no");
      expect([...Deno.readDirSync(folder)]).toEqual([]);
    }));

  it("keepFolder() lets two writers of one folder finish, and keeps one result", () =>
    withFolder(async (folder) => {
      const home = `${folder}/home`;
      await Promise.all(["one", "two"].map((text) => keepFolder(home, null, writeOne(text))));
      expect(["one", "two"]).toContain(await Deno.readTextFile(`${home}/a`));
      expect([...Deno.readDirSync(folder)].map(({ name }) => name)).toEqual(["home"]);
    }));
});
