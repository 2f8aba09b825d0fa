import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { openCheckpoint } from "../../../inference/checkpoint.ts";
import { openCompressedModel, openModel } from "../../../inference/compressed/model.ts";
import { CompressedModelWriter } from "../../../inference/compressed/writer.ts";
import { writeRandomCheckpoint } from "../random_checkpoint.ts";
import { compressWith, layerContent, PLAN } from "./compress_with.ts";
import { compress, INTEGER, SPARSE } from "./three_forms.ts";

describe("openCompressedModel() of a damaged folder", () => {
  let root: string;
  before(async () => {
    root = (await writeRandomCheckpoint()).folder;
  });
  after(() => Deno.remove(root, { recursive: true }));

  /** A fresh compressed model, damaged and opened. */
  async function damaged(damage: (folder: string) => Promise<void>): Promise<unknown> {
    const folder = await Deno.makeTempDir({ dir: root });
    const source = await openCheckpoint(root);
    await compressWith(source, folder, compress);
    source.close();
    await damage(folder);
    return await openCompressedModel(folder).then((model) => model.close());
  }

  async function edit(
    path: string,
    change: (json: Record<string, unknown>) => void,
  ): Promise<void> {
    const json = JSON.parse(await Deno.readTextFile(path));
    change(json);
    await Deno.writeTextFile(path, JSON.stringify(json));
  }

  it("says what is missing", async () => {
    const cases: [string, RegExp][] = [
      ["compressed.json", /its compression is not finished, because it has no compressed.json yet/],
      ["layer-00001.safetensors", /layer-00001.safetensors is missing/],
      ["rest.safetensors", /rest.safetensors is missing/],
      ["config.json", /config.json is missing/],
    ];
    for (const [name, message] of cases) {
      await expect(damaged((folder) => Deno.remove(`${folder}/${name}`))).rejects.toThrow(message);
    }
    await expect(openCompressedModel(root)).rejects.toThrow(/it has no compressed.json$/);
  });

  it("says which tensor is not what the record promises", async () => {
    const record = (change: (linear: Record<string, unknown>) => void) => () =>
      damaged((folder) =>
        edit(`${folder}/compressed.json`, ({ linears }) => {
          change((linears as Record<string, Record<string, unknown>>)[INTEGER]);
        })
      );
    await expect(record((linear) => linear.bits = 4)()).rejects.toThrow(
      /Cannot use tensor .*down_proj.weight.codes of .*: it must be \[64,48\] of U8, not \[64,36\] of U8/,
    );
    await expect(record((linear) => linear.zeros = false)()).rejects.toThrow(
      /down_proj.weight.zeros of .*: the record has no such tensor there/,
    );
    await expect(record((linear) => linear.groupIndex = true)()).rejects.toThrow(
      /tensor .*down_proj.weight.group_index is missing/,
    );
    await expect(record((linear) => linear.shape = [64, 97])()).rejects.toThrow(
      /its record has .*down_proj.weight of shape \[64,97\], config.json asks for \[64,96\]/,
    );
    await expect(record((linear) => linear.kind = "ternary")()).rejects.toThrow(
      /kind must be "integer", "nf4", "sparse" or "dense", not "ternary"/,
    );
    await expect(record((linear) => linear.bits = 9)()).rejects.toThrow(
      /bits must be a whole number from 1 to 8, not 9/,
    );
  });

  it("says that the format or its version is another one", async () => {
    const record = (change: (json: Record<string, unknown>) => void) =>
      damaged((folder) => edit(`${folder}/compressed.json`, change));
    await expect(record((json) => json.version = 2)).rejects.toThrow(
      /version must be 1, the only kind that is implemented, not 2/,
    );
    await expect(record((json) => json.format = "gguf")).rejects.toThrow(
      /its format must be "mtpress-compressed"/,
    );
    await expect(record((json) => json.layers = 1)).rejects.toThrow(
      /its record has 1 layers, config.json 2/,
    );
    await expect(record((json) => delete json.linears)).rejects.toThrow(
      /linears must be a JSON object/,
    );
    await expect(damaged((folder) => Deno.writeTextFile(`${folder}/compressed.json`, "{")))
      .rejects.toThrow(/it must be JSON/);
  });

  it("says which file was cut or belongs elsewhere", async () => {
    await expect(damaged((folder) => Deno.truncate(`${folder}/layer-00000.safetensors`, 5000)))
      .rejects.toThrow(/layer-00000.safetensors: .* \(truncated/);
    await expect(
      damaged((folder) =>
        Deno.copyFile(`${folder}/layer-00000.safetensors`, `${folder}/layer-00001.safetensors`)
      ),
    ).rejects.toThrow(
      /model.layers.0.*layer-00001.safetensors: the record has no such tensor there/,
    );
  });

  it("finds out, when it reads a weight, that its mask and values disagree", async () => {
    const folder = await Deno.makeTempDir({ dir: root });
    const source = await openCheckpoint(root);
    await compressWith(source, folder, compress);
    source.close();
    const model = await openCompressedModel(folder);
    const path = model.info(SPARSE).file;
    model.close();
    const bytes = await Deno.readFile(path);
    const header = new DataView(bytes.buffer).getUint32(0, true);
    const { data_offsets: [begin] } = JSON.parse(
      new TextDecoder().decode(bytes.subarray(8, 8 + header)),
    )[`${SPARSE}.mask`];
    bytes[8 + header + begin] ^= 1;
    await Deno.writeFile(path, bytes);
    const again = await openCompressedModel(folder);
    await expect(again.storedWeight(SPARSE)).rejects.toThrow(
      /its mask keeps \d+ elements, but it has/,
    );
    again.close();
  });

  it("is refused while layers are missing, and gone on with by the writer", async () => {
    const folder = await Deno.makeTempDir({ dir: root });
    const source = await openCheckpoint(root);
    const writer = await CompressedModelWriter.open(folder, source, PLAN);
    await writer.writeLayer(0, await layerContent(source, 0, compress));
    await expect(openModel(folder)).rejects.toThrow(/its compression is not finished/);
    expect((await CompressedModelWriter.open(folder, source, PLAN)).done).toBe(1);
    source.close();
  });
});
