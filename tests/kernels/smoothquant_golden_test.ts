import { describe } from "@std/testing/bdd";
import { channelAbsmax } from "../../kernels/channel_absmax.ts";
import type { FloatType } from "../../kernels/float_type.ts";
import { type Matrix, matrix } from "../../kernels/matrix.ts";
import { dequantizeNf4, quantizeNf4 } from "../../kernels/nf4.ts";
import { smoothGroup } from "../../kernels/smoothquant.ts";
import type { NestedAbsmax } from "../../kernels/stored_weight.ts";
import {
  asMatrix,
  expectAllClose,
  expectAllEqual,
  type GoldenCase,
  type GoldenTensor,
  itMatchesGolden,
} from "./golden.ts";
import { rowsOf, runToyLayer, type ToyLayer } from "./toy_layer.ts";

type Tensors = Record<string, GoldenTensor>;

const vector = ({ data }: GoldenTensor) => data as Float32Array;

/** The two groups as the vectors name them. */
const GROUPS = [
  { norm: "ln1", factors: "s_attn", act: "self_attn.q_proj", weights: ["wq", "wk", "wv"] },
  { norm: "ln2", factors: "s_mlp", act: "mlp.gate_proj", weights: ["wg", "wu"] },
];

/** Smooths the groups that the inputs have; gives factors, norms and weights by the names of the vectors. */
function smoothed({ inputs, params }: GoldenCase): Record<string, Float32Array> {
  const options = { alpha: params.alpha, type: params.weight_dtype as FloatType };
  const results: Record<string, Float32Array> = {};
  for (const { norm, factors, act, weights } of GROUPS) {
    if (!inputs[norm]) continue;
    const absmax = vector(inputs[`act_scale.${act}`] ?? inputs.act_scale);
    const group = smoothGroup(
      vector(inputs[norm]),
      weights.map((name) => asMatrix(inputs[name])),
      absmax,
      options,
    );
    results[factors] = group.factors;
    results[norm] = group.norm;
    weights.forEach((name, i) => results[name] = group.weights[i].data);
  }
  return results;
}

function toyLayer(inputs: Tensors, changed: Record<string, Float32Array> = {}): ToyLayer {
  const weight = (name: string): Matrix => {
    const { rows, columns, data } = asMatrix(inputs[name]);
    return matrix(rows, columns, changed[name] ?? data);
  };
  return {
    norm1: changed.ln1 ?? vector(inputs.ln1),
    norm2: changed.ln2 ?? vector(inputs.ln2),
    value: weight("wv"),
    output: weight("wo"),
    gate: weight("wg"),
    up: weight("wu"),
    down: weight("wd"),
  };
}

describe("SmoothQuant against its reference", () => {
  itMatchesGolden(
    "smoothquant",
    "smoothGroup() equals the reference on",
    (id) => id.includes("alpha"),
    (golden) => {
      const { tensors, tolerance } = golden;
      for (const [name, values] of Object.entries(smoothed(golden))) {
        const { rtol } = tolerance[name[0] === "l" ? "ln" : name[0]];
        expectAllClose(values, tensors[name].data, { rtol }, name);
      }
    },
  );

  itMatchesGolden(
    "smoothquant",
    "smoothGroup() gives the reference's outputs of a whole layer on",
    (id) => /^[ab]_/.test(id),
    (golden) => {
      const { inputs, tensors, tolerance } = golden;
      const x = rowsOf(asMatrix(inputs.X));
      const expected = vector(tensors.layer_out);
      const largest = Math.max(...expected.map(Math.abs));
      const atol = tolerance.layer_out.rtol_of_max * largest;
      const { y } = runToyLayer(toyLayer(inputs, smoothed(golden)), x);
      expectAllClose(y.flat(), expected, { atol }, "smoothed layer");
      expectAllClose(runToyLayer(toyLayer(inputs), x).y.flat(), expected, { atol }, "layer");
    },
  );

  itMatchesGolden(
    "smoothquant",
    "channelAbsmax() gives the reference's statistics of all seven linear layers on",
    (id) => /^[ab]_.*085/.test(id),
    ({ inputs, tolerance }) => {
      const run = runToyLayer(toyLayer(inputs), rowsOf(asMatrix(inputs.X)));
      const measured = { q: "h1", k: "h1", v: "h1", o: "o", gate: "h2", up: "h2", down: "down" };
      for (const [name, rows] of Object.entries(measured)) {
        const x = run[rows as keyof typeof run];
        const block = "qkvo".includes(name) ? "self_attn" : "mlp";
        const expected = inputs[`act_scale.${block}.${name}_proj`].data;
        const absmax = channelAbsmax(matrix(x.length, x[0].length, x.flat()));
        expectAllClose(absmax, expected, tolerance.act_scales, name);
      }
      for (const [name, act] of [["h1", "self_attn.q_proj"], ["h2", "mlp.up_proj"]]) {
        const absmax = channelAbsmax(asMatrix(inputs[name]));
        expectAllClose(absmax, inputs[`act_scale.${act}`].data, tolerance.act_scales, name);
      }
    },
  );
});

/** Fraction of codes that differ; none may differ by more than 1. */
function movedCodes(actual: Uint8Array, expected: ArrayLike<number>): number {
  expectAllClose(actual, expected, { atol: 1 }, "qabsmax");
  return actual.filter((code, i) => code !== expected[i]).length / actual.length;
}

describe("SmoothQuant and NF4 together", () => {
  itMatchesGolden(
    "combo",
    "smoothGroup() and quantizeNf4() equal the references on",
    (id) => id.includes("nf4"),
    (golden) => {
      const { id, inputs, tensors, tolerance, params } = golden;
      const own: Record<string, Float32Array> = { wo: vector(inputs.wo), ...smoothed(golden) };
      const { blocksize: blockSize, double_quant: doubleQuantization } = params;
      for (const name of ["wq", "wg", "wo"]) {
        const output = (part: string) => tensors[`${name}.${part}`];
        const { rows, columns } = asMatrix(inputs[name]);
        const quantize = (data: Float32Array) =>
          quantizeNf4(matrix(rows, columns, data), { blockSize, doubleQuantization });
        expectAllClose(own[name], output("smoothed").data, tolerance.smoothed, `${name}.smoothed`);

        const given = quantize(vector(output("smoothed")));
        const { codes, absmax, offset } = given.absmax as NestedAbsmax;
        expectAllEqual(given.codes, output("packed").data, `${name}.packed`);
        expectAllEqual(codes, output("qabsmax").data, `${name}.qabsmax`);
        expectAllClose([offset], output("offset").data, { rtol: 1e-6 }, `${name}.offset`);
        expectAllClose(absmax, output("nested_absmax").data, { rtol: 1e-5 }, `${name}.nested`);
        const { data } = dequantizeNf4(given, params.weight_dtype);
        expectAllClose(data, output("dequant").data, tolerance.dequant, `${name}.dequant`);

        if (params.weight_dtype !== "float32") continue; // its bytes hold for the given weights only
        const smoothedHere = quantize(own[name]);
        expectAllEqual(smoothedHere.codes, output("packed").data, `${name}.packed, own smoothing`);
        const moved = movedCodes(
          (smoothedHere.absmax as NestedAbsmax).codes,
          output("qabsmax").data,
        );
        if (moved > 0.01) throw new Error(`${id} ${name}: ${moved} of the codes of maxima moved`);
      }
    },
  );
});
