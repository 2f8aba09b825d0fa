/**
 * Citations in the Citation File Format, version 1.2.0.
 * @module
 */
import type { Author, Citation } from "../../data/citations.ts";

/**
 * A `CITATION.cff`: the first work is what it is about, the others are its references.
 *
 * @param citations At least one; the first must be software or data, as the format asks.
 * @param message What the file asks its reader to do.
 * @throws {RangeError} If the first is neither software nor data.
 *
 * @example Usage
 * ```ts
 * import { match } from "node:assert/strict";
 * import { citationsToCff } from "mtpress";
 * const kit = { key: "kit", type: "software", title: "A kit", authors: [{ name: "Its authors" }] } as const;
 * match(citationsToCff([kit], "Please cite this kit."), /^cff-version: 1\.2\.0\nmessage: "Please cite/);
 * ```
 */
export function citationsToCff(citations: readonly Citation[], message: string): string {
  const [first, ...references] = citations;
  if (first?.type !== "software" && first?.type !== "data") {
    throw new RangeError(
      `Cannot write a citation file about ${first?.key ?? "nothing"}: it must be software or data`,
    );
  }
  const { version, released, license } = first;
  return [
    "cff-version: 1.2.0",
    ...lines({ message, title: first.title, type: dataset(first.type), version }),
    ...lines({ "date-released": released, license, doi: first.doi, url: first.url }),
    ...people(first),
    ...(references.length > 0 ? ["references:", ...references.flatMap(reference)] : []),
  ].join("\n") + "\n";
}

/** The format calls the same thing `dataset` in front and `data` among references. */
function dataset(type: "software" | "data"): string {
  return type === "data" ? "dataset" : type;
}

function reference(citation: Citation): string[] {
  const { type, title, year, version, released, license, doi, arxiv, url, note } = citation;
  const [start, end] = citation.pages ?? [];
  const block = [
    ...lines({ type, title }),
    ...people(citation),
    ...lines({ year, version, "date-released": released, license }),
    ...lines({
      journal: citation.journal,
      "collection-title": citation.proceedings,
      volume: citation.volume,
      start,
      end,
      doi,
      url,
      notes: note,
    }),
    ...(citation.publisher ? ["publisher:", ...indented(lines({ name: citation.publisher }))] : []),
    ...(arxiv ? ["identifiers:", ...item(lines({ type: "doi", value: arxivDoi(arxiv) }))] : []),
  ];
  return item(block);
}

function people({ authors, others }: Citation): string[] {
  const named = authors.flatMap((author) => item(person(author)));
  return ["authors:", ...named, ...(others ? item(lines({ name: "et al." })) : [])];
}

function person(author: Author): string[] {
  if ("name" in author) return lines({ name: author.name });
  return lines({ "family-names": author.family, "given-names": author.given });
}

/** The identifier under which arXiv registers a preprint. */
function arxivDoi(number: string): string {
  return `10.48550/arXiv.${number}`;
}

function lines(fields: Readonly<Record<string, string | number | undefined>>): string[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${scalar(value)}`]
  );
}

/** A text as YAML's double-quoted scalar, of which JSON's strings are some. */
function scalar(value: string | number): string {
  if (typeof value === "number") return String(value);
  return value === "software" || value === "dataset" ? value : JSON.stringify(value);
}

function item(block: readonly string[]): string[] {
  return block.map((line, index) => (index === 0 ? "  - " : "    ") + line);
}

function indented(block: readonly string[]): string[] {
  return block.map((line) => `  ${line}`);
}
