/** Scores the golden's short texts on the WebGPU device and prints the scores as JSON. Argument: a folder for graphs. */
import { loadComet } from "../../../inference/comet/comet.ts";
import { GOLDEN, GOLDEN_MODEL, GOLDEN_TOKENIZER } from "./golden.ts";

const [graphFolder] = Deno.args;
const comet = await loadComet(GOLDEN_MODEL, {
  tokenizerFolder: GOLDEN_TOKENIZER,
  device: "webgpu",
  graphFolder,
});
const { segments } = await comet.score(GOLDEN.texts.slice(0, 5));
await comet.close();
console.log(JSON.stringify(segments));
