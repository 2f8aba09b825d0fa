/**
 * Where a report's numbers come from: what all rows share in full, and what differs row by row.
 * @module
 */
import { stepsSignature } from "../recipe.ts";
import type { ResultRow } from "../row.ts";
import { escaped } from "../table/html.ts";

/** Digits of a hash that a table shows; the whole one is the cell's title. */
const HASH_DIGITS = 12;

/** A fact of a row. */
interface Fact {
  readonly label: string;
  readonly value: (row: ResultRow) => string;
  /** Whether it is a hash, which a table shows in short. */
  readonly hash?: boolean;
}

const FACTS: readonly Fact[] = [
  { label: "Row key", value: ({ keys }) => keys.row, hash: true },
  { label: "Method", value: ({ method }) => method.id },
  { label: "Direction", value: ({ direction }) => direction },
  { label: "Steps", value: ({ method }) => stepsSignature(method.steps) },
  { label: "Model", value: ({ model }) => model.id },
  { label: "Weights SHA-256", value: ({ model }) => model.sha256, hash: true },
  { label: "Compressed model", value: ({ compression }) => compression?.key ?? "none", hash: true },
  { label: "Compressed by", value: ({ compression }) => compression?.backend ?? "none" },
  { label: "Text", value: ({ data }) => `${data.id}, ${data.segments} sentences` },
  { label: "Text SHA-256", value: ({ data }) => data.sha256, hash: true },
  {
    label: "Calibration",
    value: ({ calibration }) =>
      calibration ? `${calibration.samples} of ${calibration.id}` : "none",
  },
  {
    label: "Calibration SHA-256",
    value: ({ calibration }) => calibration?.sha256 ?? "none",
    hash: true,
  },
  { label: "Translations SHA-256", value: ({ hypotheses }) => hypotheses.sha256, hash: true },
  { label: "BLEU", value: ({ scores }) => `BLEU|${scores.bleu.signature}` },
  { label: "chrF", value: ({ scores }) => `chrF|${scores.chrf.signature}` },
  { label: "Decoding", value: ({ decoding }) => pairs(decoding) },
  { label: "Protocol", value: ({ protocol, quirks = [] }) => [protocol, ...quirks].join(" ") },
  { label: "Seed", value: ({ seed }) => String(seed) },
  { label: "Accuracy level", value: ({ accuracyLevel }) => String(accuracyLevel) },
  { label: "Device", value: deviceText },
  { label: "Versions", value: ({ versions }) => pairs(versions) },
  { label: "Sources of translation", value: ({ sources }) => sources.translation, hash: true },
  { label: "Sources of scoring", value: ({ sources }) => sources.scoring, hash: true },
  { label: "Commit", value: ({ commit }) => commit ?? "unknown", hash: true },
  { label: "Computed", value: ({ finished }) => finished.slice(0, 10) },
  { label: "Row SHA-256", value: ({ sha256 }) => sha256, hash: true },
];

/** The provenance of rows as HTML. */
export function provenanceHtml(rows: readonly ResultRow[]): string {
  if (rows.length === 0) return "<p>There are no rows.</p>";
  const isShared = ({ value }: Fact) => rows.every((row) => value(row) === value(rows[0]));
  const shared = rows.length === 1 ? FACTS : FACTS.filter(isShared);
  const differing = FACTS.filter((fact) => !shared.includes(fact));
  return [
    `<p>All numbers come from ${rows.length} result rows, each one method on one direction. What is the same for all:</p>`,
    "<dl>",
    ...shared.map((fact) => `<dt>${fact.label}</dt><dd>${whole(fact, rows[0])}</dd>`),
    "</dl>",
    ...(differing.length > 0 ? [rowTable(differing, rows)] : []),
  ].join("\n");
}

function rowTable(facts: readonly Fact[], rows: readonly ResultRow[]): string {
  const headings = facts.map(({ label }) => `<th style="text-align: left">${label}</th>`).join("");
  const lines = rows.map((row) =>
    `<tr>${facts.map((fact) => `<td>${short(fact, row)}</td>`).join("")}</tr>`
  );
  return [
    `<details><summary>Every row</summary>`,
    `<div class="table numbers"><div class="scroll" role="region" tabindex="0" aria-label="Every row">`,
    "<table>",
    `<caption style="text-align: left">What differs from row to row</caption>`,
    `<thead><tr>${headings}</tr></thead>`,
    "<tbody>",
    ...lines,
    "</tbody>",
    "</table>",
    "</div>",
    `<ul class="notes"><li>Hashes are cut to ${HASH_DIGITS} digits; a row of rows.jsonl in the results folder holds them whole.</li></ul>`,
    "</div></details>",
  ].join("\n");
}

function whole({ value, hash }: Fact, row: ResultRow): string {
  const text = escaped(value(row));
  return hash ? `<span class="hash">${text}</span>` : text;
}

function short({ value, hash }: Fact, row: ResultRow): string {
  const text = value(row);
  if (!hash || text.length <= HASH_DIGITS) return escaped(text);
  return `<span class="hash" title="${escaped(text)}">${
    escaped(text.slice(0, HASH_DIGITS))
  }</span>`;
}

function deviceText({ device }: ResultRow): string {
  const adapter = device.adapter === null ? "" : `, ${JSON.stringify(device.adapter)}`;
  return `${device.device} (${device.provider}${adapter}), ${device.threads} threads`;
}

function pairs(values: object): string {
  return Object.entries(values).map(([name, value]) => `${name} ${value}`).join(", ");
}
