/**
 * Writes COMET's estimator as an ONNX graph: from the vectors of a translation, its reference and its source to a score.
 *
 * Inputs: `translation`, `reference` and `source` float32 [B, H].
 * Outputs: `score` float32 [B]; `features` float32 [B, 6H], what the first layer sees: the translation t, the reference r,
 * t ⊙ r, |t - r|, t ⊙ s and |t - s|.
 * @module
 */
import { storedWeight } from "../graph/stored_weight.ts";
import { ExternalDataFile } from "../onnx/external_data.ts";
import { GraphBuilder } from "../onnx/graph_builder.ts";
import type { CometWeights } from "./weights.ts";

/**
 * Writes `estimator.onnx` and `estimator.onnx_data`.
 *
 * @param hiddenSize width H of the vectors.
 * @param hiddenLayers number of the estimator's hidden layers, each a linear one with tanh behind it.
 * @param folder where to write; it must exist.
 */
export async function writeEstimatorGraph(
  { hiddenSize, hiddenLayers }: { hiddenSize: number; hiddenLayers: number },
  weights: CometWeights,
  folder: string,
): Promise<void> {
  using data = await ExternalDataFile.create(folder, "estimator.onnx_data");
  const graph = new GraphBuilder(data);
  const [t, r, s] = ["translation", "reference", "source"].map((name) =>
    graph.input(name, "float32", ["B", hiddenSize])
  );
  graph.output("score", "float32", ["B"]);
  graph.output("features", "float32", ["B", 6 * hiddenSize]);
  const features = [t, r, ...writeComparison(graph, t, r), ...writeComparison(graph, t, s)];
  let x = graph.node("features", "Concat", features, { attributes: { axis: { int: 1 } } });
  for (let k = 0; k <= hiddenLayers; k++) {
    const module = `estimator.ff.${3 * k}`;
    const W = await storedWeight(graph, weights, `${module}.weight`);
    const b = await storedWeight(graph, weights, `${module}.bias`);
    x = graph.node(`linear.${k}`, "Gemm", [x, W, b], { attributes: { transB: { int: 1 } } });
    if (k < hiddenLayers) x = graph.node(`tanh.${k}`, "Tanh", [x]);
  }
  graph.node("score", "Squeeze", [x, graph.constant([1])]);
  await Deno.writeFile(`${folder}/estimator.onnx`, graph.model("comet_estimator"));
}

/** The product and the distance of two vectors, element by element. */
function writeComparison(graph: GraphBuilder, a: string, b: string): [string, string] {
  const product = graph.node(`${b}.product`, "Mul", [a, b]);
  const difference = graph.node(`${b}.difference`, "Sub", [a, b]);
  return [product, graph.node(`${b}.distance`, "Abs", [difference])];
}
