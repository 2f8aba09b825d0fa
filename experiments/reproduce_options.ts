/**
 * The command line of `deno task reproduce`.
 * @module
 */
import type { Direction } from "../data/directions.ts";
import { parseBackend } from "../inference/backend_choice.ts";
import { type Device, parseDevice } from "../inference/devices.ts";
import type { BackendName } from "../kernels/backend.ts";
import { optionalPositiveInteger, readArguments } from "./command.ts";
import { parseProtocol, PROTOCOL_HELP } from "./protocol/options.ts";
import type { QuirkId } from "./protocol/quirks.ts";
import { isDirection, type Protocol } from "./recipe.ts";

/** Parallel text of one direction in two files, one sentence a line. */
export interface OwnData {
  /** Path of the sentences to translate. */
  source: string;
  /** Path of their reference translations. */
  reference: string;
  /** Source and target language. */
  direction: Direction;
}

/** What `deno task reproduce` was asked for. */
export interface ReproduceOptions {
  /** Recipes to run: ids, or paths of JSON files. */
  recipes: string[];
  /** Methods and directions to restrict the run to; empty for all. */
  only: string[];
  /** The user's own text and its direction, instead of the recipes'. */
  data: OwnData | undefined;
  /** Name or folder of the model. */
  model: string;
  /** `"float16"` when its weights are to be rounded. */
  dtype: "float16" | undefined;
  /** Where to compute. */
  device: Device;
  /** What computes compressions, or `undefined` for what the rule gives. */
  backend: BackendName | undefined;
  /** Sentences per direction, or `undefined` for the recipe's. */
  limit: number | undefined;
  /** Measuring rules. */
  protocol: Protocol;
  /** The study's quirks that are on under its protocol, or `undefined` for all. */
  quirks: readonly QuirkId[] | undefined;
  /** Whether to score with COMET too. */
  comet: boolean;
  /** Whether to ignore stored rows. */
  fresh: boolean;
  /** Whether a run that takes much disk was agreed to. */
  yes: boolean;
  /** Whether to execute the notebooks when `jupyter` is there. */
  notebooks: boolean;
  /** Whether to print the help and do nothing else. */
  help: boolean;
}

/** The text of `--help`. */
export const REPRODUCE_HELP = `Usage: deno task reproduce [options]

Computes Table 1, Figure 1 and Figure 2 on the embedded model, judges the study's
claims, prints everything beside the study's numbers, and writes it to results/.
What is in results/ is not computed again.

  --recipe NAME[,NAME]  only these recipes: table_1, figure_1, figure_2, or JSON files
  --only NAME[,NAME]    only these methods or directions, such as baseline or en-de
  --model NAME          tiny (default), haoranxu/ALMA-7B once it is fetched, or the path of a
                        Hugging Face folder of a LLaMA model
  --dtype float16       round the model's weights to float16 first, as ALMA-7B's always are
  --data FILE,FILE      translate the first file, one sentence a line, and score against the second
  --pair DIRECTION      the direction of --data, such as de-en
  --device DEVICE       where to translate: cpu (default) or webgpu
  --backend BACKEND     what compresses: reference, wasm, webgpu or blas. Default: for the embedded
                        model that of the committed reference; else webgpu where there is a
                        graphics adapter that is not in software, and wasm where there is none
  --limit N             N sentences per direction instead of the recipe's
  ${PROTOCOL_HELP}
  --comet               score with COMET too, whose model must be fetched (on two cores some 4
                        sentences a second); scores that are stored are shown without it
  --fresh               compute everything, whatever is stored
  --yes                 begin a run that takes more than 10 GB of disk
  --no-notebooks        do not execute the notebooks
  --help                this text`;

/**
 * Reads the command line.
 *
 * @throws {RangeError} If an option or its value is not allowed; the message says what is.
 */
export function parseReproduceOptions(args: readonly string[]): ReproduceOptions {
  const values = readArguments(args, OPTIONS).values;
  const device = parseDevice(values.device ?? "cpu");
  const limit = optionalPositiveInteger("limit", values.limit);
  return {
    recipes: names(values.recipe),
    only: names(values.only),
    data: parseData(values.data, values.pair),
    model: values.model ?? "tiny",
    dtype: parseDtype(values.dtype),
    device,
    backend: values.backend === undefined ? undefined : parseBackend(values.backend),
    limit,
    ...parseProtocol(values.protocol, values.quirks),
    comet: values.comet ?? false,
    fresh: values.fresh ?? false,
    yes: values.yes ?? false,
    notebooks: !(values["no-notebooks"] ?? false),
    help: values.help ?? false,
  };
}

/**
 * Reads `--dtype`.
 *
 * @throws {RangeError} If it is anything but float16.
 */
export function parseDtype(dtype: string | undefined): "float16" | undefined {
  if (dtype === undefined || dtype === "float16") return dtype;
  throw new RangeError(`Cannot use --dtype ${dtype}: it must be float16`);
}

function names(lists: readonly string[] = []): string[] {
  return lists.flatMap((list) => list.split(",")).filter((name) => name !== "");
}

function parseData(files: string | undefined, pair: string | undefined): OwnData | undefined {
  if (files === undefined && pair === undefined) return undefined;
  if (files === undefined || pair === undefined) {
    throw new RangeError("Cannot use --data or --pair alone: they say together what to translate");
  }
  const [source, reference, ...more] = files.split(",");
  if (!source || !reference || more.length > 0) {
    throw new RangeError(
      `Cannot use --data ${files}: it must be two files with a comma between them, source,reference`,
    );
  }
  if (!isDirection(pair)) {
    throw new RangeError(`Cannot use --pair ${pair}: it must be a direction such as de-en`);
  }
  return { source, reference, direction: pair };
}

const OPTIONS = {
  recipe: { type: "string", multiple: true },
  only: { type: "string", multiple: true },
  model: { type: "string" },
  dtype: { type: "string" },
  data: { type: "string" },
  pair: { type: "string" },
  device: { type: "string" },
  backend: { type: "string" },
  limit: { type: "string" },
  protocol: { type: "string" },
  quirks: { type: "string", multiple: true },
  comet: { type: "boolean" },
  fresh: { type: "boolean" },
  yes: { type: "boolean" },
  "no-notebooks": { type: "boolean" },
  help: { type: "boolean" },
} as const;
