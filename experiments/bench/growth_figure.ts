/**
 * How times grow with the size of the work, as a figure.
 * @module
 */
import type { PlotlyTrace } from "../figure/content.ts";
import { Figure } from "../figure/figure.ts";
import { axis, COLOURS, framed, legend } from "../figure/theme.ts";
import { significant } from "../table/numbers.ts";
import { median } from "../time.ts";
import type { BenchResult } from "./benchmark.ts";
import { machineLines } from "./machine.ts";
import type { BenchRecord } from "./record.ts";

/** Colours by how a contestant's name begins; everything that is not this package's has the last. */
const FAMILIES = [
  { start: "mtpress wasm", colours: COLOURS.blue },
  { start: "mtpress", colours: COLOURS.grey },
  { start: "", colours: COLOURS.vermilion },
] as const;

interface Series {
  readonly name: string;
  readonly family: typeof FAMILIES[number];
  readonly columns: number[];
  readonly values: number[];
}

/**
 * Makes a figure of a benchmark that measured several sizes: the median of each contestant over the number of columns of the layer, both
 * axes logarithmic, so that a power of the size is a straight line.
 *
 * @param record What was measured.
 * @param benchmark Id of the benchmark.
 * @throws {RangeError} If the record has no result of it that has a number of columns.
 */
export function growthFigure(record: BenchRecord, benchmark: string): Figure {
  const results = record.results.filter((result) =>
    result.benchmark === benchmark && result.size.columns !== undefined
  );
  if (results.length === 0) {
    throw new RangeError(
      `Cannot draw the growth of ${
        JSON.stringify(benchmark)
      }: the record must have results of it by columns`,
    );
  }
  const series = seriesOf(results);
  const { unit } = results[0];
  const [first, last] = [results[0].title, results.at(-1)!.title];
  const title = results.length === 1 ? first : `From ${first} to ${last}`;
  const notes = [
    "Medians. Both axes are logarithmic.",
    machineLines(record.machine)[0],
  ];
  const columns = [...new Set(series.flatMap((one) => one.columns))].sort((a, b) => a - b);
  const layout = framed({
    title,
    top: 100,
    plots: 360,
    notes,
    parts: {
      xaxis: axis({
        type: "log",
        tickvals: columns,
        ticktext: columns.map(String),
        title: { text: "Columns", standoff: 6 },
      }),
      yaxis: axis({ type: "log", dtick: 1, title: { text: unit, standoff: 6 } }),
      legend: legend(1.02, 200),
    },
  });
  const panels = [{ yaxis: "y", title: `Median in ${unit} by columns` }];
  return new Figure({ title, data: series.map(trace), layout, panels, notes });
}

function seriesOf(results: readonly BenchResult[]): Series[] {
  const series = new Map<string, Series>();
  for (const { size, contestants } of results) {
    for (const { name, samples } of contestants) {
      if (samples.length === 0) continue;
      const family = FAMILIES.find(({ start }) => name.startsWith(start))!;
      const one = series.get(name) ?? { name, family, columns: [], values: [] };
      one.columns.push(size.columns);
      one.values.push(median(samples));
      series.set(name, one);
    }
  }
  return [...series.values()];
}

/** A line; of a family's lines the last, on most threads, is the strong one. */
function trace(
  { name, family, columns, values }: Series,
  index: number,
  all: Series[],
): PlotlyTrace {
  const last = all.findLastIndex((one) => one.family === family) === index;
  const color = last ? family.colours.strong : family.colours.light;
  return {
    type: "scatter",
    mode: "lines+markers",
    name,
    x: columns,
    y: values,
    customdata: values.map(significant),
    yaxis: "y",
    line: { color, width: 2, dash: last ? "solid" : "dash" },
    marker: { color, size: 8, symbol: last ? "circle" : "triangle-up" },
    hovertemplate: "%{x} columns: %{customdata}",
    cliponaxis: false,
  };
}
