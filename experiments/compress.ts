/**
 * `deno task compress`: compresses a model into a folder.
 * @module
 */
import process from "node:process";
import { freeBytes } from "../data/fetch/disk.ts";
import { sizeText } from "../data/fetch/size_text.ts";
import { chooseBackend } from "../inference/backend_choice.ts";
import { compressModel } from "../inference/compression/compress_model.ts";
import type { CompressionNeeds } from "../inference/compression/needs.ts";
import { MatrixProducts } from "../inference/compression/products.ts";
import { SessionFactory } from "../inference/session.ts";
import { matrix } from "../kernels/matrix.ts";
import { runCommand } from "./command.ts";
import { COMPRESS_HELP, type CompressCommand, parseCompressOptions } from "./compress_options.ts";
import { type CompressView, compressView, estimatedSeconds, USUAL_RATES } from "./compress_view.ts";
import { quietDrivers } from "./quiet_drivers.ts";
import { checkRoom, prepareCompression } from "./compress_work.ts";

/** What a test puts in the place of the terminal and the disk. */
export interface CompressSeams {
  /** Asks a question that is answered with yes or no. Default: on the terminal; without one, an error. */
  readonly confirm?: (question: string) => boolean;
  /** Says how many bytes are free on the disk of a folder. */
  readonly free?: (folder: string) => Promise<number>;
  /** Bytes on disk from which it asks. Default: 10 GB. */
  readonly askFrom?: number;
  /** Takes the lines. Default: standard output. */
  readonly print?: (line: string) => void;
}

/** Runs the command and returns its exit code: 0 when the model is there, 1 when it is not, 2 when the answer was no. */
export async function compressCommand(
  args: readonly string[],
  seams: CompressSeams = {},
): Promise<number> {
  const { free = freeBytes, print = (line) => console.log(line) } = seams;
  const command = parseCompressOptions(args);
  if (command === "help") {
    print(COMPRESS_HELP);
    return 0;
  }
  try {
    return await compress(command, { ...seams, free, print });
  } catch (error) {
    if (!command.json) throw error;
    const message = error instanceof Error ? error.message : String(error);
    print(JSON.stringify({ event: "error", message }));
    return 1;
  }
}

async function compress(
  command: CompressCommand,
  seams: CompressSeams & Required<Pick<CompressSeams, "free" | "print">>,
): Promise<number> {
  const { free, print, confirm = confirmOnTerminal, askFrom = 10e9 } = seams;
  const { source, options, needs } = await prepareCompression(command);
  try {
    const view = compressView(command.json, print);
    view.needs(needs, await secondsOf(needs, command.threads), await free(command.out));
    await checkRoom(command.out, needs, free);
    if (!command.yes && isLarge(needs, askFrom)) {
      const question = `Write up to ${sizeText(needs.diskBytes)} to ${command.out}?`;
      if (!confirm(question)) return 2;
    }
    quietDrivers();
    const choice = command.backend === undefined
      ? await chooseBackend()
      : { backend: command.backend, reason: "it was asked for" };
    view.backend(choice);
    view.done(await compressModel({ ...options, ...reporting(view), backend: choice.backend }));
    return 0;
  } finally {
    source.close();
  }
}

const reporting = (view: CompressView) => ({
  onActivity: view.activity,
  onNotice: view.notice,
});

function isLarge(
  { diskBytes, statesBytes, states }: CompressionNeeds,
  askFrom: number,
): boolean {
  return diskBytes > askFrom || (states === "disk" && statesBytes > 1e9);
}

function confirmOnTerminal(question: string): boolean {
  if (!process.stdin.isTTY) {
    throw new Error(`Cannot ask "${question}" without a terminal: --yes answers it`);
  }
  return confirm(question);
}

/** The seconds that the work takes by a matrix product that is timed here, and usual rates for all else. */
async function secondsOf(needs: CompressionNeeds, threads: number | undefined): Promise<number> {
  const products = needs.productOperations > 0 ? await productRate(threads) : Infinity;
  return estimatedSeconds(needs, { ...USUAL_RATES, products });
}

/** Operations a second of a product of 1024 x 1024 matrices: the best of three. */
async function productRate(threads: number | undefined): Promise<number> {
  const size = 1024;
  const factory = await SessionFactory.create({ device: "cpu", threads, keepMemory: false });
  const products = await MatrixProducts.open(factory);
  let best = Infinity;
  for (let i = 0; i < 3; i++) {
    const start = performance.now();
    await products.product(matrix(size, size), matrix(size, size));
    best = Math.min(best, (performance.now() - start) / 1000);
  }
  await products.close();
  return 2 * size ** 3 / best;
}

if (import.meta.main) await runCommand((args) => compressCommand(args));
