/**
 * Showing what benchmarks measured: a few lines for each result, and one table of all ratios.
 * @module
 */
import { significant } from "../table/numbers.ts";
import type { Cell } from "../table/content.ts";
import { Table } from "../table/table.ts";
import { median } from "../time.ts";
import {
  type BenchResult,
  type BenchUnit,
  type Contestant,
  isReached,
  type Ratio,
  type RatioTarget,
} from "./benchmark.ts";
import { machineLines } from "./machine.ts";
import type { BenchRecord } from "./record.ts";

/** Above this load before the first benchmark, a table says that other programs ran too. */
const QUIET_LOAD = 0.3;

/** A result as lines for people: every contestant's median with its extremes, every ratio, every note. */
export function resultLines({ title, unit, contestants, ratios, notes }: BenchResult): string[] {
  return [
    title,
    ...contestants.map(({ name, samples, note, error }) => {
      const said = note === undefined ? "" : ` (${note})`;
      if (error !== undefined) return `  ${name}${said}: failed: ${error}`;
      const [low, middle, high] = [Math.min(...samples), median(samples), Math.max(...samples)]
        .map(significant);
      return `  ${name}${said}: ${middle} ${unit} (${low} to ${high}, ${samples.length} sample${
        samples.length === 1 ? "" : "s"
      })`;
    }),
    ...ratios.map((ratio) => {
      const { low, high } = ratio;
      const interval = `${significant(low)} to ${significant(high)}`;
      return `  ${ratio.name}: ${significant(ratio.value)} (${interval})${verdict(ratio, ", ")}`;
    }),
    ...notes.map((note) => `  ${note}`),
  ];
}

/**
 * All ratios of a run of the benchmarks as one table, with what they have to be and whether they are.
 *
 * @param record What was measured.
 */
export function benchTable(record: BenchRecord): Table {
  const ratios = record.results.flatMap((result) => result.ratios);
  return new Table({
    title: record.quick ? "Speed, measured quickly" : "Speed",
    columns: [
      { heading: "Comparison", align: "left" },
      { heading: "ratio", align: "right" },
      { heading: "95 % interval", align: "right" },
      { heading: "target", align: "right" },
      { heading: "", align: "left" },
    ],
    rows: ratios.map((ratio) => ratioCells(ratio)),
    notes: [
      "Ratio of medians; interval between order statistics of the ratios within a round.",
      ...machineLines(record.machine),
      ...loadNote(record.loadBefore),
      ...record.failures.map(({ benchmark, message }) => `${benchmark} failed: ${message}`),
    ],
  });
}

/**
 * What was measured of each contestant, as a table: the median with the smallest and the largest sample.
 *
 * @param title What they did.
 * @param unit Unit of the samples.
 * @param contestants Who did it; those that failed are named below the table.
 */
export function contestantTable(
  title: string,
  unit: BenchUnit,
  contestants: readonly Contestant[],
): Table {
  const measured = contestants.filter(({ samples }) => samples.length > 0);
  const heading = (text: string) => ({ heading: text, group: unit, align: "right" as const });
  return new Table({
    title,
    columns: [
      { heading: "", align: "left" },
      ...["median", "least", "most"].map(heading),
      { heading: "samples", align: "right" },
    ],
    rows: measured.map(({ name, samples }) => {
      const numbers = [median(samples), Math.min(...samples), Math.max(...samples)];
      return [name, ...numbers.map(significant), String(samples.length)].map((text) => ({ text }));
    }),
    notes: contestants.flatMap(({ name, note, error }) => [
      ...note === undefined ? [] : [`${name}: ${note}`],
      ...error === undefined ? [] : [`${name} failed: ${error}`],
    ]),
  });
}

function ratioCells(ratio: Ratio): Cell[] {
  const { name, value, low, high, target } = ratio;
  return [
    name,
    significant(value),
    `${significant(low)} to ${significant(high)}`,
    targetText(target),
    verdict(ratio, ""),
  ].map((text) => ({ text }));
}

function targetText(target: RatioTarget | undefined): string {
  if (target === undefined) return "–";
  const { most, least } = target;
  const parts = [...bound("≥", least), ...bound("≤", most)];
  return parts.join(" and ");
}

function bound(sign: string, value: number | undefined): string[] {
  return value === undefined ? [] : [`${sign} ${Number(value.toPrecision(3))}`];
}

function verdict(ratio: Ratio, before: string): string {
  const reached = isReached(ratio);
  if (reached === undefined) return "";
  return before + (reached ? "reached" : "missed") +
    (before && ` (target ${targetText(ratio.target)})`);
}

function loadNote(load: number): string[] {
  if (load <= QUIET_LOAD) return [];
  return [
    `Other programs ran meanwhile: the load was ${load.toFixed(1)} before the first benchmark.`,
  ];
}
