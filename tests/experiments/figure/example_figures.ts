/**
 * Rows with known scores for the recipes of the figures.
 * @module
 */
import { loadRecipe, type MethodRecipe, type Recipe, type ResultRow } from "mtpress";
import { exampleRow } from "../example_rows.ts";

/** Scores and bytes that a test gives a method. */
export interface MethodScores {
  /** BLEU of every direction out of English. */
  out: number;
  /** BLEU of every direction into English. */
  into: number;
  bytes: number;
}

/** One row for each method and direction; chrF is BLEU + 10. */
export function scoredRows(
  recipe: Recipe,
  scores: (method: MethodRecipe) => MethodScores | undefined,
): ResultRow[] {
  return recipe.methods.flatMap((method) => {
    const given = scores(method);
    if (given === undefined) return [];
    return recipe.directions.map((direction) => {
      const bleu = direction.startsWith("en-") ? given.out : given.into;
      return exampleRow({
        method: { id: method.id, steps: method.steps },
        direction,
        bytes: given.bytes,
        scores: {
          bleu: { score: bleu, signature: "nrefs:1|tok:13a" },
          chrf: { score: bleu + 10, signature: "nrefs:1|nc:6" },
        },
      });
    });
  });
}

const WIDTHS: Record<string, MethodScores> = {
  "baseline": { out: 60, into: 70, bytes: 4 * 2 ** 20 },
  "gptq-2": { out: 0, into: 0.5, bytes: 2 ** 20 },
  "gptq-3": { out: 30, into: 40, bytes: 1.5 * 2 ** 20 },
  "gptq-4": { out: 55, into: 66, bytes: 2 * 2 ** 20 },
  "gptq-8": { out: 61, into: 69, bytes: 3 * 2 ** 20 },
};

/** Recipe and rows of Figure 1; every row but those of the methods in `without`. */
export async function figure1Rows(without: readonly string[] = []) {
  const recipe = await loadRecipe("figure_1");
  const rows = scoredRows(recipe, ({ id }) => without.includes(id) ? undefined : WIDTHS[id]);
  return { recipe, rows };
}

/** Recipe and rows of Figure 2: BLEU out of English is 50 and a 128th of the calibration samples, into it 10 more. */
export async function figure2Rows() {
  const recipe = await loadRecipe("figure_2");
  const rows = scoredRows(recipe, ({ calibration = recipe.calibration! }) => {
    const out = 50 + calibration.samples / 128;
    return { out, into: out + 10, bytes: 2 ** 20 };
  });
  return { recipe, rows };
}

/** Whether a text is well-formed XML: the element names and attributes that open also close. */
export function xmlProblem(text: string): string {
  const open: string[] = [];
  for (
    const [tag, closing, name, , empty] of text.matchAll(
      /<(\/?)([\w:-]+)((?:[^<>"]|"[^"<]*")*?)(\/?)>/g,
    )
  ) {
    if (closing && open.pop() !== name) return `${tag} closes nothing`;
    if (!closing && !empty) open.push(name!);
  }
  return open.length > 0 ? `<${open.at(-1)}> stays open` : "";
}
