/**
 * Rows, recipes and folders for tests.
 * @module
 */
import { sha256 } from "../../experiments/canonical_json.ts";
import type { Recipe } from "../../experiments/recipe.ts";
import { type ResultRow, sealRow } from "../../experiments/row.ts";

/** What a test may want to be different in `exampleRow()`. */
export type RowPart = Partial<Omit<ResultRow, "sha256">>;

/** A sealed row with invented numbers. */
export function exampleRow(part: RowPart = {}): ResultRow {
  return sealRow({
    schema: 2,
    keys: { row: "row key", translation: "translation key" },
    method: { id: "baseline", steps: [] },
    direction: "en-de",
    protocol: "sound",
    seed: 0,
    model: { id: "tiny", sha256: "a".repeat(64) },
    data: { id: "tiny/test", fileSha256: "b".repeat(64), sha256: "c".repeat(64), segments: 2 },
    calibration: null,
    compression: null,
    decoding: EXAMPLE_RECIPE.decoding,
    device: {
      device: "cpu",
      provider: "CPUExecutionProvider",
      adapter: null,
      onnxruntime: "1.30.0",
      threads: 2,
      accuracyLevel: 1,
      weightsSha256: "a".repeat(64),
    },
    accuracyLevel: 1,
    versions: { deno: "2.9.6" },
    sources: { translation: "d".repeat(64), scoring: "e".repeat(64) },
    hypotheses: { file: "hypotheses/none.txt", sha256: sha256(""), unfinished: 0 },
    scores: {
      bleu: { score: 61.3, signature: "nrefs:1|tok:13a" },
      chrf: { score: 7.25e-7, signature: "nrefs:1|nc:6" },
    },
    perplexity: 1.5,
    time: {
      seconds: 2,
      tokens: 20,
      secondsPerToken: 0.1,
      secondsPerBatch: 1,
      medianSecondsPerBatch: 1,
      batches: 2,
    },
    bytes: 3 * 2 ** 20,
    bytesExecuted: 3 * 2 ** 20,
    commit: null,
    finished: "2025-01-01T00:00:00.000Z",
    ...part,
  });
}

/** A recipe of two methods on three directions. */
export const EXAMPLE_RECIPE: Recipe = {
  id: "example",
  title: "Example",
  protocol: "sound",
  seed: 0,
  testSet: "tiny/test",
  sentences: 2,
  directions: ["en-de", "en-zh", "de-en"],
  decoding: {
    beams: 2,
    maxNewTokens: 8,
    lengthPenalty: 1,
    earlyStopping: false,
    batchSize: 4,
  },
  methods: [
    { id: "baseline", name: "Baseline", precision: "16bit/NA", steps: [], published: "alma-7b" },
    {
      id: "gptq",
      name: "GPTQ",
      precision: "4bit/NA",
      steps: [{ kind: "gptq", bits: 4, groupSize: 128 }],
      published: "gptq-4bit",
    },
  ],
};

/** Runs `use` with a new temporary folder, and takes the folder away. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "mtpress_test_" });
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes files of text below a folder. */
export async function writeTree(folder: string, files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = `${folder}/${name}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, text);
  }
}
