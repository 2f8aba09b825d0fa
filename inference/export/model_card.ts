/**
 * The model card of an exported folder: where the weights come from, what was done to them, how they are loaded.
 * @module
 */
import type { Step } from "../compression/step.ts";
import type { ExportFormat } from "./format.ts";

/** What a model card says. */
export interface CardContent {
  /** Name of the source model. */
  readonly source: string;
  /** SHA-256 of the source's weights. */
  readonly weightsSha256: string;
  /** Steps of the method, in order; none for the model as it is. */
  readonly steps: readonly Step[];
  /** The folder's format. */
  readonly format: ExportFormat;
}

/** What is needed beside Python's transformers to load each format. */
const LIBRARIES: Readonly<Record<Exclude<ExportFormat, "transformers.js">, string>> = {
  "gptq": "optimum and gptqmodel",
  "gptq_v2": "optimum and gptqmodel",
  "bnb-nf4": "bitsandbytes and accelerate",
  "compressed-tensors": "compressed-tensors",
  "safetensors": "",
};

function loading(format: ExportFormat): string {
  if (format === "transformers.js") {
    return `Load it with @huggingface/transformers, given this folder's parent as \`env.localModelPath\`:

\`\`\`js
const model = await AutoModelForCausalLM.from_pretrained("name of this folder");
\`\`\`

That library has no beam search: its translations are greedy ones.`;
  }
  const also = LIBRARIES[format] && `, for which ${LIBRARIES[format]} must be installed too`;
  return `Load it with Hugging Face transformers in Python${also}:

\`\`\`python
model = AutoModelForCausalLM.from_pretrained("path of this folder", dtype="auto")
\`\`\``;
}

function stepText({ kind, ...options }: Step): string {
  const pairs = Object.entries(options).map(([name, value]) => `${name} ${value}`);
  return pairs.length === 0 ? kind : `${kind} (${pairs.join(", ")})`;
}

/** The text of README.md. */
export function modelCard({ source, weightsSha256, steps, format }: CardContent): string {
  const method = steps.length === 0
    ? "The weights are those of the source."
    : `Compressed by mtpress, in this order: ${steps.map(stepText).join("; ")}.`;
  return `# ${source}, ${format}

Source: ${source}, weights with SHA-256 \`${weightsSha256}\`. Its licence holds for these weights as well.
${method}

${loading(format)}
`;
}
