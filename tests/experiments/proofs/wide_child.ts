/**
 * Runs two decoder layers of ALMA-7B's width, one in 4-bit codes and one in NF4, on the WebGPU provider and on the CPU, and prints how
 * far apart their logits are, as JSON. The vocabulary is cut to 256, the prompt is 2 tokens, one is appended: in software, a layer of this
 * width takes seconds a token.
 * @module
 */
import type { Device } from "../../../inference/devices.ts";
import { storedLinear } from "../../../inference/graph/stored_linear.ts";
import { writeLlamaGraph } from "../../../inference/llama_graph.ts";
import { openDecoder } from "../../../inference/onnx_decoder.ts";
import { randomForm } from "../../../experiments/proofs/random_form.ts";
import { shapeConfig } from "../../../experiments/proofs/run_models.ts";

const folder = await Deno.makeTempDir({ prefix: "mtpress-wide-" });
try {
  const config = shapeConfig("alma-7b", { layers: 2, vocabulary: 256 });
  const { model } = await writeLlamaGraph(randomForm(config, ["4-bit", "nf4"], 1), folder, {
    linear: storedLinear({ accuracyLevel: 1 }),
    embedding: "rows",
  });
  const logitsOn = async (device: Device): Promise<number[]> => {
    const decoder = await openDecoder(model, config, { device, threads: 2 });
    const run = await decoder.start([[1, 100]], { maxNewTokens: 1 });
    const logits = [...run.logits];
    await run.step(Int32Array.of(7), Int32Array.of(0));
    logits.push(...run.logits);
    await decoder.close();
    return logits;
  };
  const cpu = await logitsOn("cpu");
  const webgpu = await logitsOn("webgpu");
  const largest = Math.max(...cpu.map(Math.abs));
  const distance = Math.max(...cpu.map((logit, i) => Math.abs(logit - webgpu[i])));
  console.log(JSON.stringify({ logits: webgpu.length, largest, distance }));
} finally {
  await Deno.remove(folder, { recursive: true });
}
