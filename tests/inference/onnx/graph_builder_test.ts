import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { ALIGNMENT, ExternalDataFile } from "../../../inference/onnx/external_data.ts";
import { GraphBuilder } from "../../../inference/onnx/graph_builder.ts";

describe("GraphBuilder", () => {
  it("model() of nodes, constants, attributes and a weight runs in ONNX Runtime", async () => {
    const folder = await Deno.makeTempDir();
    const values = Float32Array.of(10, 20, 30);
    {
      using data = await ExternalDataFile.create(folder, "sum.onnx_data");
      const graph = new GraphBuilder(data);
      const x = graph.input("x", "float32", ["rows", 3]);
      const w = await graph.weight("w", "float32", [3], new Uint8Array(values.buffer));
      const scaled = graph.node("scaled", "Mul", [x, graph.scalar(2)]);
      const sum = graph.node("sum", "Add", [scaled, w]);
      graph.node("y", "Transpose", [sum], { attributes: { perm: { ints: [1, 0] } } });
      graph.output("y", "float32", [3, "rows"]);
      await Deno.writeFile(`${folder}/sum.onnx`, graph.model("sum"));
    }
    const session = await InferenceSession.create(`${folder}/sum.onnx`);
    const x = new Tensor("float32", Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
    const { y } = await session.run({ x });
    expect([...y.data as Float32Array]).toEqual([12, 18, 24, 30, 36, 42]);
    expect(y.dims).toEqual([3, 2]);
    await session.release();
    await Deno.remove(folder, { recursive: true });
  });

  it("constant() and scalar() store a value once", () => {
    const graph = new GraphBuilder();
    expect(graph.constant([1, -1])).toBe(graph.constant([1, -1]));
    expect(graph.constant(1)).not.toBe(graph.constant([1]));
    expect(graph.scalar(1)).not.toBe(graph.constant(1));
  });

  it("node() refuses a name that is taken", () => {
    const graph = new GraphBuilder();
    graph.input("x", "float32", [1]);
    expect(() => graph.node("x", "Neg", ["x"])).toThrow(
      'Cannot name a value "x": the name is taken',
    );
  });

  it("weight() refuses a graph without a data file", async () => {
    await expect(new GraphBuilder().weight("w", "float32", [1], new Uint8Array(4)))
      .rejects.toThrow("Cannot store tensor w: the graph has no data file");
  });
});

describe("ExternalDataFile", () => {
  it("append() begins every tensor at an aligned offset and fills gaps with zeros", async () => {
    const folder = await Deno.makeTempDir();
    const sizes = [1, ALIGNMENT, 5, ALIGNMENT + 1, 0, 2];
    const expected: number[] = [];
    {
      using data = await ExternalDataFile.create(folder, "data");
      for (const [i, size] of sizes.entries()) {
        while (expected.length % ALIGNMENT) expected.push(0);
        const range = await data.append(new Uint8Array(size).fill(i + 1));
        expect(range).toEqual({ offset: expected.length, length: size });
        expected.push(...Array(size).fill(i + 1));
      }
    }
    expect(await Deno.readFile(`${folder}/data`)).toEqual(Uint8Array.from(expected));
    await Deno.remove(folder, { recursive: true });
  });
});
