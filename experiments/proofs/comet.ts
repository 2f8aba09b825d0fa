/**
 * COMET-22 at its real size: memory and speed with random weights of XLM-RoBERTa-large's shapes; or, with the real weights, the
 * scores that its authors' package documents.
 * @module
 */
import { count } from "../comet_options.ts";
import { cpuUsage } from "node:process";
import { loadComet, openComet } from "../../inference/comet/comet.ts";
import { fetchedCometFolder } from "../../inference/comet/folders.ts";
import { parseCometHparams } from "../../inference/comet/hparams.ts";
import type { CometScorer, CometSegment } from "../../inference/comet/scorer.ts";
import { SessionFactory } from "../../inference/session.ts";
import { readArguments } from "../command.ts";
import { resultsFolder } from "../results_folder.ts";
import { writeRandomComet, XLMR_LARGE } from "./comet_checkpoint.ts";
import { type ResidentMemory, residentMemory } from "./peak_memory.ts";
import type { Proof } from "./proof.ts";

const HELP = `deno task proof comet [--folder FOLDER] [--segments N] [--batch SIZES] [--threads N]
deno task proof comet --check

Without --check: writes a checkpoint of COMET-22's size with random weights (2.3 GB) and its graph (2.3 GB) under
FOLDER (default: results/proofs/comet), unless they are there, and measures loading, memory and segments a second.

  --folder FOLDER     where to write
  --segments N        segments for each batch size (default: 48)
  --batch SIZES       batch sizes, with commas (default: 1,8,16,32)
  --threads N         threads (default: one for each processor, at most 8)

With --check: needs wmt22-comet-da and xlm-roberta-large, fetched, and fails unless two documented examples come out.`;

const OPTIONS = {
  folder: { type: "string" },
  segments: { type: "string", default: "48" },
  batch: { type: "string", default: "1,8,16,32" },
  threads: { type: "string" },
  check: { type: "boolean" },
} as const;

/** Examples with the scores that version 2.2.7 of the package prints on a CPU, to two decimals. */
const DOCUMENTED: readonly (CometSegment & { score: number })[] = [
  {
    source: "Dem Feuer konnte Einhalt geboten werden",
    translation: "The fire could be stopped",
    reference: "They were able to control the fire",
    score: 0.85,
  },
  {
    source: "Schulen und Kindergärten wurden eröffnet.",
    translation: "Schools and kindergartens were open",
    reference: "Schools and kindergartens opened",
    score: 0.97,
  },
];

/** COMET-22 at real size. */
export const COMET: Proof = {
  name: "comet",
  summary: "COMET-22 at real size: loading, memory, segments a second (4.7 GB of disk, minutes)",
  help: HELP,
  run: async (args, print) => {
    const { values } = readArguments(args, OPTIONS);
    if (values.check) return await checkDocumented(print);
    return await measure({
      folder: values.folder ?? `${resultsFolder()}/proofs/comet`,
      segments: count("--segments", values.segments),
      batches: values.batch.split(",").map((size) => count("--batch", size)),
      threads: values.threads === undefined ? undefined : count("--threads", values.threads),
    }, print);
  },
};

async function checkDocumented(print: (line: string) => void): Promise<Record<string, unknown>> {
  const comet = await loadComet(await fetchedCometFolder());
  try {
    const { segments, signature } = await comet.score(DOCUMENTED);
    print(signature);
    for (const [index, score] of segments.entries()) {
      const expected = DOCUMENTED[index].score;
      print(`${DOCUMENTED[index].translation}: ${score.toFixed(4)}, documented ${expected}`);
      if (Math.abs(score - expected) <= 0.006) continue;
      throw new Error(
        `Cannot confirm example ${index}: ${score} must be within 0.006 of ${expected}`,
      );
    }
    return { signature, scores: segments, documented: DOCUMENTED.map(({ score }) => score) };
  } finally {
    await comet.close();
  }
}

interface Measurement {
  folder: string;
  segments: number;
  batches: readonly number[];
  threads: number | undefined;
}

async function measure(
  { folder, segments, batches, threads }: Measurement,
  print: (line: string) => void,
): Promise<Record<string, unknown>> {
  const [written] = await timed(() => writeRandomComet(folder));
  print(`checkpoint written in ${written.toFixed(1)} s`);
  const hparams = parseCometHparams(await Deno.readTextFile(`${folder}/hparams.yaml`), folder);
  const factory = await SessionFactory.create({ device: "cpu", threads });
  const parts = { hparams, tokenizer: WORD_TOKENIZER, factory, graphFolder: `${folder}/graphs` };
  const [first, once] = await timed(() => openComet(folder, parts));
  await once.close();
  const writing = await residentMemory();
  print(
    `first load, which writes the graph: ${first.toFixed(1)} s, peak ${megabytes(writing.peak)}`,
  );
  const [load, comet] = await timed(() => openComet(folder, parts));
  const loaded = await residentMemory();
  print(`second load: ${load.toFixed(1)} s; ${memoryText(loaded)}`);
  const speeds: Record<string, Speed> = {};
  for (const batch of batches) {
    const speed = speeds[batch] = await measureSpeed(comet, segments, batch);
    print(
      `batches of ${batch}: ${speed.segmentsPerSecond.toFixed(2)} segments a second, ` +
        `${speed.processorSeconds.toFixed(2)} s of processors a segment; ` +
        memoryText(await residentMemory()),
    );
  }
  const memory = { writing, loaded, end: await residentMemory() };
  await comet.close();
  const { device, ...facts } = factory.facts;
  return { device, ...facts, written, first, load, memory, speeds };
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

function memoryText({ now, files, peak }: ResidentMemory): string {
  return `resident ${megabytes(now)}, of it ${megabytes(files)} mapped files; peak ${
    megabytes(peak)
  }`;
}

async function timed<T>(work: () => Promise<T>): Promise<[seconds: number, result: T]> {
  const start = performance.now();
  const result = await work();
  return [(performance.now() - start) / 1000, result];
}

interface Speed {
  segmentsPerSecond: number;
  /** Time of all processors for one segment, which other programs do not change. */
  processorSeconds: number;
}

/** Scores three texts a segment, all new, of 8 to 72 tokens: 40 in the mean, as sentences of news have. */
async function measureSpeed(
  comet: CometScorer,
  segments: number,
  batchSize: number,
): Promise<Speed> {
  const text = (segment: number, part: number) => {
    const length = 6 + (segment * 3 + part) * 37 % 65; // and <s> and </s>
    const first = batchSize * 15485863 + segment * 7919 + part * 104729; // no text of another batch size
    return Array.from({ length }, (_, word) => first + word * 31).join(" ");
  };
  const given = Array.from({ length: segments }, (_, segment): CometSegment => ({
    source: text(segment, 0),
    translation: text(segment, 1),
    reference: text(segment, 2),
  }));
  const before = cpuUsage();
  const [seconds] = await timed(() => comet.score(given, { batchSize }));
  const { user, system } = cpuUsage(before); // in microseconds
  return {
    segmentsPerSecond: segments / seconds,
    processorSeconds: (user + system) / 1e6 / segments,
  };
}

/** A token for each word, which is a number: what tokens they are makes no difference to memory and time. */
const WORD_TOKENIZER = {
  encode: (text: string) =>
    text.split(" ").map((word) => 4 + Number(word) % (XLMR_LARGE.vocabularySize - 4)),
  bosId: 0,
  eosId: 2,
  padId: 1,
  vocabularySize: XLMR_LARGE.vocabularySize,
};
