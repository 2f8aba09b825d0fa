/**
 * Compresses a whole model, one decoder layer at a time: statistics of a layer are gathered on states that went through the compressed
 * layers before it, as these read back from disk. Each layer is on disk before the next begins, so that a process that is killed
 * loses one layer, and going on gives the same bytes.
 * @module
 */
import type { Backend } from "../../kernels/backend.ts";
import type { Checkpoint } from "../checkpoint.ts";
import { openCompressedModel } from "../compressed/model.ts";
import { CompressedModelWriter } from "../compressed/writer.ts";
import { SessionFactory } from "../session.ts";
import { STATES_PLACES } from "./states_place.ts";
import type { CompressOptions } from "./compress_options.ts";
import { LayerRunner } from "./layer_runner.ts";
import { type PaddedMask, paddedMask } from "./masked_attention.ts";
import type { PlannedStep } from "./step_plan.ts";
import type { Method } from "./method.ts";
import { compressLayers } from "./model_layers.ts";
import { MatrixProducts } from "./products.ts";
import type { CompressionReport, LinearReport, ModelFacts } from "./report.ts";
import { checkSamples, samplesSha256, type TokenSequence } from "./states.ts";
import { checkShapes, checkSteps, stepMethod } from "./steps.ts";

/**
 * Compresses a model by methods that are given; see `compressModel()`. Nothing here knows the built-in methods and backends, so that the
 * sources a result depends on are those of its own.
 */
export async function compressBy(
  methods: readonly Method[],
  backend: Backend,
  options: Omit<CompressOptions, "backend">,
): Promise<CompressionReport> {
  const start = performance.now();
  const { source, steps, folder } = options;
  const plan = checkedPlan(options, methods);
  const samples = plan.some(({ method }) => method.needs.length > 0) ? options.calibration! : [];
  const calibration = samples.length > 0
    ? { samples: samples.length, sha256: samplesSha256(samples), ...padding(options) }
    : null;
  const choices = { steps, calibration, backend: backend.name };
  const writer = await CompressedModelWriter.open(folder, source, choices);
  const resumed = writer.done;
  const { threads } = options;
  const factory = await SessionFactory.create({ device: "cpu", threads, keepMemory: false });
  const runner = await LayerRunner.open(factory, source.config, sampleMask(options, samples));
  const products = await MatrixProducts.open(factory);
  try {
    await compressLayers(options, { plan, samples, runner, products, writer, backend });
  } finally {
    await runner.close();
    await products.close();
  }
  const facts = await modelFacts(writer, source);
  await writer.finish({ ...facts });
  const seconds = (performance.now() - start) / 1000;
  return { folder, seconds, resumed, ...facts, bytes: await storedBytes(folder) };
}

const padding = ({ paddedTo }: CompressOptions) => paddedTo === undefined ? {} : { paddedTo };

/** The mask of padded samples, which is that of the last one for all. */
function sampleMask(
  { source, paddedTo }: CompressOptions,
  samples: readonly TokenSequence[],
): PaddedMask | undefined {
  if (paddedTo === undefined || samples.length === 0) return undefined;
  return paddedMask(source.config, samples.at(-1)!.length, paddedTo);
}

/** Checks everything that can be checked before any work. */
function checkedPlan(
  { source, steps, calibration = [], states, paddedTo }: Omit<CompressOptions, "backend">,
  methods: readonly Method[],
): PlannedStep[] {
  if (states !== undefined && !STATES_PLACES.includes(states)) {
    throw new RangeError(
      `Cannot keep states in ${JSON.stringify(states)}: it must be ${STATES_PLACES.join(" or ")}`,
    );
  }
  checkSteps(steps, methods);
  checkShapes(steps, methods, source.config);
  checkSamples(calibration, source.config, paddedTo);
  const plan = steps.map((step) => ({ step, method: stepMethod(step, methods) }));
  const needy = plan.find(({ method }) => method.needs.length > 0);
  if (needy && calibration.length === 0) {
    throw new RangeError(
      `Cannot use step ${needy.step.kind} without calibration: it needs ${
        needy.method.needs.join(" and ")
      } of the linear layers' inputs`,
    );
  }
  return plan;
}

/** What the layers' files report, together. */
async function modelFacts(writer: CompressedModelWriter, source: Checkpoint): Promise<ModelFacts> {
  const linears: LinearReport[] = [];
  const notices: string[] = [];
  for (let layer = 0; layer < source.config.layers; layer++) {
    const facts = (await writer.readLayer(layer)).facts as Pick<ModelFacts, "linears" | "notices">;
    linears.push(...facts.linears);
    notices.push(...facts.notices);
  }
  const sizes = linears.map(({ name }) => source.info(name).shape.reduce((a, b) => a * b));
  const all = sizes.reduce((a, b) => a + b, 0);
  const zeros = linears.reduce((sum, { sparsity }, i) => sum + sparsity * sizes[i], 0);
  return { linears, sparsity: zeros / all, notices };
}

async function storedBytes(folder: string): Promise<number> {
  const model = await openCompressedModel(folder);
  try {
    return model.storedBytes();
  } finally {
    model.close();
  }
}
