import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { tinyModelFolder } from "../../data/tiny.ts";
import { type Checkpoint, openCheckpoint } from "../../inference/checkpoint.ts";
import { bfloat16ToFloat32, float16ToFloat32 } from "../../kernels/float16.ts";
import { llamaTensorShapes, parseLlamaConfig } from "../../inference/llama_config.ts";
import {
  randomConfig,
  randomWeights,
  type RawTensor,
  writeRandomCheckpoint,
  writeWeights,
} from "./random_checkpoint.ts";

const config = parseLlamaConfig(randomConfig(), "config.json");
const HEAD = "lm_head.weight";
const NORM = "model.norm.weight";

/** Opens a checkpoint, gives it to `use`, closes it and removes the folder. */
async function withCheckpoint(
  options: Parameters<typeof writeRandomCheckpoint>[0],
  use: (checkpoint: Checkpoint) => Promise<void>,
): Promise<void> {
  const { folder, remove } = await writeRandomCheckpoint(options);
  try {
    const checkpoint = await openCheckpoint(folder);
    await use(checkpoint);
    checkpoint.close();
  } finally {
    await remove();
  }
}

async function hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

describe("openCheckpoint()", () => {
  const widen = {
    F32: (bytes: ArrayBuffer) => new Float32Array(bytes),
    F16: (bytes: ArrayBuffer) => float16ToFloat32(new Uint16Array(bytes)),
    BF16: (bytes: ArrayBuffer) => bfloat16ToFloat32(new Uint16Array(bytes)),
  };
  for (const dtype of ["F32", "F16", "BF16"] as const) {
    for (const shards of [1, 3]) {
      it(`Checkpoint.tensor() and bytes() give every tensor written as ${dtype} in ${shards} file(s)`, async () => {
        await withCheckpoint({ dtype, shards, keyValueHeads: 2 }, async (checkpoint) => {
          const written = randomWeights(checkpoint.config, { dtype });
          expect(checkpoint.names()).toEqual([...written.keys()].sort());
          // asked for all at once: reads of one file must not disturb each other
          await Promise.all([...written].map(async ([name, { shape, bytes }]) => {
            expect({ ...checkpoint.info(name), file: "" }).toEqual({
              name,
              dtype,
              shape,
              byteLength: bytes.length,
              file: "",
            });
            expect(await checkpoint.bytes(name)).toEqual(bytes);
            expect(await checkpoint.tensor(name)).toEqual(widen[dtype](bytes.slice().buffer));
          }));
        });
      });
    }
  }

  it("Checkpoint.names() of a tied model have no head", async () => {
    await withCheckpoint({ tiedEmbeddings: true }, (checkpoint) => {
      expect(checkpoint.names()).not.toContain(HEAD);
      return Promise.resolve();
    });
  });

  it("Checkpoint.sha256() is the file's, or that of the shards' lines", async () => {
    await withCheckpoint({}, async (checkpoint) => {
      const file = await Deno.readFile(`${checkpoint.folder}/model.safetensors`);
      expect(await checkpoint.sha256()).toBe(await hex(file));
    });
    await withCheckpoint({ shards: 2 }, async (checkpoint) => {
      let lines = "";
      for (const name of ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]) {
        lines += `${name}  ${await hex(await Deno.readFile(`${checkpoint.folder}/${name}`))}\n`;
      }
      expect(await checkpoint.sha256()).toBe(await hex(new TextEncoder().encode(lines)));
    });
  });

  it("Checkpoint.close() may be called twice; a read after it is refused", async () => {
    await withCheckpoint({}, async (checkpoint) => {
      checkpoint.close();
      checkpoint.close();
      await expect(checkpoint.tensor(HEAD)).rejects.toThrow(/lm_head.*the file is closed/);
    });
  });

  it("Checkpoint.info(), bytes() and tensor() refuse a name that is not there", async () => {
    await withCheckpoint({}, async (checkpoint) => {
      expect(() => checkpoint.info("nobody")).toThrow(RangeError);
      await expect(checkpoint.bytes("nobody")).rejects.toThrow(/"nobody".*no such tensor/);
      await expect(checkpoint.tensor("toString")).rejects.toThrow(RangeError);
    });
  });

  it("openCheckpoint() accepts the embedded model", async () => {
    const checkpoint = await openCheckpoint(tinyModelFolder());
    const shapes = llamaTensorShapes(checkpoint.config);
    expect(checkpoint.names().length).toBe(shapes.size);
    expect((await checkpoint.tensor(NORM)).length).toBe(checkpoint.config.hiddenSize);
    checkpoint.close();
  });
});

