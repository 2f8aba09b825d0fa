/**
 * A report as one HTML page that needs nothing else: no network, no other file.
 * @module
 */
import { createHash } from "node:crypto";
import { citationsToBibtex } from "../citations/bibtex.ts";
import { citationsToText } from "../citations/text.ts";
import { escaped } from "../table/html.ts";
import { reportFigure } from "./figures.ts";
import INTERACTIVE from "./interactive.js" with { type: "text" };
import STYLE from "./page.css" with { type: "text" };
import type { ReportParts } from "./parts.ts";
import { provenanceHtml } from "./provenance.ts";
import { reportTable, tableWithNotes } from "./tables.ts";

/** A part of the page below a heading. */
interface Section {
  readonly id: string;
  readonly heading: string;
  readonly body: string;
}

/**
 * Writes a report as an HTML page. Equal parts give equal pages. Pictures, style and scripts are in the page; its content
 * security policy lets nothing else in, and runs no script but the two that it carries, known by their hashes. Without
 * scripts the figures are pictures.
 */
export function reportHtml(parts: ReportParts): string {
  const sections = reportSections(parts);
  const plotly = parts.figures.length > 0 ? [inlineScript(parts.plotly)] : [];
  const scripts = parts.figures.length > 0 ? [...plotly, inlineScript(INTERACTIVE)] : [];
  return [
    "<!DOCTYPE html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy(scripts)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escaped(parts.title)}</title>`,
    `<style>\n${STYLE}</style>`,
    "</head>",
    "<body>",
    "<header>",
    `<h1>${escaped(parts.title)}</h1>`,
    ...parts.notices.map((notice) => `<p class="notice">${escaped(notice)}</p>`),
    ...parts.lead.map((paragraph) => `<p>${escaped(paragraph)}</p>`),
    "</header>",
    navigation(sections),
    "<main>",
    ...sections.map(sectionHtml),
    "</main>",
    ...scripts.map((script, i) => `<script${i > 0 ? ' type="module"' : ""}>${script}</script>`),
    "</body>",
    "</html>",
  ].join("\n") + "\n";
}

function reportSections(parts: ReportParts): Section[] {
  const { tables, figures, claims, rows } = parts;
  const sections: (Section | false)[] = [
    tables.length > 0 && {
      id: "tables",
      heading: "Tables",
      body: tables.map(reportTable).join("\n"),
    },
    figures.length > 0 && {
      id: "figures",
      heading: "Figures",
      body: figures.map(reportFigure).join("\n"),
    },
    claims !== undefined && {
      id: "claims",
      heading: "The study’s claims",
      body: `<p>${escaped(claims.summary)}</p>\n${tableWithNotes(claims.table)}`,
    },
    { id: "provenance", heading: "Provenance", body: provenanceHtml(rows) },
    { id: "cite", heading: "How to cite", body: citationHtml(parts) },
  ];
  return sections.filter((section) => section !== false);
}

function citationHtml({ citations, uncited }: ReportParts): string {
  const works = citationsToText(citations).trimEnd().split("\n\n");
  return [
    "<p>The study, this kit, and the methods, models, texts and metrics that these results used:</p>",
    '<ul class="works">',
    ...works.map((work) => `<li>${linked(escaped(work))}</li>`),
    "</ul>",
    ...uncited.map((sentence) => `<p>${escaped(sentence)}.</p>`),
    "<details><summary>BibTeX</summary>",
    `<pre tabindex="0"><code>${escaped(citationsToBibtex(citations))}</code></pre></details>`,
  ].join("\n");
}

/** Text with its web addresses and arXiv numbers as links. */
function linked(text: string): string {
  return text
    .replace(/https:\/\/[^\s,]*[^\s,.]/g, (url) => `<a href="${url}">${url}</a>`)
    .replace(/\barXiv:(\d{4}\.\d{5})/g, `<a href="https://arxiv.org/abs/$1">$&</a>`);
}

function navigation(sections: readonly Section[]): string {
  const items = sections.map(({ id, heading }) => `<li><a href="#${id}">${heading}</a></li>`);
  return `<nav aria-label="Contents">\n<ul>\n${items.join("\n")}\n</ul>\n</nav>`;
}

function sectionHtml({ id, heading, body }: Section): string {
  return `<section id="${id}">\n<h2>${heading}</h2>\n${body}\n</section>`;
}

/** A script as an element can hold it: nothing in it ends the element, and line ends are those that a browser hashes. */
function inlineScript(source: string): string {
  return source.replaceAll("\r\n", "\n").replaceAll("</script", "<\\/script").replaceAll(
    "<!--",
    "<\\!--",
  );
}

/** What the page may load: its own style, pictures that are in it, and scripts with these hashes. */
function policy(scripts: readonly string[]): string {
  const hashes = scripts.map((text) =>
    `'sha256-${createHash("sha256").update(text).digest("base64")}'`
  );
  return [
    "default-src 'none'",
    `script-src ${hashes.length > 0 ? hashes.join(" ") : "'none'"}`,
    "style-src 'unsafe-inline'",
    "img-src data: blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}
