/**
 * Figures as aligned text: the values of every panel.
 * @module
 */
import { tableToText } from "../table/text.ts";
import type { FigureContent, PlotlyTrace } from "./content.ts";

/** A table of values for each panel, one line a trace, one column a position; notes below. */
export function figureToText({ title, panels, data, notes }: FigureContent): string {
  const tables = panels.map((panel) => {
    const traces = data.filter(({ yaxis }) => yaxis === panel.yaxis);
    return traces.length === 0 ? `${panel.title}: no values\n` : valueTable(panel.title, traces);
  });
  const lines = [title + "\n", ...tables];
  return lines.join("\n") + (notes.length > 0 ? "\n" + notes.join("\n") + "\n" : "");
}

function valueTable(title: string, traces: readonly PlotlyTrace[]): string {
  const positions = [...new Set(traces.flatMap(({ x }) => x))].sort((a, b) =>
    Number(a) - Number(b)
  );
  return tableToText({
    title,
    columns: [
      { heading: "", align: "left" },
      ...positions.map((x) => ({ heading: String(x), align: "right" as const })),
    ],
    rows: traces.map((trace) => [
      { text: trace.name },
      ...positions.map((x) => ({ text: valueAt(trace, x) })),
    ]),
    notes: [],
  });
}

function valueAt({ x, customdata }: PlotlyTrace, position: number | string): string {
  return customdata[x.indexOf(position)] ?? "–";
}
