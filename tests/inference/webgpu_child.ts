/**
 * Decodes variants on the WebGPU provider and prints the errors against the oracle, as JSON.
 * @module
 */
import {
  decodingError,
  longPromptError,
  openCase,
  VARIANTS,
  WEBGPU_VARIANTS,
} from "./decoder_cases.ts";

const STEPS = 5; // all kinds of re-ordering; each new length costs SwiftShader new shaders
const errors: Record<string, number> = {};
let longPrompt = Infinity;
let facts: unknown;
for (const [name, options] of Object.entries(VARIANTS).slice(0, WEBGPU_VARIANTS)) {
  const open = await openCase(options, "webgpu");
  errors[name] = await decodingError(open, STEPS);
  if (facts === undefined) longPrompt = await longPromptError(open);
  facts = open.decoder.facts;
  await open.close();
}
console.log(JSON.stringify({ errors, longPrompt, facts }));
