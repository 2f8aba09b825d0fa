/**
 * What the study's pruning code runs calibration samples through, in plain float64 and as slow as it is plain: every prompt is embedded and
 * padded with zero vectors; the additive mask, causal over the prompt's own tokens, is padded with 0 = "look"; positions are padded with
 * 0; and the mask and the positions of the last prompt serve all of them. (JortVincenti/ALMA, branch pruning,
 * `prepare_calibration_input` and the loaders of `lib/data.py`, as their behaviour is described in the study's audit.)
 */
import type { LlamaConfig } from "../../inference/llama_config.ts";
import type { Weights } from "../../inference/llama_float64.ts";

type Rows = number[][];

const multiply = (rows: Rows, W: ArrayLike<number>, outputs: number): Rows =>
  rows.map((x) =>
    Array.from(
      { length: outputs },
      (_, n) => x.reduce((sum, value, k) => sum + value * W[n * x.length + k], 0),
    )
  );

const norm = (rows: Rows, g: ArrayLike<number>, epsilon: number): Rows =>
  rows.map((x) => {
    const meanSquare = x.reduce((sum, value) => sum + value * value, 0) / x.length;
    return x.map((value, i) => value / Math.sqrt(meanSquare + epsilon) * g[i]);
  });

const plus = (a: Rows, b: Rows): Rows => a.map((row, t) => row.map((value, i) => value + b[t][i]));

/** Rotates the pairs (i, i + d / 2) of one head. */
function rotated(x: readonly number[], position: number, d: number, theta: number): number[] {
  return x.map((value, i) => {
    const pair = i % (d / 2);
    const angle = position / theta ** (2 * pair / d);
    const partner = i < d / 2 ? -x[i + d / 2] : x[i - d / 2];
    return value * Math.cos(angle) + partner * Math.sin(angle);
  });
}

/**
 * Runs prompts as the study's code does, and tells of every linear layer's input.
 *
 * @param paddedTo positions of every prompt.
 * @param watch takes the tensor's name, the prompt and the input at a position.
 */
export function paddedLlama(
  weights: Weights,
  config: LlamaConfig,
  prompts: readonly (readonly number[])[],
  paddedTo: number,
  watch: (tensor: string, prompt: number, input: Float64Array) => void,
): void {
  const { hiddenSize: H, headSize: d, heads, keyValueHeads, ropeTheta, rmsNormEpsilon } = config;
  const embedding = weights("model.embed_tokens.weight");
  const last = prompts.at(-1)!.length;
  const positions = Array.from({ length: paddedTo }, (_, p) => p < last ? p : 0);
  const hidden = (query: number, key: number) => query < last && key < last && key > query;
  prompts.forEach((prompt, s) => {
    let x: Rows = Array.from(
      { length: paddedTo },
      (_, p) =>
        Array.from({ length: H }, (_, i) => p < prompt.length ? embedding[prompt[p] * H + i] : 0),
    );
    for (let layer = 0; layer < config.layers; layer++) {
      const W = (name: string) => weights(`model.layers.${layer}.${name}.weight`);
      const linear = (name: string, rows: Rows) => {
        const tensor = `model.layers.${layer}.${name}.weight`;
        for (const row of rows) watch(tensor, s, Float64Array.from(row));
        return multiply(rows, W(name), W(name).length / rows[0].length);
      };
      const h = norm(x, W("input_layernorm"), rmsNormEpsilon);
      const headsOf = (rows: Rows, head: number) =>
        rows.map((row) => row.slice(head * d, (head + 1) * d));
      const turned = (rows: Rows) => rows.map((row, p) => rotated(row, positions[p], d, ropeTheta));
      const [q, k, v] = ["q", "k", "v"].map((part) => linear(`self_attn.${part}_proj`, h));
      const mixed: Rows = x.map(() => []);
      for (let head = 0; head < heads; head++) {
        const shared = Math.floor(head * keyValueHeads / heads);
        const queries = turned(headsOf(q, head));
        const keys = turned(headsOf(k, shared));
        const values = headsOf(v, shared);
        queries.forEach((query, i) => {
          const powers = keys.map((key, j) =>
            hidden(i, j)
              ? 0
              : Math.exp(query.reduce((sum, value, c) => sum + value * key[c], 0) / Math.sqrt(d))
          );
          const total = powers.reduce((a, b) => a + b, 0);
          for (let c = 0; c < d; c++) {
            mixed[i].push(powers.reduce((sum, power, j) => sum + power / total * values[j][c], 0));
          }
        });
      }
      x = plus(x, linear("self_attn.o_proj", mixed));
      const fed = norm(x, W("post_attention_layernorm"), rmsNormEpsilon);
      const [gate, up] = ["gate", "up"].map((part) => linear(`mlp.${part}_proj`, fed));
      const product = gate.map((row, t) => row.map((z, i) => z / (1 + Math.exp(-z)) * up[t][i]));
      x = plus(x, linear("mlp.down_proj", product));
    }
  });
}
