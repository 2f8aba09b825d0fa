import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { greedySearch } from "../../inference/greedy.ts";
import { logSoftmax } from "./beam_oracle.ts";
import { ToyDecoder, toyLogits, type ToyOptions } from "./toy_decoder.ts";

function slowGreedy(prompt: number[], toy: ToyOptions, limit: number, power: number) {
  const tokens: number[] = [];
  let sum = 0;
  while (true) {
    const logP = logSoftmax(toyLogits([...prompt, ...tokens], tokens.length, toy));
    const token = logP.indexOf(Math.max(...logP));
    sum += logP[token];
    const finished = (toy.eosIds ?? []).includes(token);
    const length = tokens.length + 1;
    if (!finished) tokens.push(token);
    if (finished || length === limit) return { tokens, finished, score: sum / length ** power };
  }
}

describe("greedySearch()", () => {
  it("equals an unbatched loop, while finished prompts leave the batch", async () => {
    for (let seed = 0; seed < 40; seed++) {
      const toy = { seed, vocabularySize: 24, eosIds: [1, 5], eosSlope: 1.5 };
      const prompts = [[3], [4, 5, 6], [7, 7], [0, 9, 1, 2], [11]];
      const options = { eosIds: [1, 5], maxNewTokens: 8, lengthPenalty: 0.6 };
      const decoder = new ToyDecoder(toy);
      const actual = await greedySearch(decoder, prompts, options);
      const expected = prompts.map((prompt) => slowGreedy(prompt, toy, 8, 0.6));
      expect(actual.map(({ tokens }) => tokens)).toEqual(expected.map(({ tokens }) => tokens));
      expect(actual.map(({ finished }) => finished)).toEqual(expected.map((e) => e.finished));
      actual.forEach(({ score }, i) => expect(score).toBeCloseTo(expected[i].score, 5));
      expect(decoder.open).toBe(0);
      const longest = Math.max(...expected.map((e) => e.tokens.length + Number(e.finished)));
      expect(decoder.rowsSeen[0].length).toBe(longest);
    }
  });

  it("takes the first of equal logits", async () => {
    const decoder = new ToyDecoder({ seed: 1, vocabularySize: 6, spread: 0 });
    const [{ tokens, finished }] = await greedySearch(decoder, [[2]], {
      eosIds: [],
      maxNewTokens: 3,
    });
    expect({ tokens, finished }).toEqual({ tokens: [0, 0, 0], finished: false });
  });

  it("refuses options out of range and runs nothing for no prompts", async () => {
    const decoder = new ToyDecoder({ seed: 1, vocabularySize: 6 });
    await expect(greedySearch(decoder, [[2]], { eosIds: [6], maxNewTokens: 3 }))
      .rejects.toThrow(/end token 6/);
    expect(await greedySearch(decoder, [], { eosIds: [], maxNewTokens: 3 })).toEqual([]);
    expect(decoder.rowsSeen).toEqual([]);
  });
});
