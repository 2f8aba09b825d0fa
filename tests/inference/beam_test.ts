import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { beamSearch, beamSearchAll } from "../../inference/beam.ts";
import type { Decoded, SearchOptions } from "../../inference/search_options.ts";
import { logSoftmax, slowBeamSearch } from "./beam_oracle.ts";
import { uniform } from "./random_checkpoint.ts";
import { ToyDecoder, toyLogits, type ToyOptions } from "./toy_decoder.ts";

const SAFE = 1e-5; // float32 sums of these tests stay closer than this to float64

function randomPrompts(count: number, seed: number): number[][] {
  const random = uniform(seed);
  return Array.from(
    { length: count },
    () => Array.from({ length: 1 + Math.floor(9 * random()) }, () => Math.floor(16 * random())),
  );
}

function oracle(prompt: readonly number[], toy: ToyOptions, options: SearchOptions) {
  return slowBeamSearch(
    (tokens) => toyLogits([...prompt, ...tokens], tokens.length, toy),
    options,
  );
}

/** Compares with the oracle; returns whether the case was decisive. */
function agrees(actual: Decoded[], prompt: number[], toy: ToyOptions, options: SearchOptions) {
  const { hypotheses, margin } = oracle(prompt, toy, options);
  if (margin <= SAFE) return false;
  expect(actual.map(({ tokens, finished }) => ({ tokens, finished })))
    .toEqual(hypotheses.map(({ tokens, finished }) => ({ tokens, finished })));
  actual.forEach(({ score }, i) => {
    expect(Math.abs(score - hypotheses[i].score)).toBeLessThan(SAFE * Math.max(1, Math.abs(score)));
  });
  return true;
}

const CASES = [
  { eosIds: [1], beams: 5 },
  { eosIds: [1, 7], beams: 3 },
  { eosIds: [0, 4, 9], beams: 2 },
  { eosIds: [], beams: 4 },
  { eosIds: [2], beams: 1 },
  { eosIds: [3], beams: 12 }, // more candidates asked for (24) than the first row has (16)
];

