import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { cacheGraph } from "../../../inference/graph/cache_graph.ts";
import { cacheNames } from "../../../inference/graph/names.ts";
import {
  CACHE_POSITION,
  NEW_POSITIONS,
  newPositions,
} from "../../../inference/graph/new_positions.ts";

const [R, L, H, T, W] = [2, 3, 2, 5, 16];
const shape = { layers: L, keyValueHeads: H, headSize: W };

describe("newPositions()", () => {
  it("gives one position of every present tensor, row by row, in the order of their names", async () => {
    const model = Uint8Array.from([...cacheGraph(shape, "reorder"), ...newPositions(shape)]);
    const session = await InferenceSession.create(model, { executionProviders: ["cpu"] });
    const names = cacheNames(L);
    const value = (tensor: number, r: number, h: number, t: number, w: number) =>
      (((tensor * R + r) * H + h) * T + t) * W + w;
    const feeds: Record<string, Tensor> = {
      beam_idx: new Tensor("int64", BigInt64Array.of(0n, 1n), [R]),
      [CACHE_POSITION]: new Tensor("int64", BigInt64Array.of(3n), []),
    };
    names.forEach(({ past }, tensor) => {
      const values = Float32Array.from(
        { length: R * H * T * W },
        (_, i) => tensor * R * H * T * W + i,
      );
      feeds[past] = new Tensor("float32", values, [R, H, T, W]);
    });
    const outputs = await session.run(feeds, [NEW_POSITIONS]);
    const expected: number[] = [];
    for (let r = 0; r < R; r++) {
      for (let tensor = 0; tensor < names.length; tensor++) {
        for (let h = 0; h < H; h++) {
          for (let w = 0; w < W; w++) expected.push(value(tensor, r, h, 3, w));
        }
      }
    }
    expect(outputs[NEW_POSITIONS].dims).toEqual([R, names.length * H, W]);
    expect([...outputs[NEW_POSITIONS].data as Float32Array]).toEqual(expected);
    await session.release();
  });
});
