/**
 * Citations as BibTeX.
 * @module
 */
import type { Author, Citation } from "../../data/citations.ts";

/**
 * BibTeX entries that every BibTeX style reads: ASCII where LaTeX has a command for a letter, capitals that must stay in
 * braces, characters that LaTeX gives a meaning escaped. Software, data and web pages are `@misc`.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { citationsToBibtex } from "mtpress";
 * const text = citationsToBibtex([{
 *   key: "popovic-2015",
 *   type: "article",
 *   title: "The chrF metric",
 *   authors: [{ family: "Popović", given: "Maja" }],
 * }]);
 * equal(text, "@article{popovic-2015,\n  title = {The {chrF} metric},\n  author = {Popovi{\\'{c}}, Maja}\n}\n");
 * ```
 */
export function citationsToBibtex(citations: readonly Citation[]): string {
  return citations.map(entry).join("\n");
}

const TYPES: Readonly<Partial<Record<Citation["type"], string>>> = {
  "article": "article",
  "conference-paper": "inproceedings",
};

function entry(citation: Citation): string {
  const lines = fields(citation).map(([name, value]) => `  ${name} = {${value}}`);
  return `@${TYPES[citation.type] ?? "misc"}{${citation.key},\n${lines.join(",\n")}\n}\n`;
}

function fields(citation: Citation): [string, string][] {
  const { authors, others, arxiv, doi, url, year, license, version, note } = citation;
  const notes = [
    version === undefined ? "" : `Version ${version}.`,
    license === undefined ? "" : `Licence: ${license}.`,
    note ?? "",
  ].filter((part) => part !== "");
  const all: [string, string | undefined][] = [
    ["title", bibtexTitle(citation)],
    ["author", [...authors.map(author), ...(others ? ["others"] : [])].join(" and ")],
    ["year", year?.toString()],
    ["booktitle", latex(citation.proceedings)],
    ["journal", latex(citation.journal) ?? preprint(citation)],
    ["volume", citation.volume],
    ["pages", citation.pages?.join("--")],
    ["publisher", latex(citation.publisher)],
    ["howpublished", citation.type === "blog" ? "Blog post" : undefined],
    ["doi", doi],
    ["eprint", arxiv],
    ["archiveprefix", arxiv === undefined ? undefined : "arXiv"],
    ["url", url],
    ["note", notes.length > 0 ? latex(notes.join(" ")) : undefined],
  ];
  return all.filter((field): field is [string, string] => field[1] !== undefined);
}

/** BibTeX asks every article for a journal. */
function preprint({ type, arxiv }: Citation): string | undefined {
  return type === "article" && arxiv !== undefined ? `arXiv preprint arXiv:${arxiv}` : undefined;
}

function author(name: Author): string {
  if ("name" in name) return `{${latex(name.name)}}`;
  if (name.given !== undefined) return `${latex(name.family)}, ${latex(name.given)}`;
  return /\s/.test(name.family) ? `{${latex(name.family)}}` : latex(name.family);
}

function bibtexTitle({ title, proper = [] }: Citation): string {
  return title.split(/(\s+|(?<=-))/).map((part) => {
    const word = part.replace(/^[("]+|[)":;,.?!-]+$/g, "");
    if (word === "" || !(proper.includes(word) || /.[A-Z]/.test(word))) return latex(part);
    const [before, after] = part.split(word);
    return `${latex(before)}{${latex(word)}}${latex(after)}`;
  }).join("");
}

/** LaTeX's commands for combining marks. */
const ACCENTS: Readonly<Record<string, string>> = {
  "\u0300": "`",
  "\u0301": "'",
  "\u0302": "^",
  "\u0303": "~",
  "\u0304": "=",
  "\u0306": "u",
  "\u0307": ".",
  "\u0308": '"',
  "\u030a": "r",
  "\u030b": "H",
  "\u030c": "v",
  "\u0327": "c",
  "\u0328": "k",
};

const LETTERS: Readonly<Record<string, string>> = {
  "\\": "{\\textbackslash}",
  "{": "\\{",
  "}": "\\}",
  "~": "{\\textasciitilde}",
  "^": "{\\textasciicircum}",
  "ß": "{\\ss}",
  "ø": "{\\o}",
  "Ø": "{\\O}",
  "ł": "{\\l}",
  "Ł": "{\\L}",
  "æ": "{\\ae}",
  "Æ": "{\\AE}",
  "œ": "{\\oe}",
  "ı": "{\\i}",
  "–": "--",
  "—": "---",
};

/** A text as LaTeX writes it; letters without a command stay as they are. */
function latex(text: string): string;
function latex(text: string | undefined): string | undefined;
function latex(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  return Array.from(text, (letter) => {
    if (/[&%$#_]/.test(letter)) return `\\${letter}`;
    const [base, mark, ...more] = letter.normalize("NFD");
    const accent = ACCENTS[mark];
    if (accent === undefined || more.length > 0) return LETTERS[letter] ?? letter;
    return `{\\${accent}{${base === "i" ? "\\i" : base}}}`;
  }).join("");
}
