/**
 * The methods of a recipe as a table: what each does.
 * @module
 */
import { type Recipe, stepsSignature } from "./recipe.ts";
import { Table } from "./table/table.ts";

/** One row a method: its id, its steps with every option, and the calibration samples that it may see. */
export function methodTable(recipe: Recipe): Table {
  return new Table({
    title: "Methods",
    columns: [
      { heading: "Method", align: "left" },
      { heading: "Steps", align: "left" },
      { heading: "Calibration", align: "right" },
    ],
    rows: recipe.methods.map(({ id, steps, calibration = recipe.calibration }) => [
      { text: id },
      { text: stepsSignature(steps) },
      { text: steps.length > 0 && calibration ? String(calibration.samples) : "–" },
    ]),
    notes: [],
  });
}
