/**
 * What a run shows: the tables and figures of its recipes, and the files they are written to.
 * @module
 */
import { isBesideEnglish } from "../data/directions.ts";
import type { CometLookup } from "./comet_lookup.ts";
import { methodDifferences } from "./difference.ts";
import { figure1 } from "./figure_1.ts";
import { figure2 } from "./figure_2.ts";
import type { Figure } from "./figure/figure.ts";
import { memoryTable } from "./memory_table.ts";
import type { Recipe } from "./recipe.ts";
import { rowsOfRecipe } from "./recipe_union.ts";
import type { ResultRow } from "./row.ts";
import { scoreTable } from "./score_table.ts";
import type { ResultStore } from "./store.ts";
import { directionTable, table1 } from "./table_1.ts";
import type { Table } from "./table/table.ts";

/** Something that is shown. */
export interface Output {
  /** Its name in the results folder, without an extension. */
  name: string;
  /** What is shown. */
  content: Table | Figure;
  /** Whether it is printed too, or only written. */
  printed: boolean;
}

/**
 * The tables and figures of recipes.
 *
 * @param rows Rows of all of them.
 * @param store Holds the rows' translations.
 * @param comet Gives rows' COMET scores, where they are known.
 */
export async function recipeOutputs(
  recipes: readonly Recipe[],
  rows: readonly ResultRow[],
  store: Pick<ResultStore, "hypotheses">,
  comet?: CometLookup,
): Promise<Output[]> {
  const outputs: Output[] = [];
  for (const recipe of recipes) {
    const own = rowsOfRecipe(recipe, rows);
    const name = outputName(recipe);
    if (recipe.id === "figure_1") {
      outputs.push({ name, content: figure1(recipe, own), printed: true });
    } else if (recipe.id === "figure_2") {
      outputs.push({ name, content: figure2(recipe, own), printed: true });
    } else outputs.push(...await tableOutputs(recipe, own, store, comet));
  }
  const methods = recipes.flatMap((recipe) => recipe.methods);
  outputs.push({ name: "memory", content: memoryTable(methods), printed: false });
  return outputs;
}

/** The name of what a recipe shows; results of the study's protocol stand beside those of the sound one. */
export function outputName({ id, protocol }: Pick<Recipe, "id" | "protocol">): string {
  return protocol === "sound" ? id : `${id}_${protocol}`;
}

async function tableOutputs(
  recipe: Recipe,
  rows: readonly ResultRow[],
  store: Pick<ResultStore, "hypotheses">,
  comet?: CometLookup,
): Promise<Output[]> {
  const differences = await methodDifferences(recipe, { rows, store });
  const id = outputName(recipe);
  const beside = recipe.directions.some(isBesideEnglish); // in no mean: shown nowhere else
  return [
    { name: id, content: table1(recipe, rows, comet), printed: true },
    { name: `${id}_scores`, content: scoreTable(recipe, rows, differences), printed: true },
    { name: `${id}_directions`, content: directionTable(recipe, rows), printed: beside },
  ];
}

/** Writes outputs, each in all its forms, and says which: `"table_1, memory (md, html, csv, tex); figure_1 (svg, html, json)"`. */
export async function writeOutputs(outputs: readonly Output[], folder: string): Promise<string> {
  const written = new Map<string, string[]>();
  for (const { name, content } of outputs) {
    const texts = Object.entries(await forms(content));
    for (const [extension, text] of texts) {
      await Deno.writeTextFile(`${folder}/${name}.${extension}`, text);
    }
    const extensions = texts.map(([extension]) => extension).join(", ");
    written.set(extensions, [...written.get(extensions) ?? [], name]);
  }
  return Array.from(written, ([extensions, names]) => `${names.join(", ")} (${extensions})`).join(
    "; ",
  );
}

async function forms(content: Table | Figure): Promise<Record<string, string>> {
  if ("toSvg" in content) {
    return {
      svg: await content.toSvg(),
      html: await content.toHtml(),
      json: JSON.stringify(content.toJson()) + "\n",
    };
  }
  return {
    md: content.toMarkdown(),
    html: content.toHtml(),
    csv: content.toCsv(),
    tex: content.toLatex(),
  };
}
