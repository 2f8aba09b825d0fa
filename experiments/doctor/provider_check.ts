/**
 * A small model through a provider of ONNX Runtime, in every stored form, beside the same forward pass in plain float64.
 * @module
 */
import { openModel } from "../../inference/compressed/model.ts";
import { compressBy } from "../../inference/compression/compress.ts";
import { METHODS } from "../../inference/compression/methods.ts";
import type { Step } from "../../inference/compression/step.ts";
import type { Device } from "../../inference/devices.ts";
import type { AccuracyLevel } from "../../inference/graph/nbits.ts";
import { cachedGraph } from "../../inference/graph_cache.ts";
import { checkpointWeights, llamaLogits } from "../../inference/llama_float64.ts";
import { type OnnxDecoder, openDecoder } from "../../inference/onnx_decoder.ts";
import { referenceBackend } from "../../kernels/reference.ts";
import { type Measure, relativeDifference } from "./check.ts";
import { writeSmallModel } from "./small_model.ts";

/** A form in which the model is run, and how far its logits may be from float64's, as a share of the largest. */
interface Form {
  readonly what: string;
  readonly steps: readonly Step[];
  readonly accuracyLevel?: AccuracyLevel;
  readonly most: number;
}

const whole = (bits: number): Step[] => [{ kind: "rtn", bits, groupSize: 32 }];

const FORMS: readonly Form[] = [
  { what: "float32", steps: [], most: 1e-4 },
  { what: "8 bits", steps: whole(8), most: 1e-4 },
  { what: "4 bits", steps: whole(4), most: 1e-4 },
  { what: "2 bits", steps: whole(2), most: 1e-4 },
  { what: "NF4", steps: [{ kind: "nf4" }], most: 1e-4 },
  { what: "4 bits, int8 activations", steps: whole(4), accuracyLevel: 4, most: 0.1 },
];

/** Longer than what an attention kernel takes at once, and two tokens that follow. */
const PROMPT = Array.from({ length: 40 }, (_, i) => 3 + (i * 37) % 90);
const FOLLOWING = [17, 60];

/**
 * Runs the forms on a device.
 *
 * @param folder an empty folder for the model and its graphs.
 * @returns where it computed, and how far each form was from float64.
 * @throws whatever ONNX Runtime throws.
 */
export async function checkProvider(
  device: Device,
  folder: string,
): Promise<{ on: string; measures: Measure[] }> {
  const dense = `${folder}/dense`;
  await Deno.mkdir(dense);
  await writeSmallModel(dense);
  const measures: Measure[] = [];
  let on: string = device;
  for (const [i, { what, steps, accuracyLevel, most }] of FORMS.entries()) {
    const model = steps.length === 0 ? dense : `${folder}/form${i}`;
    if (steps.length > 0) await compress(dense, model, steps);
    const checkpoint = await openModel(model);
    try {
      const graph = await cachedGraph(checkpoint, `${folder}/graphs`, { accuracyLevel });
      const decoder = await openDecoder(graph.model, checkpoint.config, { device });
      const weights = await checkpointWeights(checkpoint);
      const ids = [...PROMPT, ...FOLLOWING];
      const expected = llamaLogits(weights, checkpoint.config, ids).slice(PROMPT.length - 1);
      measures.push({ what, value: await logitsDifference(decoder, expected), most });
      const { adapter, provider, threads } = decoder.facts;
      on = adapter ?? `${provider}, ${threads} threads`;
      await decoder.close();
    } finally {
      checkpoint.close();
    }
  }
  return { on, measures };
}

async function compress(from: string, to: string, steps: readonly Step[]): Promise<void> {
  const source = await openModel(from);
  try {
    await compressBy(METHODS, referenceBackend(), { source, steps, folder: to });
  } finally {
    source.close();
  }
}

/** The largest difference behind the prompt and behind each token that follows. */
async function logitsDifference(
  decoder: OnnxDecoder,
  expected: readonly Float64Array[],
): Promise<number> {
  const run = await decoder.start([PROMPT], { maxNewTokens: FOLLOWING.length });
  let difference = relativeDifference(run.logits, expected[0]);
  for (const [i, token] of FOLLOWING.entries()) {
    await run.step(Int32Array.of(token), Int32Array.of(0));
    difference = Math.max(difference, relativeDifference(run.logits, expected[i + 1]));
  }
  run.release();
  return difference;
}
