/**
 * Reads and checks the lexicon. A cell holds `/`-separated forms, and ` | ` between interchangeable synonyms.
 * @module
 */
import type { Language } from "../../directions.ts";
import { type Format, FORMATS, LANGUAGES, type LexiconName } from "./formats.ts";

/** One row: a meaning and how each language says it. */
export interface Lexeme {
  /** Unique within its file. */
  readonly id: string;
  /** The comma list of the second column (a verb's frame; a numeral's value). */
  readonly classes: ReadonlySet<string>;
  /** A verb's object classes; empty elsewhere. */
  readonly objects: ReadonlySet<string>;
  /** For each language the synonyms, each a list of forms in the order of `formats.ts`. */
  readonly forms: Readonly<Record<Language, readonly (readonly string[])[]>>;
}

/** All files of the folder `lexicon`, by name. */
export type Lexicon = Readonly<Record<LexiconName, readonly Lexeme[]>>;

const folder = new URL("./lexicon/", import.meta.url);

/**
 * Parses one lexicon file.
 * @throws {SyntaxError} naming file, line and rule, where a header, a cell, a form count, a gender or an id is wrong.
 */
export function parseLexemes(text: string, file: string, format: Format): Lexeme[] {
  const header = [...format.columns, ...LANGUAGES].join("\t");
  const lines = text.replace(/\n$/, "").split("\n");
  const fail = (line: number, rule: string): never => {
    throw new SyntaxError(`Cannot read ${file}:${line + 1}: ${rule}`);
  };
  if (lines[0] !== header) fail(0, `the header must be ${JSON.stringify(header)}`);
  const lexemes: Lexeme[] = [];
  const seen = new Set<string>();
  for (let i = 1; i < lines.length; i++) {
    if (lines[i].startsWith("#")) continue;
    const problem = (rule: string) => fail(i, rule);
    const lexeme = parseRow(lines[i].split("\t"), format, problem);
    if (seen.has(lexeme.id)) problem(`the id ${lexeme.id} occurs twice`);
    seen.add(lexeme.id);
    lexemes.push(lexeme);
  }
  return lexemes;
}

function parseRow(cells: string[], format: Format, problem: (rule: string) => never): Lexeme {
  const leading = format.columns.length;
  if (cells.length !== leading + LANGUAGES.length) {
    problem(`a row has ${leading + LANGUAGES.length} cells, found ${cells.length}`);
  }
  const forms = {} as Record<Language, string[][]>;
  LANGUAGES.forEach((language, l) => {
    forms[language] = parseCell(cells[leading + l], language, format, problem);
  });
  if (!/^[a-z][a-z0-9_-]*$/.test(cells[0])) problem(`the id ${cells[0]} must be snake_case`);
  const list = (cell: string | undefined) => new Set((cell ?? "").split(",").filter(Boolean));
  const objects = leading > 2 ? list(cells[2]) : new Set<string>();
  return { id: cells[0], classes: list(cells[1]), objects, forms };
}

function parseCell(
  cell: string,
  language: Language,
  format: Format,
  problem: (rule: string) => never,
): string[][] {
  const counts: readonly number[] = format.forms[language] ?? [1];
  const genders = format.genders?.[language];
  return cell.split(" | ").map((synonym) => {
    const forms = synonym.split("/");
    if (forms.some((form) => form === "" || form !== form.trim())) {
      problem(`${language} has an empty form or a stray space in ${JSON.stringify(cell)}`);
    }
    if (!counts.includes(forms.length)) {
      problem(`${language} needs ${counts.join(" or ")} forms, found ${forms.length}: ${synonym}`);
    }
    if (
      genders && !(genders.includes(" ") ? genders.split(" ") : [...genders]).includes(forms[0])
    ) {
      problem(`${language} gender must be one of ${genders}, found ${forms[0]}`);
    }
    return forms;
  });
}

let cached: Lexicon | undefined;

/** Reads every file of the lexicon, once. */
export function loadLexicon(): Lexicon {
  if (cached) return cached;
  const lexicon = {} as Record<LexiconName, Lexeme[]>;
  for (const name of Object.keys(FORMATS) as LexiconName[]) {
    const file = `${name}.tsv`;
    lexicon[name] = parseLexemes(Deno.readTextFileSync(new URL(file, folder)), file, FORMATS[name]);
  }
  return cached = lexicon;
}
