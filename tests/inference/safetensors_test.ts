import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { fileSha256, openSafetensors } from "../../inference/safetensors.ts";
import { headerFile } from "./mutate_header.ts";

describe("openSafetensors()", () => {
  let folder: string;
  before(async () => {
    folder = await Deno.makeTempDir();
  });
  after(() => Deno.remove(folder, { recursive: true }));

  it("SafetensorsFile.bytes() reads a small tensor behind 6 GiB without reading those", async () => {
    const path = `${folder}/sparse.safetensors`;
    const large = 6 * 2 ** 30;
    const { bytes } = headerFile(
      JSON.stringify({
        large: { dtype: "U8", shape: [large], data_offsets: [0, large] },
        small: { dtype: "U8", shape: [4], data_offsets: [large, large + 4] },
      }),
      0,
    );
    await Deno.writeFile(path, bytes);
    const dataStart = bytes.length;
    await Deno.truncate(path, dataStart + large + 4); // a hole, which takes no room on the disk
    using writer = await Deno.open(path, { write: true });
    await writer.seek(dataStart + large, Deno.SeekMode.Start);
    await writer.write(Uint8Array.of(7, 8, 9, 10));

    const file = await openSafetensors(path);
    expect([...await file.bytes("small")]).toEqual([7, 8, 9, 10]);
    expect(file.tensors.get("large")?.shape).toEqual([large]);
    file.close();
  });

  it("SafetensorsFile.bytes() refuses a file that was cut after it was opened, and goes on with others", async () => {
    const path = `${folder}/cut.safetensors`;
    const { bytes } = headerFile(
      '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}',
      0,
    );
    await Deno.writeFile(path, Uint8Array.of(...bytes, 1, 2, 3, 4));
    const file = await openSafetensors(path);
    await Deno.truncate(path, bytes.length + 3);
    await expect(file.bytes("b")).rejects.toThrow(/tensor "b" of .*cut since it was opened/);
    expect([...await file.bytes("a")]).toEqual([1, 2]);
    file.close();
  });

  it("openSafetensors() says which file is missing", async () => {
    await expect(openSafetensors(`${folder}/none.safetensors`)).rejects.toThrow(
      Deno.errors.NotFound,
    );
  });
});

describe("fileSha256()", () => {
  it("fileSha256() equals Web Crypto's over several blocks", async () => {
    const path = await Deno.makeTempFile();
    const bytes = Uint8Array.from({ length: 2_500_001 }, (_, i) => i * 31 % 251);
    await Deno.writeFile(path, bytes);
    const expected = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    expect(await fileSha256(path)).toBe(expected);
    await Deno.remove(path);
  });
});