/** Number of open files of this process below a folder, where the system tells. */
function openFiles(folder: string): number {
  return [...Deno.readDirSync("/proc/self/fd")].filter(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/self/fd/${name}`).startsWith(folder);
    } catch {
      return false; // closed since it was listed
    }
  }).length;
}

describe("openCheckpoint(), refusals", () => {
  let folder: string;
  let remove: () => Promise<void>;
  before(async () => ({ folder, remove } = await writeRandomCheckpoint({ shards: 2 })));
  after(() => remove());

  /** Writes one weight file after a change to the tensors, which must be refused. */
  async function refuses(
    change: (tensors: Map<string, RawTensor>) => unknown,
    error: unknown,
    ...messages: RegExp[]
  ): Promise<void> {
    const tensors = randomWeights(config);
    change(tensors);
    await writeWeights(folder, tensors);
    await expectRefusal(error, ...messages);
  }

  async function expectRefusal(error: unknown, ...messages: RegExp[]): Promise<void> {
    const result = await openCheckpoint(folder).catch((reason) => reason);
    expect(result).toBeInstanceOf(error as typeof Error);
    for (const message of messages) expect(result.message).toMatch(message);
    expect(result.message).toContain(folder);
    if (Deno.build.os === "linux") expect(openFiles(folder)).toBe(0);
  }

  const raw = (dtype: string, shape: number[], size: number): RawTensor => ({
    dtype,
    shape,
    bytes: new Uint8Array(size),
  });

  /** Rewrites the index of the two shards. */
  async function changeIndex(change: (map: Record<string, unknown>) => unknown): Promise<void> {
    const { folder: fresh, remove } = await writeRandomCheckpoint({ shards: 2 });
    const index = JSON.parse(await Deno.readTextFile(`${fresh}/model.safetensors.index.json`));
    await remove();
    change(index.weight_map);
    await Deno.writeTextFile(`${folder}/model.safetensors.index.json`, JSON.stringify(index));
  }

  const first = "model-00001-of-00002.safetensors";
  const second = "model-00002-of-00002.safetensors";

  it("openCheckpoint() refuses an index that names files outside the folder", async () => {
    const names = [
      "../x.safetensors",
      "a/b.safetensors",
      "a\\b.safetensors",
      "/x.safetensors",
      "..safetensors",
    ];
    for (const name of [...names, "C:x.safetensors", "x.bin", "", ".safetensors/", 3, null]) {
      await changeIndex((map) => map[HEAD] = name);
      await expectRefusal(
        SyntaxError,
        /index\.json: the file of tensor "lm_head\.weight" must be a plain name/,
      );
    }
  });

  it("openCheckpoint() refuses an index that disagrees with its shards", async () => {
    await changeIndex((map) => map[HEAD] = "model-00003-of-00002.safetensors");
    await expectRefusal(
      Deno.errors.NotFound,
      /names model-00003-of-00002\.safetensors, which is missing/,
    );
    await changeIndex((map) => map[HEAD] = first);
    await expectRefusal(SyntaxError, /"lm_head\.weight" of .*00001.*the file lacks it/);
    await changeIndex((map) => delete map[HEAD]);
    await expectRefusal(SyntaxError, /"lm_head\.weight" of .*00002.*the index must name it/);
    await changeIndex((map) => Object.keys(map).forEach((name) => delete map[name]));
    await expectRefusal(SyntaxError, /weight_map must map at least one tensor/);
  });

  it("openCheckpoint() refuses an index with a tensor named twice, and one that is no JSON", async () => {
    const index = `${folder}/model.safetensors.index.json`;
    await Deno.writeTextFile(index, `{"weight_map":{"a":"${first}","a":"${second}"}}`);
    await expectRefusal(SyntaxError, /index\.json: a name must occur once.*"a" is repeated/);
    await Deno.writeTextFile(index, "{");
    await expectRefusal(SyntaxError, /index\.json: it must be JSON/);
  });

  it("openCheckpoint() refuses a truncated shard and closes the one before it", async () => {
    await changeIndex(() => {});
    const { size } = await Deno.stat(`${folder}/${second}`);
    await Deno.truncate(`${folder}/${second}`, size - 1);
    await expectRefusal(SyntaxError, /tensor "lm_head\.weight" of .*00002.*truncated/);
  });

  it("openCheckpoint() refuses a missing tensor", async () => {
    const name = "model.layers.1.mlp.up_proj.weight";
    await refuses(
      (t) => t.delete(name),
      RangeError,
      /mlp\.up_proj\.weight of shape \[96,64\] is missing/,
    );
  });

  it("openCheckpoint() refuses a shape that disagrees with config.json", async () => {
    const change = (t: Map<string, RawTensor>) => t.set(NORM, raw("F32", [65], 260));
    await refuses(
      change,
      RangeError,
      /tensor model\.norm\.weight of .*config\.json asks for shape \[64\], not \[65\]/,
    );
    const scalar = (t: Map<string, RawTensor>) => t.set(NORM, raw("F32", [64, 1], 256));
    await refuses(scalar, RangeError, /not \[64,1\]/);
  });

  it("openCheckpoint() refuses a weight of a dtype that is no float of 16 or 32 bits", async () => {
    const change = (t: Map<string, RawTensor>) => t.set(NORM, raw("F64", [64], 512));
    await refuses(change, TypeError, /tensor model\.norm\.weight .*F32, F16 or BF16, not F64/);
  });

  it("openCheckpoint() refuses biases and layers that the graph would leave out", async () => {
    const bias = (t: Map<string, RawTensor>) =>
      t.set("model.layers.0.self_attn.q_proj.bias", raw("F32", [64], 256));
    await refuses(bias, RangeError, /q_proj\.bias .*biases are not implemented/);
    const layer = (t: Map<string, RawTensor>) =>
      t.set("model.layers.2.input_layernorm.weight", raw("F32", [64], 256));
    await refuses(layer, RangeError, /layers\.2.*has only 2 layers/);
  });

  it("Checkpoint.bytes() reads any dtype of a tensor that the model does not use; tensor() refuses it", async () => {
    const tensors = randomWeights(config);
    tensors.set("extra.positions", {
      ...raw("I64", [1], 8),
      bytes: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    });
    await writeWeights(folder, tensors);
    const checkpoint = await openCheckpoint(folder);
    expect(checkpoint.info("extra.positions").dtype).toBe("I64");
    expect([...await checkpoint.bytes("extra.positions")]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    await expect(checkpoint.tensor("extra.positions")).rejects.toThrow(
      /"extra\.positions".*not I64/,
    );
    checkpoint.close();
  });

  it("openCheckpoint() refuses a weight file of another format, an empty one and a cut one", async () => {
    const file = `${folder}/model.safetensors`;
    await Deno.writeTextFile(
      file,
      "PK\u0003\u0004\u0014\u0000\u0008\u0008 a zip archive, as PyTorch writes",
    );
    await expectRefusal(SyntaxError, /model\.safetensors: .*another format/);
    await Deno.writeFile(file, new Uint8Array());
    await expectRefusal(SyntaxError, /model\.safetensors: .*at least 8 bytes, this one has 0/);
    await writeWeights(folder, randomWeights(config));
    await Deno.truncate(file, 2000);
    await expectRefusal(SyntaxError, /model\.safetensors: .*truncated/);
  });

  it("openCheckpoint() refuses a config that is missing, no JSON, ambiguous or unsupported", async () => {
    const file = `${folder}/config.json`;
    await Deno.writeTextFile(file, JSON.stringify({ ...randomConfig(), hidden_act: "gelu" }));
    await expectRefusal(RangeError, /config\.json: hidden_act must be "silu"/);
    await Deno.writeTextFile(file, '{"hidden_size":64,"hidden_size":128}');
    await expectRefusal(SyntaxError, /config\.json: .*"hidden_size" is repeated/);
    await Deno.writeTextFile(file, "LLaMA");
    await expectRefusal(SyntaxError, /config\.json: it must be JSON/);
    await Deno.remove(file);
    await expectRefusal(Deno.errors.NotFound, /it has no config\.json/);
  });

  it("openCheckpoint() refuses a folder without weights", async () => {
    const empty = await Deno.makeTempDir();
    await Deno.writeTextFile(`${empty}/config.json`, JSON.stringify(randomConfig()));
    await expect(openCheckpoint(empty)).rejects.toThrow(/neither model\.safetensors nor/);
    await Deno.remove(empty, { recursive: true });
  });
});
