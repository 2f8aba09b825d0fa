/**
 * Reading notebooks in tests.
 * @module
 */

/** One output of a cell. */
export interface Output {
  output_type: string;
  /** Face to text, as one string or as lines. */
  data?: Record<string, string | string[]>;
  text?: string | string[];
}

/** A code cell. */
export interface CodeCell {
  id: string;
  cell_type: string;
  source: string | string[];
  execution_count: number | null;
  outputs: Output[];
}

/** Folder of the notebooks. */
export const NOTEBOOKS = new URL("../../notebooks/", import.meta.url);

/** Names of all notebooks. */
export function notebookNames(): string[] {
  const names = [...Deno.readDirSync(NOTEBOOKS)].map((entry) => entry.name);
  return names.filter((name) => name.endsWith(".ipynb")).sort();
}

/** The code cells of a notebook's JSON. */
export function codeCells(json: string): CodeCell[] {
  const cells = (JSON.parse(json) as { cells: CodeCell[] }).cells;
  return cells.filter((cell) => cell.cell_type === "code");
}

/** Text that a notebook keeps as one string or as lines. */
export function joined(text: string | string[]): string {
  return Array.isArray(text) ? text.join("") : text;
}

/** The faces of the only output of the cell whose source holds a text. */
export function facesOf(cells: readonly CodeCell[], source: string): Record<string, string> {
  const cell = cells.find((candidate) => joined(candidate.source).includes(source));
  const output = cell?.outputs.find((candidate) => candidate.data);
  if (!output?.data) throw new Error(`Cannot find the output of the cell with ${source}`);
  return Object.fromEntries(
    Object.entries(output.data).map(([face, text]) => [face, joined(text)]),
  );
}

/** The source of a code cell of a notebook, by the cell's id. */
export async function cellSource(notebook: string, id: string): Promise<string> {
  const cells = codeCells(await Deno.readTextFile(new URL(notebook, NOTEBOOKS)));
  const cell = cells.find((candidate) => candidate.id === id);
  if (!cell) throw new Error(`Cannot find cell ${id} of ${notebook}`);
  return joined(cell.source);
}
