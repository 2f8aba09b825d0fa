import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { CITATIONS } from "../../data/citations.ts";
import { DIRECTIONS } from "../../data/directions.ts";
import { expectedBytes, findPin, HUB, pinnedFiles, PINS } from "../../data/pins.ts";
import pinned from "../../data/pins.json" with { type: "json" };
import { parsePins } from "../../data/pins_reader.ts";

describe("PINS", () => {
  it("PINS name works that can be cited, and directories that differ", () => {
    const keys = CITATIONS.map(({ key }) => key);
    for (const { citation } of PINS) expect(keys).toContain(citation);
    expect(PINS.map(({ short }) => short)).toEqual([
      "alma-7b",
      "alma-human-parallel",
      "wmt22-test",
      "wmt22-comet-da",
      "xlm-roberta-large",
    ]);
  });

  it("PINS hold the ten directions of WMT22, and ALMA-7B at four bytes a parameter", () => {
    const directions = findPin("wmt22-test").files.map(({ path }) => path.split("/")[0]);
    expect(directions.sort()).toEqual([...DIRECTIONS].sort());
    const shards = pinnedFiles(findPin("alma-7b"), ["pytorch_model-*.bin"]);
    const bytes = shards.reduce((sum, file) => sum + expectedBytes(file), 0);
    expect(Math.abs(bytes / (6_738_415_616 * 4) - 1)).toBeLessThan(0.001);
  });

  it("PINS fetch one form of COMET's weights unless another is named", () => {
    const pin = findPin("Unbabel/wmt22-comet-da");
    const weights = pinnedFiles(pin).filter(({ path }) => path.startsWith("checkpoints/"));
    expect(weights.map(({ path }) => path)).toEqual(["checkpoints/model.safetensors"]);
    const named = pinnedFiles(pin, ["hparams.yaml", "*.ckpt"]);
    expect(named.map(({ path }) => path)).toEqual(["hparams.yaml", "checkpoints/model.ckpt"]);
  });

  it("PINS are the only place that knows the hub's address", async () => {
    const root = new URL("../../", import.meta.url);
    for (const folder of ["data", "inference", "experiments", "kernels", "metrics"]) {
      for await (const file of sources(new URL(`${folder}/`, root))) {
        const text = await Deno.readTextFile(file);
        expect([file.pathname, text.includes(HUB)]).toEqual([file.pathname, false]);
      }
    }
  });
});

async function* sources(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* sources(new URL(`${name}/`, folder));
    else if (name.endsWith(".ts")) yield new URL(name, folder);
  }
}

describe("findPin()", () => {
  it("findPin() takes both names, and lists them for another", () => {
    expect(findPin("wmt22-test")).toBe(findPin("haoranxu/WMT22-Test"));
    expect(() => findPin("alma")).toThrow(
      new RangeError(
        "Cannot find a pinned model or dataset alma: the names are alma-7b, alma-human-parallel, " +
          "wmt22-test, wmt22-comet-da, xlm-roberta-large",
      ),
    );
  });
});

describe("parsePins()", () => {
  const changed = (change: (pins: typeof pinned) => void) => {
    const copy = structuredClone(pinned);
    change(copy);
    return () => parsePins(copy);
  };
  type Loose = Record<string, unknown>;

  it("parsePins() refuses what is missing, unknown or of the wrong kind, by name", () => {
    const cases: [RegExp, (pins: typeof pinned) => void][] = [
      [/at hub: it must be an https address/, (pins) => pins.hub = "http://hub.test"],
      [/at the file: extra is not one of hub, pins/, (pins) => (pins as Loose).extra = 1],
      [/pins\[0\]\.id: "ALMA" must be owner\/name/, (pins) => pins.pins[0]!.id = "ALMA"],
      [
        /pins\[1\]\.revision: "4cee1a0" must be 40 hex/,
        ({ pins }) => pins[1]!.revision = "4cee1a0",
      ],
      [/pins\[0\]\.kind: "space" must be model or dataset/, ({ pins }) => pins[0]!.kind = "space"],
      [/pins\[0\]\.licence: nothing must be some text/, ({ pins }) => {
        delete (pins[0] as Loose).licence;
      }],
      [/pins: alma-7b appears twice/, ({ pins }) => pins[1]!.short = "alma-7b"],
      [/pins\[0\]\.files: it must be a list with at least/, ({ pins }) => pins[0]!.files = []],
      [/pins\[0\]\.files: config\.json appears twice/, ({ pins }) => {
        pins[0]!.files[1]!.path = "config.json";
      }],
      [/files\[0\]\.bytes: -1 must be a whole number/, ({ pins }) => {
        pins[0]!.files[0]!.bytes = -1;
      }],
      [/files\[0\]\.sha256: "ABC" must be 64 hexadecimal/, ({ pins }) => {
        (pins[0]!.files[0] as Loose).sha256 = "ABC";
      }],
      [/files\[0\]: bytes and roughBytes exclude each other/, ({ pins }) => {
        pins[0]!.files[0]!.roughBytes = 600;
      }],
      [/files\[0\]\.optional: it must be true or false/, ({ pins }) => {
        (pins[0]!.files[0] as Loose).optional = "no";
      }],
    ];
    for (const [message, change] of cases) expect(changed(change)).toThrow(message);
  });

  it("parsePins() refuses paths that lead out of the folder or look like its own records", () => {
    for (const path of ["../a", "/a", "a/../b", "a//b", "a\\b", ".verified/a", "a.part", "a b"]) {
      const read = changed(({ pins }) => pins[0]!.files[0]!.path = path);
      expect([path, errorName(read)]).toEqual([path, "SyntaxError"]);
    }
  });
});

function errorName(run: () => unknown): string {
  try {
    run();
    return "none";
  } catch (error) {
    return (error as Error).name;
  }
}
