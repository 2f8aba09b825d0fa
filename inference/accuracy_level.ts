/**
 * Which accuracy level a method's model is run at unless one is asked for.
 * @module
 */
import { hasModelForm, modelForm } from "./compression/memory_form.ts";
import type { Step } from "./compression/step.ts";
import type { Device } from "./devices.ts";
import type { AccuracyLevel } from "./graph/nbits.ts";
import { nbitsForm } from "./graph/nbits_form.ts";
import type { LlamaConfig } from "./llama_config.ts";

/** The width from which codes of other than 4 bits take too long in float32. */
const WIDE = 2048;

/**
 * The accuracy level for the models that steps make of one of this shape: 1, float32 compute, so that bit widths differ in bits
 * only; but 4, activations rounded to 8 bits, where the hidden size is at least 2048 and the codes run in containers of 2 or 8 bits.
 *
 * ONNX Runtime 1.30 has no fast float32 kernel for those containers on the CPU: a matrix of 4096 x 4096 takes 43 ms and more, against
 * 0.5 ms in 4 bits. The rule looks at the shape and the bits, never at a clock, so that it gives the same on every machine. A result
 * names its level, and two results of different levels are not compared as if only the bits differed.
 *
 * @param config the model's sizes.
 * @param steps the method; steps of other kinds than the built-in ones are run at level 1.
 * @param device where they run; graphics devices compute every width in float32.
 * @throws {RangeError} if an option of a step is not what its method takes.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { ALMA_7B, chooseAccuracyLevel, parseLlamaConfig } from "mtpress";
 *
 * const config = parseLlamaConfig(ALMA_7B.config, ALMA_7B.id);
 * equal(chooseAccuracyLevel(config, [{ kind: "gptq", bits: 8 }]), 4);
 * equal(chooseAccuracyLevel(config, [{ kind: "gptq", bits: 4 }]), 1);
 * equal(chooseAccuracyLevel({ hiddenSize: 128 }, [{ kind: "gptq", bits: 8 }]), 1);
 * ```
 */
export function chooseAccuracyLevel(
  { hiddenSize }: Pick<LlamaConfig, "hiddenSize">,
  steps: readonly Step[],
  device: Device = "cpu",
): AccuracyLevel {
  if (device !== "cpu" || hiddenSize < WIDE || !hasModelForm(steps)) return 1;
  const { linears } = modelForm(steps);
  if (linears.kind !== "integer") return 1;
  const { bits } = nbitsForm({ ...linears, groupSize: -1, shape: [1, hiddenSize], zeros: false });
  return bits === 4 ? 1 : 4;
}
