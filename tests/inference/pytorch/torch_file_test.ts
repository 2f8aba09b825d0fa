import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { fileURLToPath } from "node:url";
import { openCheckpoint } from "../../../inference/checkpoint.ts";
import { openTorchFile } from "../../../inference/pytorch/torch_file.ts";
import { fileSha256 } from "../../../inference/safetensors.ts";
import expected from "../../golden/pytorch/expected.json" with { type: "json" };

const golden = (name: string) =>
  fileURLToPath(new URL(`../../golden/pytorch/${name}`, import.meta.url));

const DTYPES: Record<string, string> = {
  "torch.float32": "F32",
  "torch.float16": "F16",
  "torch.bfloat16": "BF16",
  "torch.float64": "F64",
  "torch.int64": "I64",
  "torch.int32": "I32",
  "torch.uint16": "U16",
  "torch.uint8": "U8",
  "torch.bool": "BOOL",
};

type Facts = Record<string, { dtype: string; shape: number[]; hex: string }>;

async function expectTensors(file: string, facts: Facts): Promise<void> {
  const opened = await openTorchFile(golden(file));
  try {
    expect([...opened.tensors.keys()]).toEqual(Object.keys(facts));
    // asked for all at once: reads of one file must not disturb each other
    await Promise.all(
      Object.entries(facts).map(async ([name, { dtype, shape, hex }]) => {
        const { dtype: found, shape: sizes, begin, end } = opened.tensors.get(name)!;
        expect([name, found, sizes]).toEqual([name, DTYPES[dtype], shape]);
        expect(end - begin).toBe(hex.length / 2);
        expect([name, (await opened.bytes(name)).toHex()]).toEqual([name, hex]);
      }),
    );
  } finally {
    opened.close();
  }
}

async function refusal(file: string): Promise<string> {
  const error = await openTorchFile(golden(file)).catch((error: Error) => error);
  expect(error).toBeInstanceOf(SyntaxError);
  return (error as Error).message;
}

describe("openTorchFile()", () => {
  for (const file of ["dict_2.bin", "dict_3.bin", "dict_4.bin", "dict_5.bin", "ordered.bin"]) {
    it(`TorchFile.bytes() gives every tensor as PyTorch wrote it: ${file}`, async () => {
      await expectTensors(file, expected.tensors);
    });
  }

  it("TorchFile.bytes() reads a module's state dict, by itself and in a Lightning checkpoint", async () => {
    await expectTensors("module.bin", expected.module);
    await expectTensors("lightning.ckpt", expected.module);
  });

  it("openTorchFile() refuses what is no state dict, and says why", async () => {
    expect(await refusal("bare.bin")).toMatch(/it must hold a state dict, not a tensor$/);
    expect(await refusal("note.bin")).toMatch(/"note" of .*must hold tensors alone, not a string$/);
    expect(await refusal("legacy.bin")).toMatch(/must be a zip archive .*before 1\.6/);
    expect(await refusal("foreign.ckpt")).toMatch(
      /data\.pkl of .* before byte \d+: the global "torch\.device" is not/,
    );
  });

  it("TorchFile.bytes() refuses an unknown name, a closed file and a cut one", async () => {
    const copy = await Deno.makeTempFile();
    await Deno.copyFile(golden("module.bin"), copy);
    const file = await openTorchFile(copy);
    await expect(file.bytes("none")).rejects.toThrow(RangeError);
    await Deno.truncate(copy, 100);
    await expect(file.bytes("0.weight")).rejects.toThrow(/cut since it was opened/);
    file.close();
    file.close();
    await expect(file.bytes("0.weight")).rejects.toThrow(/the file is closed/);
    await Deno.remove(copy);
    await expect(openTorchFile(copy)).rejects.toThrow(Deno.errors.NotFound);
  });
});

/** Copies golden files into a new folder beside the config. */
async function folderOf(files: string[]): Promise<string> {
  const folder = await Deno.makeTempDir();
  for (const file of ["llama/config.json", ...files]) {
    await Deno.copyFile(golden(file), `${folder}/${file.slice(file.indexOf("/") + 1)}`);
  }
  return folder;
}

const SHARDS = ["00001", "00002"].map((n) => `shards/pytorch_model-${n}-of-00002.bin`);
const INDEX = "shards/pytorch_model.bin.index.json";

describe("openCheckpoint() of PyTorch weights", () => {
  for (const files of [["llama/pytorch_model.bin"], [INDEX, ...SHARDS]]) {
    it(`Checkpoint.tensor() equals the safetensors twin's, ${files.length} file(s)`, async () => {
      const folder = await folderOf(files);
      const twinFolder = await folderOf([]);
      await Deno.copyFile(golden("llama/twin.safetensors"), `${twinFolder}/model.safetensors`);
      const [checkpoint, twin] = [await openCheckpoint(folder), await openCheckpoint(twinFolder)];
      expect(checkpoint.names()).toEqual(twin.names());
      for (const name of twin.names()) {
        expect({ ...checkpoint.info(name), file: "" }).toEqual({ ...twin.info(name), file: "" });
        expect(await checkpoint.tensor(name)).toEqual(await twin.tensor(name));
      }
      checkpoint.close();
      twin.close();
      for (const used of [folder, twinFolder]) await Deno.remove(used, { recursive: true });
    });
  }

  it("Checkpoint.sha256() is that of pytorch_model.bin", async () => {
    const checkpoint = await openCheckpoint(golden("llama"));
    expect(await checkpoint.sha256()).toBe(await fileSha256(golden("llama/pytorch_model.bin")));
    checkpoint.close();
  });

  it("openCheckpoint() prefers safetensors, and refuses a lacking shard or one outside the folder", async () => {
    const folder = await folderOf([INDEX, SHARDS[0]]);
    await expect(openCheckpoint(folder)).rejects.toThrow(/index\.json names .*00002.*is missing/);
    const index = `${folder}/pytorch_model.bin.index.json`;
    const text = await Deno.readTextFile(index);
    await Deno.writeTextFile(index, text.replace("pytorch_model-00001", "../pytorch_model-00001"));
    await expect(openCheckpoint(folder)).rejects.toThrow(/plain name that ends in \.bin/);
    await Deno.copyFile(golden("llama/twin.safetensors"), `${folder}/model.safetensors`);
    const checkpoint = await openCheckpoint(folder);
    expect(checkpoint.info("lm_head.weight").file).toMatch(/model\.safetensors$/);
    checkpoint.close();
    await Deno.remove(folder, { recursive: true });
  });
});
