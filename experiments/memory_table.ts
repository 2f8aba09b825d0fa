/**
 * The memory of ALMA-7B as a table: the study's numbers, the arithmetic of the forms that it measured and of the forms that the kit stores.
 * @module
 */
import { ALMA_7B } from "../data/alma_7b.ts";
import { PUBLISHED_FIGURE_1_READING } from "../data/published.ts";
import {
  almaStoredBytes,
  memoryDifference,
  type MemoryRow,
  memoryRows,
  type StudyMemory,
} from "./memory_rows.ts";
import type { MethodRecipe } from "./recipe.ts";
import type { Cell, Column } from "./table/content.ts";
import { Table } from "./table/table.ts";

const PUBLISHED = "Study, published";
const STUDY = "Study's form";
const STORED = "Stored form";

const COLUMNS: Column[] = [
  { heading: "Method", align: "left" },
  { heading: "Precision", align: "left" },
  { group: PUBLISHED, heading: "in", align: "left" },
  { group: PUBLISHED, heading: "MiB", align: "right" },
  { group: STUDY, heading: "MiB", align: "right" },
  { group: STUDY, heading: "diff.", align: "right" },
  { group: STORED, heading: "bytes", align: "right" },
  { group: STORED, heading: "MiB", align: "right" },
  { group: STORED, heading: "diff.", align: "right" },
];

const ABSENT: Cell = { text: "–" };

/** What PyTorch allocates for cuBLAS with the first matrix product, on GPUs before Hopper (`:4096:2:16:8`, in KiB). */
const WORKSPACE_BYTES = (4096 * 2 + 16 * 8) * 1024;

/**
 * Makes the table of what ALMA-7B takes in memory under each method. Nothing is run: every number follows from the model's config.
 * Numbers that are more than 2 % from the study's have their reason below the table, in one sentence each.
 *
 * @param methods the methods, such as those of the recipes of Table 1 and Figure 1; those with steps that are not built in are left out,
 * and named below the table.
 * @throws {RangeError} if an option of a step is out of range or does not fit the model.
 *
 * @example Usage
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { loadRecipe, memoryTable } from "mtpress";
 *
 * const table = memoryTable((await loadRecipe("table_1")).methods);
 * ok(table.toText().includes("3864010752"));
 * ```
 */
export function memoryTable(methods: readonly MethodRecipe[]): Table {
  const rows = memoryRows(methods);
  return new Table({
    title: "Memory of ALMA-7B, computed from its config",
    columns: COLUMNS,
    rows: rows.map(line),
    notes: notes(rows, methods),
  });
}

function line({ method, precision, storedBytes, study }: MemoryRow): Cell[] {
  return [
    { text: method },
    { text: precision },
    ...(study
      ? [
        { text: study.where },
        { text: String(study.mebibytes) },
        { text: mebibytes(study.bytes) },
        difference(study.bytes, study),
      ]
      : [ABSENT, ABSENT, ABSENT, ABSENT]),
    { text: String(storedBytes) },
    { text: mebibytes(storedBytes) },
    study ? difference(storedBytes, study) : ABSENT,
  ];
}

function notes(rows: readonly MemoryRow[], methods: readonly MethodRecipe[]): string[] {
  const all = [
    `${ALMA_7B.id}: ${ALMA_7B.parameters} parameters, 16 bits before compression; differences are from the published ` +
    `number. The study's form is that of its libraries: AutoGPTQ's packed words, bitsandbytes' NF4, dense float16 for pruned weights.`,
  ];
  for (const { method, precision, reason } of rows) {
    if (reason) all.push(`${method} (${precision}): ${reason}`);
  }
  if (rows.some(({ steps, study }) => study && steps.length === 0)) {
    const workspace = mebibytes(WORKSPACE_BYTES);
    all.push(
      `The baseline's number equals its weights plus the ${workspace} MiB of workspace that PyTorch allocates with the ` +
        "first matrix product, cut to whole MiB.",
    );
  }
  if (rows.some(({ study }) => study?.where === "Figure 1")) {
    const { mebibytes } = PUBLISHED_FIGURE_1_READING.tolerance;
    all.push(`Figure 1's bars are read from its picture to ${mebibytes} MiB.`);
  }
  const unknown = methods.filter(({ steps }) => almaStoredBytes(steps) === undefined);
  if (unknown.length > 0) {
    const names = unknown.map(({ name }) => name).join(", ");
    all.push(`Left out, because arithmetic knows built-in steps only: ${names}.`);
  }
  return all;
}

function difference(bytes: number, study: StudyMemory): Cell {
  const percent = 100 * memoryDifference(bytes, study);
  const size = Math.abs(percent).toFixed(1);
  const sign = Number(size) === 0 ? "" : percent < 0 ? "−" : "+";
  return { text: `${sign}${size} %` };
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