describe("beamSearchAll()", () => {
  for (const earlyStopping of [false, true, "never"] as const) {
    for (const lengthPenalty of [0, 0.6, 1, 2, -0.5]) {
      it(`equals the slow oracle with earlyStopping ${earlyStopping}, lengthPenalty ${lengthPenalty}`, async () => {
        let decisive = 0, all = 0;
        for (const [c, { eosIds, beams }] of CASES.entries()) {
          for (let seed = 0; seed < 12; seed++) {
            const toy = { seed: 1000 * c + seed, vocabularySize: 16, eosIds };
            const options = { eosIds, beams, earlyStopping, lengthPenalty, maxNewTokens: 9 };
            const prompts = randomPrompts(4, toy.seed);
            const actual = await beamSearchAll(new ToyDecoder(toy), prompts, {
              ...options,
              returnSequences: beams,
            });
            for (const [i, prompt] of prompts.entries()) {
              decisive += Number(agrees(actual[i], prompt, toy, options));
              all++;
            }
          }
        }
        expect(decisive).toBeGreaterThan(0.95 * all);
      });
    }
  }

  it("is exhaustive search when no hypothesis can be dropped (beams = V^T)", async () => {
    const V = 3, T = 3;
    for (let seed = 0; seed < 20; seed++) {
      const toy = { seed, vocabularySize: V, eosIds: [2] };
      const everything: { tokens: number[]; score: number }[] = [];
      const grow = (tokens: number[], sum: number) => {
        const logP = logSoftmax(toyLogits([0, ...tokens], tokens.length, toy));
        logP.forEach((p, token) => {
          const length = tokens.length + 1;
          if (token === 2) everything.push({ tokens, score: (sum + p) / length });
          else if (length === T) {
            everything.push({ tokens: [...tokens, token], score: (sum + p) / length });
          } else grow([...tokens, token], sum + p);
        });
      };
      grow([], 0);
      everything.sort((a, b) => b.score - a.score);
      const [actual] = await beamSearchAll(new ToyDecoder(toy), [[0]], {
        eosIds: [2],
        beams: V ** T,
        maxNewTokens: T,
        earlyStopping: "never",
        returnSequences: V ** T,
      });
      expect(actual.map(({ tokens }) => tokens)).toEqual(everything.map(({ tokens }) => tokens));
    }
  });

  it("gives a prompt the same hypotheses alone, in a batch and in another order", async () => {
    const toy = { seed: 77, vocabularySize: 50, eosIds: [1] };
    const prompts = randomPrompts(12, 5);
    const options = { eosIds: [1], beams: 5, maxNewTokens: 14, returnSequences: 5 };
    const together = await beamSearchAll(new ToyDecoder(toy), prompts, options);
    const reversed = await beamSearchAll(new ToyDecoder(toy), prompts.toReversed(), options);
    expect(reversed.toReversed()).toEqual(together);
    for (const [i, prompt] of prompts.entries()) {
      expect((await beamSearchAll(new ToyDecoder(toy), [prompt], options))[0]).toEqual(together[i]);
    }
  });

  it("lets finished prompts leave the batch and releases the run", async () => {
    const toy = { seed: 3, vocabularySize: 40, eosIds: [1], eosSlope: 1.5 };
    const decoder = new ToyDecoder(toy);
    await beamSearchAll(decoder, randomPrompts(8, 9), { eosIds: [1], beams: 4, maxNewTokens: 20 });
    const rows = decoder.rowsSeen[0];
    expect(rows[0]).toBe(8); // a prompt is run once, not once a beam
    expect(rows[1]).toBe(32);
    expect(rows.at(-1)).toBeLessThan(32);
    for (let i = 2; i < rows.length; i++) expect(rows[i]).toBeLessThanOrEqual(rows[i - 1]);
    expect(decoder.open).toBe(0);
  });

  it("calls step() at most maxNewTokens - 1 times", async () => {
    const decoder = new ToyDecoder({ seed: 4, vocabularySize: 20 });
    const [all] = await beamSearchAll(decoder, [[1]], { eosIds: [], beams: 2, maxNewTokens: 1 });
    expect(decoder.rowsSeen[0]).toEqual([1]);
    expect(all[0]).toMatchObject({ finished: false, tokens: [expect.any(Number)] });
  });

  it("resolves equal scores by row, then by token", async () => {
    const toy = { seed: 1, vocabularySize: 10, spread: 0 };
    const [all] = await beamSearchAll(new ToyDecoder(toy), [[1]], {
      eosIds: [],
      beams: 3,
      maxNewTokens: 2,
      returnSequences: 3,
    });
    expect(all.map(({ tokens }) => tokens)).toEqual([[0, 0], [0, 1], [0, 2]]);
  });

  it("refuses options out of range before the model runs", async () => {
    const decoder = new ToyDecoder({ seed: 1, vocabularySize: 10 });
    const good = { eosIds: [1], beams: 2, maxNewTokens: 4 };
    for (
      const [bad, message] of [
        [{ beams: 0 }, /beams 0/],
        [{ beams: 1.5 }, /beams 1.5/],
        [{ maxNewTokens: 0 }, /maxNewTokens 0/],
        [{ maxNewTokens: 1000 }, /1000 positions/],
        [{ returnSequences: 3 }, /3 sequences from 2 beams/],
        [{ lengthPenalty: NaN }, /lengthPenalty NaN/],
        [{ eosIds: [10] }, /end token 10/],
      ] as const
    ) {
      await expect(beamSearchAll(decoder, [[1]], { ...good, ...bad })).rejects.toThrow(message);
    }
    expect(decoder.rowsSeen).toEqual([]);
    expect(await beamSearchAll(decoder, [], good)).toEqual([]);
  });

  it("refuses logits that are not finite and still releases the run", async () => {
    const decoder = new ToyDecoder({ seed: 1, vocabularySize: 10, spread: NaN });
    await expect(beamSearchAll(decoder, [[1]], { eosIds: [], beams: 2, maxNewTokens: 4 }))
      .rejects.toThrow(/NaN/);
    expect(decoder.open).toBe(0);
  });
});

describe("beamSearch()", () => {
  it("returns the first of beamSearchAll()", async () => {
    const toy = { seed: 8, vocabularySize: 30, eosIds: [1] };
    const prompts = randomPrompts(5, 2);
    const options = { eosIds: [1], beams: 3, maxNewTokens: 10 };
    const all = await beamSearchAll(new ToyDecoder(toy), prompts, options);
    expect(await beamSearch(new ToyDecoder(toy), prompts, options)).toEqual(all.map(([h]) => h));
  });
});
