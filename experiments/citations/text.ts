/**
 * Citations as plain text.
 * @module
 */
import type { Author, Citation } from "../../data/citations.ts";

/** One paragraph a work, for people. */
export function citationsToText(citations: readonly Citation[]): string {
  return citations.map((citation) => `${paragraph(citation)}\n`).join("\n");
}

function paragraph(citation: Citation): string {
  const { title, authors, others, year, arxiv, doi, url, version, note } = citation;
  const names = [...authors.map(name), ...(others ? ["et al."] : [])].join(", ");
  const where = [
    citation.journal ?? citation.proceedings,
    citation.volume === undefined ? undefined : `volume ${citation.volume}`,
    citation.pages === undefined ? undefined : `pages ${citation.pages.join("–")}`,
    citation.type === "blog" ? "Blog post" : undefined,
    version === undefined ? undefined : `Version ${version}`,
  ].filter((part) => part !== undefined).join(", ");
  const links = [
    doi === undefined ? undefined : `https://doi.org/${doi}`,
    url,
    arxiv === undefined ? undefined : `arXiv:${arxiv}`,
  ].filter((part) => part !== undefined).join(", ");
  const dated = year === undefined ? names : `${names} (${year})`;
  return [dated, title, where, note, links].filter((part) => part).map(sentence).join(" ");
}

function sentence(text: string | undefined): string {
  return /[.!?]$/.test(text!) ? text! : `${text}.`;
}

function name(author: Author): string {
  if ("name" in author) return author.name;
  return author.given === undefined ? author.family : `${author.given} ${author.family}`;
}
