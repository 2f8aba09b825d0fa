import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { InferenceSession } from "onnxruntime-node";
import { type EncoderConfig, readEncoderConfig } from "../../../inference/comet/encoder_config.ts";
import { layerMix, PAD_ID } from "../../../inference/comet/encoder_graph.ts";
import {
  cometGraphs,
  encodeBatch,
  estimate,
  openCometSessions,
} from "../../../inference/comet/graphs.ts";
import { parseCometHparams } from "../../../inference/comet/hparams.ts";
import { sentenceTokens, tokenBatches } from "../../../inference/comet/tokens.ts";
import { openCometWeights } from "../../../inference/comet/weights.ts";
import {
  loadXlmrTokenizer,
  type XlmrTokenizer,
} from "../../../inference/sentencepiece/xlmr_tokenizer.ts";
import { SessionFactory } from "../../../inference/session.ts";
import { itNeeds, SHARED } from "../../needs.ts";
import { GOLDEN, GOLDEN_MODEL, GOLDEN_TOKENIZER, wmt22Segments } from "./golden.ts";

describe("COMET's graphs", () => {
  let folder: string;
  let config: EncoderConfig;
  let mix: number[];
  let tokenizer: XlmrTokenizer;
  let sessions: { encoder: InferenceSession; estimator: InferenceSession };

  before(async () => {
    folder = await Deno.makeTempDir();
    tokenizer = await loadXlmrTokenizer(GOLDEN_TOKENIZER);
    const text = await Deno.readTextFile(`${GOLDEN_MODEL}/hparams.yaml`);
    const hparams = parseCometHparams(text, "hparams.yaml");
    const weights = await openCometWeights(GOLDEN_MODEL);
    config = await readEncoderConfig(GOLDEN_MODEL, hparams, weights);
    mix = await layerMix(config, weights);
    const graphs = await cometGraphs({ hparams, config, weights }, folder, "golden");
    weights.close();
    sessions = await openCometSessions(
      await SessionFactory.create({ device: "cpu", threads: 1 }),
      graphs,
    );
  });
  after(async () => {
    await sessions.encoder.release();
    await sessions.estimator.release();
    await Deno.remove(folder, { recursive: true });
  });

  /** The vector of a text, truncated to so many tokens. */
  async function vector(text: string, limit = 510): Promise<Float32Array> {
    const [batch] = tokenBatches([sentenceTokens(tokenizer, text, limit)], 1);
    return await encodeBatch(sessions.encoder, batch!);
  }

  /** The vector of a text that is padded with so many tokens, masked or not. */
  async function padded(text: string, padding: number, masked: boolean): Promise<Float32Array> {
    const tokens = sentenceTokens(tokenizer, text, 510);
    const length = tokens.length + padding;
    const ids = BigInt64Array.from({ length }, (_, at) => BigInt(tokens[at] ?? PAD_ID));
    const mask = BigInt64Array.from({ length }, (_, at) => at < tokens.length || !masked ? 1n : 0n);
    return await encodeBatch(sessions.encoder, { places: [0], length, ids, mask });
  }

  async function score(source: Float32Array, translation: Float32Array, reference: Float32Array) {
    const vectors = { source, translation, reference };
    return (await estimate(sessions.estimator, vectors, config.hiddenSize))[0]!;
  }

  const farthest = (a: Float32Array, b: Float32Array) =>
    a.reduce((most, value, index) => Math.max(most, Math.abs(value - b[index]!)), 0);

  it("readEncoderConfig() reads sizes off the tensors and heads from config.json", () => {
    expect(config).toEqual({
      vocabularySize: 2002,
      hiddenSize: 24,
      layers: 6,
      heads: 4,
      feedForwardSize: 48,
      positions: 514,
      layerNormEpsilon: 1e-5,
    });
  });

  it("layerMix() equals Python's sparsemax", () => {
    expect(mix).toHaveLength(7);
    mix.forEach((weight, k) => expect(weight).toBeCloseTo(GOLDEN.mix[k]!, 6));
  });

  it("the encoder's vector does not change with masked padding, beyond 1e-6", async () => {
    const alone = await vector("The dog sleeps.");
    for (const padding of [1, 7, 300]) {
      expect(farthest(alone, await padded("The dog sleeps.", padding, true))).toBeLessThan(2e-6);
    }
  });

  it("a score without the padding's mask differs by more than 0.01", async () => {
    const [source, reference] = [await vector("Der Hund schläft."), await vector("The dog rests.")];
    const masked = await padded("The dog sleeps.", 20, true);
    const unmasked = await padded("The dog sleeps.", 20, false);
    const scores = [
      await score(source, masked, reference),
      await score(source, unmasked, reference),
    ];
    expect(Math.abs(scores[0]! - scores[1]!)).toBeGreaterThan(0.01);
  });

  itNeeds(
    SHARED,
    "a score truncated at 512 or 256 tokens instead of 510 differs by more than 0.01",
    async () => {
      const long = (await wmt22Segments()).slice(244, 246);
      for (const limit of [512, 256]) {
        let most = 0;
        for (const segment of long) {
          const at = async (tokens: number) =>
            await score(
              await vector(segment.source, tokens),
              await vector(segment.translation, tokens),
              await vector(segment.reference, tokens),
            );
          expect(Math.abs(await at(510) - segment.score)).toBeLessThan(1e-4);
          most = Math.max(most, Math.abs(await at(limit) - segment.score));
        }
        expect(most).toBeGreaterThan(0.01);
      }
    },
  );

  it("a translation equal to its reference has exactly zeros in that distance and nowhere else", async () => {
    const [source, reference] = [
      await vector("Der Hund schläft."),
      await vector("The dog sleeps."),
    ];
    const vectors = { source, translation: reference, reference };
    const features = await estimate(sessions.estimator, vectors, config.hiddenSize, "features");
    const H = config.hiddenSize;
    expect(features).toHaveLength(6 * H);
    features.forEach((value, index) => expect(value === 0).toBe(Math.floor(index / H) === 3));
    expect(features.slice(0, H)).toEqual(reference);
    expect(features.slice(2 * H, 3 * H)).toEqual(reference.map((value) => value * value));
    expect(features.slice(4 * H, 5 * H)).toEqual(reference.map((value, k) => value * source[k]!));
    expect(features.slice(5 * H)).toEqual(
      reference.map((value, k) => Math.abs(value - source[k]!)),
    );
  });
});
