import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { readPickle } from "../../../inference/pytorch/pickle.ts";
import { openTorchSource } from "../../../inference/pytorch/torch_file.ts";
import {
  entries,
  FOUR,
  join,
  little,
  memorySource,
  oneTensor,
  pickle,
  tensor,
  text,
  zip,
} from "./build_torch.ts";

function refusal(bytes: Uint8Array): string {
  try {
    readPickle(bytes, "data.pkl");
  } catch (error) {
    expect(error).toBeInstanceOf(SyntaxError);
    expect((error as Error).message).toMatch(/^Cannot read data\.pkl before byte \d+: /);
    return (error as Error).message;
  }
  throw new Error("it was read");
}

async function openOne(value: Uint8Array) {
  return await openTorchSource(memorySource(zip(entries(oneTensor(value)))));
}

const many = (count: number, ...parts: Parameters<typeof join>) => {
  const one = join(...parts);
  const all = new Uint8Array(count * one.length);
  for (let i = 0; i < count; i++) all.set(one, i * one.length);
  return all;
};

describe("readPickle()", () => {
  for (
    const [module, name] of [
      ["os", "system"],
      ["posix", "system"],
      ["builtins", "eval"],
      ["__builtin__", "getattr"],
      ["torch", "load"],
      ["torch._utils", "_rebuild_tensor_v2.__globals__"],
      ["torch", "_utils._rebuild_tensor_v2"],
      ["collections", "OrderedDict.fromkeys"],
      ["torch", "__proto__"],
    ]
  ) {
    it(`readPickle() refuses the global ${module}.${name} by name, however it is spelt`, () => {
      const shown = `the global "${module}.${name}" is not`;
      const call = join("(", text("id"), "tR");
      expect(refusal(pickle(`c${module}\n${name}\n`, call))).toContain(shown);
      expect(refusal(pickle(text(module), text(name), 0x93, call))).toContain(shown);
      expect(refusal(pickle("}", text("a"), `c${module}\n${name}\n`, call, "s"))).toContain(shown);
    });
  }

  for (
    const [name, bytes] of Object.entries({
      "EXT1": [0x82, 1],
      "EXT2": [0x83, 1, 0],
      "EXT4": [0x84, 1, 0, 0, 0],
      "INST": join("(ios\nsystem\n"),
      "OBJ": join("(ccollections\nOrderedDict\no"),
      "NEWOBJ": join("ccollections\nOrderedDict\n)", 0x81),
      "NEWOBJ_EX": join("ccollections\nOrderedDict\n)}", 0x92),
      "LONG4": join(0x8b, little(0x7fffffff, 4)),
      "PERSID": join("Pstorage\n"),
      "BINBYTES8": join(0x8e, little(2n ** 62n, 8)),
      "BYTEARRAY8": join(0x96, little(2n ** 62n, 8)),
      "NEXT_BUFFER": [0x97],
      "INT": join("I1\n"),
      "DUP": join("K", 1, "2"),
      "a byte that is no opcode": [0xff],
    })
  ) {
    it(`readPickle() refuses ${name}`, () => {
      expect(refusal(pickle(bytes))).toMatch(/opcode 0x[0-9a-f]{2} is not one of those/);
    });
  }

  it("readPickle() refuses BUILD on anything but an OrderedDict", () => {
    for (const target of ["}", "]", "N", "ctorch\nFloatStorage\n"]) {
      expect(refusal(pickle(target, "}b"))).toMatch(/BUILD of .* is not allowed/);
    }
    expect(refusal(pickle(tensor(), "}b"))).toMatch(/BUILD of a tensor is not allowed/);
  });

  it("readPickle() refuses a call of a value that is no function of tensors", () => {
    for (const callee of ["N", "]", "ctorch\nFloatStorage\n", "ctorch\nfloat32\n"]) {
      expect(refusal(pickle(callee, ")R"))).toMatch(/a call of .* is not allowed/);
    }
    expect(refusal(pickle("ccollections\nOrderedDict\n]", 0x85, "R"))).toMatch(/be made empty/);
    expect(refusal(pickle("ccollections\nOrderedDict\n]R"))).toMatch(/must be a tuple/);
  });

  it("readPickle() refuses deep nesting of marks, lists and tuples", () => {
    expect(refusal(pickle(many(1e6, "(")))).toMatch(/nested at most 200 deep/);
    expect(refusal(pickle(many(1e6, "]"), many(1e6, "a")))).toMatch(/at most 20000 values/);
    expect(refusal(pickle(")", many(1e6, 0x85)))).toMatch(/tuples can be nested at most 100 deep/);
  });

  it("readPickle() shares what a memo bomb repeats, and limits memo and steps", () => {
    // 60 lists, each with the one before ten times: 10^60 items if they were copied
    const level = (i: number) => join("]q", i, "(", many(10, "h", i - 1), "e");
    const levels = Array.from({ length: 60 }, (_, i) => level(i + 1));
    const started = performance.now();
    expect(readPickle(pickle("(]q", 0, join(...levels), "t"), "data.pkl")).toBeDefined();
    const bomb = many(2_000_001, 0x94);
    expect(refusal(join(0x80, 4, "N", bomb))).toMatch(/memo holds at most 2000000/);
    expect(refusal(join(0x80, 2, many(4_000_001, "N0")))).toMatch(/at most 8000000 opcodes/);
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it("readPickle() reads a list that holds itself, and goes no deeper", () => {
    expect(readPickle(pickle("]q", 0, "h", 0, "a"), "data.pkl")).toBeDefined();
  });

  it("readPickle() refuses lengths beyond the end before it makes room for them", () => {
    expect(refusal(pickle("X", little(0xffffffff, 4)))).toMatch(/at most 65536 bytes/);
    expect(refusal(pickle("X", little(1000, 4), "abc"))).toMatch(/must not end before/);
    expect(refusal(pickle(0x8d, little(2n ** 63n, 8)))).toMatch(/must not exceed the bytes/);
    expect(refusal(pickle(0x95, little(2n ** 40n, 8)))).toMatch(/must not exceed the bytes/);
    expect(refusal(pickle(0x8a, 255, 1))).toMatch(/must not end before/);
    expect(refusal(pickle(`c${"a".repeat(1000)}\nb\n`))).toMatch(/within 256 bytes/);
  });

  it("readPickle() refuses a pickle that does not end, ends late or begins otherwise", () => {
    expect(refusal(join(0x80, 2, "}"))).toMatch(/must not end before the opcode STOP/);
    expect(refusal(join(0x80, 2, "}.", "}"))).toMatch(/STOP must be the last byte/);
    expect(refusal(pickle("}}"))).toMatch(/one value must be left/);
    expect(refusal(pickle("(}"))).toMatch(/one value must be left/);
    expect(refusal(pickle())).toMatch(/it needs 1 value/);
    expect(refusal(join("}."))).toMatch(/begin with protocol/);
    expect(refusal(join(0x80, 6, "}."))).toMatch(/begin with protocol/);
    expect(refusal(new Uint8Array())).toMatch(/must not end before/);
  });

  it("readPickle() refuses opcodes that lack their values, and values of the wrong kind", () => {
    expect(refusal(pickle("t"))).toMatch(/needs a mark/);
    expect(refusal(pickle("N(a"))).toMatch(/above the last mark/);
    expect(refusal(pickle("h", 7))).toMatch(/memo holds no value 7/);
    expect(refusal(pickle("NNa"))).toMatch(/items must go into a list/);
    expect(refusal(pickle("}(Nu"))).toMatch(/pairs must go into a dict/);
    expect(refusal(pickle("}]Ns"))).toMatch(/a key must be .*not a list/);
    expect(refusal(pickle("}", text("a"), "N", "s", text("a"), "Ns"))).toMatch(/a is repeated/);
    expect(refusal(pickle("NN", 0x93))).toMatch(/named by two texts/);
    expect(refusal(pickle("NQ"))).toMatch(/persistent id must be/);
    expect(refusal(pickle("X", little(1, 4), 0xff))).toMatch(/must be UTF-8/);
  });
});

describe("openTorchSource() of a hostile tensor", () => {
  it("TorchFile.bytes() reads the sound one, and a transposed view of it", async () => {
    const file = await openOne(tensor());
    expect(await file.bytes("a")).toEqual(FOUR.slice());
    const transposed = await openOne(tensor({ strides: join("K", 1, "K", 2, 0x86) }));
    expect([...new Float32Array((await transposed.bytes("a")).buffer)]).toEqual([1, 3, 2, 4]);
  });

  const big = join(0x8a, 7, little(2n ** 52n, 7));
  for (
    const [title, parts, rule] of [
      ["an offset beyond the storage", { offset: join("K", 1) }, /must stay within a storage of 4/],
      ["a negative offset", { offset: join("J", little(0xffffffff, 4)) }, /an offset must be/],
      ["strides beyond it", { strides: join("K", 3, "K", 1, 0x86) }, /must stay within/],
      ["negative strides", { strides: join("J", little(0xffffffff, 4), 0x85) }, /strides must be/],
      ["enormous strides", { strides: join(big, big, 0x86) }, /must stay within/],
      ["strides of another length", { strides: join("K", 1, 0x85) }, /must be of one length/],
      [
        "an expanded view of a few bytes",
        { shape: join(big, big, 0x86), strides: join("K", 0, "K", 0, 0x86) },
        /not name more than that/,
      ],
      ["65 dimensions", { shape: join("(", many(65, "K", 1), "t") }, /at most 64/],
      ["a shape that is no tuple", { shape: join("]") }, /a shape must be a tuple/],
      ["hooks", { hooks: join("}") }, /hooks must be an empty OrderedDict/],
      ["a key that is a path", { key: "../../etc/passwd" }, /persistent id must be/],
      ["a storage type that is a dtype", { storage: "torch\nfloat32" }, /persistent id must be/],
      ["a storage that is missing", { key: "1" }, /storage data\/1 is missing/],
      [
        "more elements than the storage has",
        { elements: join("K", 5) },
        /must have 20 bytes, not 16/,
      ],
      ["elements beyond 2^53 bytes", { elements: big }, /must have undefined|must have \d+ bytes/],
      ["an untyped storage without a dtype", {
        storage: "torch.storage\nUntypedStorage",
      }, /must have one dtype/],
      [
        "another call",
        { call: "torch._utils\n_rebuild_parameter" },
        /a parameter is rebuilt from/,
      ],
    ] as [string, Parameters<typeof tensor>[0], RegExp][]
  ) {
    it(`openTorchSource() refuses ${title}`, async () => {
      const error = await openOne(tensor(parts)).catch((error: Error) => error);
      expect(error).toBeInstanceOf(SyntaxError);
      expect((error as Error).message).toMatch(rule);
    });
  }
});
