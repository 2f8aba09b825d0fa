import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { type Checkpoint, openCheckpoint } from "../../inference/checkpoint.ts";
import { cachedGraph as cached, defaultGraphFolder } from "../../inference/graph_cache.ts";
import { openCompressedModel } from "../../inference/compressed/model.ts";
import { roundToNearest } from "../../kernels/round_to_nearest.ts";
import { compressWith } from "./compressed/compress_with.ts";
import { writeRandomCheckpoint } from "./random_checkpoint.ts";

async function cachedGraph(checkpoint: Checkpoint, folder: string): Promise<string> {
  return (await cached(checkpoint, folder)).model;
}

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

async function writtenAt(path: string): Promise<number> {
  return (await Deno.stat(path)).mtime!.getTime();
}

describe("cachedGraph()", () => {
  let root: string;
  let model: Awaited<ReturnType<typeof writeRandomCheckpoint>>;
  let checkpoint: Checkpoint;
  before(async () => {
    root = await Deno.makeTempDir({ prefix: "mtpress-cache-" });
    model = await writeRandomCheckpoint();
    checkpoint = await openCheckpoint(model.folder);
  });
  after(async () => {
    checkpoint.close();
    await model.remove();
    await Deno.remove(root, { recursive: true });
  });

  it("writes a graph once and finds it again", async () => {
    const folder = `${root}/once`;
    const first = await cachedGraph(checkpoint, folder);
    const time = await writtenAt(first);
    expect(await cachedGraph(checkpoint, folder)).toBe(first);
    expect(await writtenAt(first)).toBe(time);
    expect(await names(folder)).toHaveLength(1);
    expect(await names(first.slice(0, first.lastIndexOf("/"))))
      .toEqual(["kept.json", "model.onnx", "model.onnx_data"]);
  });

  it("keeps graphs of other weights or another config apart", async () => {
    const folder = `${root}/apart`;
    const paths = [await cachedGraph(checkpoint, folder)];
    for (const options of [{ seed: 2 }, { ropeTheta: 500 }]) {
      const other = await writeRandomCheckpoint(options);
      const opened = await openCheckpoint(other.folder);
      paths.push(await cachedGraph(opened, folder));
      opened.close();
      await other.remove();
    }
    expect(new Set(paths).size).toBe(3);
  });

  it("keeps graphs of a compressed model's accuracy levels apart, and of its dense source", async () => {
    const folder = `${root}/levels`;
    await compressWith(
      checkpoint,
      `${root}/compressed`,
      (weight) => roundToNearest(weight, { bits: 4, groupSize: 32, symmetric: true }),
    );
    const model = await openCompressedModel(`${root}/compressed`);
    const paths = [
      await cachedGraph(checkpoint, folder),
      (await cached(model, folder)).model,
      (await cached(model, folder, { accuracyLevel: 4 })).model,
    ];
    expect(new Set(paths).size).toBe(3);
    expect((await cached(model, folder, { accuracyLevel: 1 })).model).toBe(paths[1]);
    expect((await cached(checkpoint, folder, { accuracyLevel: 4 })).model).toBe(paths[0]);
    const sizes = await Promise.all(
      paths.map(async (path) => (await Deno.stat(`${path}_data`)).size),
    );
    expect(sizes[1]).toBe(sizes[2]);
    expect(sizes[1]).toBeLessThan(sizes[0]);
    model.close();
  });

  it("writes a graph again whose files were cut short or lost", async () => {
    const folder = `${root}/damaged`;
    const path = await cachedGraph(checkpoint, folder);
    const size = (await Deno.stat(`${path}_data`)).size;
    await Deno.truncate(`${path}_data`, size - 1);
    expect(await cachedGraph(checkpoint, folder)).toBe(path);
    expect((await Deno.stat(`${path}_data`)).size).toBe(size);
    await Deno.remove(path.replace("model.onnx", "kept.json"));
    expect(await cachedGraph(checkpoint, folder)).toBe(path);
    expect(await names(folder)).toHaveLength(1);
  });

  it("leaves nothing behind when writing fails, and ignores what a killed process left", async () => {
    const folder = `${root}/failing`;
    const failing = {
      ...checkpoint,
      config: checkpoint.config,
      bytes: () => Promise.reject(new Error("no such disk")),
      tensor: () => Promise.reject(new Error("no such disk")),
    };
    await expect(cachedGraph(failing, folder)).rejects.toThrow("no such disk");
    expect(await names(folder)).toEqual([]);
    const path = await cachedGraph(checkpoint, `${root}/probe`);
    const key = path.split("/").at(-2);
    await Deno.mkdir(`${folder}/${key}.0.partial`);
    await Deno.writeTextFile(`${folder}/${key}.0.partial/model.onnx`, "half");
    expect(await cachedGraph(checkpoint, folder)).toBe(`${folder}/${key}/model.onnx`);
  });

  it("lets several callers write the same graph at once", async () => {
    const folder = `${root}/together`;
    const paths = await Promise.all([1, 2, 3].map(() => cachedGraph(checkpoint, folder)));
    expect(new Set(paths).size).toBe(1);
    expect(await names(folder)).toHaveLength(1);
  });
});

describe("defaultGraphFolder()", () => {
  const folder = (os: string, variables: Record<string, string>) =>
    defaultGraphFolder((name) => variables[name], os);

  it("lies in the user's cache folder", () => {
    expect(folder("linux", { HOME: "/home/ada" })).toBe("/home/ada/.cache/mtpress/graphs");
    expect(folder("linux", { HOME: "/home/ada", XDG_CACHE_HOME: "/var/ada" }))
      .toBe("/var/ada/mtpress/graphs");
    expect(folder("darwin", { HOME: "/Users/ada" })).toBe(
      "/Users/ada/Library/Caches/mtpress/graphs",
    );
    expect(folder("windows", { LOCALAPPDATA: "C:\\Local" })).toBe("C:\\Local/mtpress/graphs");
  });

  it("is the one that MTPRESS_GRAPHS names, when it is set", () => {
    expect(folder("linux", { HOME: "/home/ada", MTPRESS_GRAPHS: "/var/graphs" }))
      .toBe("/var/graphs");
  });

  it("refuses to guess", () => {
    expect(() => folder("linux", {})).toThrow(/neither XDG_CACHE_HOME nor HOME/);
    expect(() => folder("windows", { HOME: "/home/ada" })).toThrow(/LOCALAPPDATA is not set/);
  });
});
