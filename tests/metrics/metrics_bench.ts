/**
 * Times the metrics on 1,000 segments, the size of a run on the embedded model. Run: deno bench -A tests/metrics
 * @module
 */
import { bleuStatistics, corpusBleu } from "../../metrics/bleu.ts";
import { corpusChrf } from "../../metrics/chrf.ts";
import { pairedApproximateRandomization, pairedBootstrap } from "../../metrics/significance.ts";
import { corpusTer } from "../../metrics/ter.ts";
import { BLEU_TOKENIZERS } from "../../metrics/tokenizers/tokenize.ts";

const url = new URL("../golden/metrics/sentences.json", import.meta.url);
const pairs: { hypothesis: string; references: string[] }[] = JSON.parse(
  await Deno.readTextFile(url),
);
const rows = Array.from({ length: 1000 }, (_, k) => pairs[k % pairs.length]);
const hypotheses = rows.map((row) => row.hypothesis);
const references = rows.map((row) => row.references[0]);

for (const tokenizer of BLEU_TOKENIZERS) {
  Deno.bench(`corpusBleu, ${tokenizer}`, { group: "BLEU" }, () => {
    corpusBleu(hypotheses, references, { tokenizer });
  });
}
for (const wordOrder of [0, 2]) {
  Deno.bench(`corpusChrf, wordOrder ${wordOrder}`, { group: "chrF" }, () => {
    corpusChrf(hypotheses, references, { wordOrder });
  });
}
for (const normalized of [false, true]) {
  Deno.bench(`corpusTer, normalized ${normalized}`, { group: "TER" }, () => {
    corpusTer(hypotheses, references, { normalized, asianSupport: normalized });
  });
}

const system = bleuStatistics(hypotheses, references);
const baseline = bleuStatistics(rows.map((row) => row.references[1]), references);
Deno.bench("pairedBootstrap, 1000 samples", { group: "tests" }, () => {
  pairedBootstrap(baseline, system);
});
Deno.bench("pairedApproximateRandomization, 10000 trials", { group: "tests" }, () => {
  pairedApproximateRandomization(baseline, system);
});
