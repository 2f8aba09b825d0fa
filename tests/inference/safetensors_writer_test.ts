import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { writeSafetensors } from "../../inference/safetensors_writer.ts";
import { openSafetensors } from "../../inference/safetensors.ts";
import { type RawTensor, safetensorsBytes } from "./random_checkpoint.ts";

const TENSORS: [string, RawTensor][] = [
  ["a", { dtype: "U8", shape: [3], bytes: Uint8Array.of(1, 2, 3) }],
  ["none", { dtype: "F16", shape: [0], bytes: new Uint8Array() }],
  ["b.weight", { dtype: "F32", shape: [1, 2], bytes: new Uint8Array(8).fill(7) }],
];

/** The tensors as the writer takes them. */
function toWrite() {
  return new Map(
    TENSORS.map(([name, { bytes, ...tensor }]) => [name, { ...tensor, bytes: () => bytes }]),
  );
}

describe("writeSafetensors()", () => {
  let folder: string;
  before(async () => {
    folder = await Deno.makeTempDir({ prefix: "mtpress-safetensors-" });
  });
  after(() => Deno.remove(folder, { recursive: true }));

  it("writes the format's bytes", async () => {
    const path = `${folder}/file.safetensors`;
    await writeSafetensors(path, toWrite(), { format: "pt" });
    expect(await Deno.readFile(path)).toEqual(safetensorsBytes(new Map(TENSORS)));
  });

  it("writes what openSafetensors() reads, names and metadata of any script included", async () => {
    const path = `${folder}/names.safetensors`;
    const tensors = new Map([["poids é", toWrite().get("a")!]]);
    await writeSafetensors(path, tensors, { note: '"překlad"' });
    const file = await openSafetensors(path);
    expect(file.metadata).toEqual({ note: '"překlad"' });
    expect(await file.bytes("poids é")).toEqual(Uint8Array.of(1, 2, 3));
    file.close();
  });

  it("leaves no file under the name when a tensor fails", async () => {
    const path = `${folder}/failing.safetensors`;
    const short = { dtype: "F32", shape: [2], bytes: () => new Uint8Array(7) };
    await expect(writeSafetensors(path, new Map([["x", short]]))).rejects.toThrow(
      /Cannot write tensor "x" of .*: \[2\] of F32 takes 8 bytes, not 7/,
    );
    await expect(writeSafetensors(path, new Map([["x", { ...short, dtype: "F24" }]])))
      .rejects.toThrow(/safetensors has no \[2\] of F24/);
    await expect(Deno.stat(path)).rejects.toThrow(Deno.errors.NotFound);
  });
});
