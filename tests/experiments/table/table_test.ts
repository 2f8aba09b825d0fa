import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { TableContent } from "../../../experiments/table/content.ts";
import { Table } from "../../../experiments/table/table.ts";

const SMALL: TableContent = {
  title: "Scores",
  columns: [
    { heading: "Method", align: "left" },
    { group: "en→x", heading: "BLEU", align: "right" },
    { group: "en→x", heading: "COMET", align: "right" },
    { group: "A long heading", heading: "s", align: "right" },
    { heading: "MiB", align: "right" },
  ],
  rows: [
    [
      { text: "Baseline" },
      { text: "25.96", mark: "best" },
      { text: "–" },
      { text: "3.77", mark: "second" },
      { text: "12860" },
    ],
    [{ text: "GPTQ" }, { text: "5.74", mark: "second" }, { text: "–" }, { text: "15.6" }, {
      text: "3769",
    }],
  ],
  notes: ["First note.", "Second note."],
};

/** A table of one column whose heading and only cell are this text. */
function oneCell(text: string): Table {
  return new Table({
    title: text,
    columns: [{ heading: text, align: "left" }],
    rows: [[{ text }]],
    notes: [text],
  });
}

const SPECIAL = "a|b&c<d>e%f_g→h–i $1 #2 {x} ~y ^z \\w *v* [u] `t` \"s\" 'r'";

describe("Table", () => {
  it("refuses a row with another number of cells than there are columns", () => {
    const make = () => new Table({ ...SMALL, rows: [...SMALL.rows, [{ text: "short" }]] });
    expect(make).toThrow(RangeError);
    expect(make).toThrow("1 cells in row 2: every row must have 5, one per column");
  });

  it("shows itself in a notebook with the faces that its methods give", () => {
    const table = new Table(SMALL);
    const display = (table as unknown as Record<symbol, () => Record<string, string>>)[
      Symbol.for("Jupyter.display")
    ].call(table);
    expect(display).toEqual({
      "text/html": table.toHtml(),
      "text/markdown": table.toMarkdown(),
      "text/plain": table.toText(),
    });
  });

  it("may have no rows and no notes", () => {
    const table = new Table({ ...SMALL, rows: [], notes: [] });
    expect(table.toCsv()).toBe("Method,en→x BLEU,en→x COMET,A long heading s,MiB\n");
    expect(table.toHtml()).toContain("<tbody>\n</tbody>");
    expect(table.toHtml()).not.toContain("tfoot");
    expect(table.toText()).toContain("Method");
    expect(table.toMarkdown()).toContain("| :--- |");
    expect(table.toLatex()).toContain("\\midrule\n\\bottomrule");
  });
});

describe("Table.toLatex()", () => {
  it("leaves the number at the beginning of a title to LaTeX", () => {
    const latex = new Table({ ...SMALL, title: "Table 1: scores" }).toLatex();
    expect(latex).toContain("\\caption{scores}");
  });
});

describe("Table.toText()", () => {
  it("aligns words left and numbers right below centred group headings", () => {
    expect(new Table(SMALL).toText()).toBe(`Scores

              en→x       A long heading
Method      BLEU  COMET               s    MiB
────────  ──────  ─────  ──────────────  ─────
Baseline  25.96*      –           3.77'  12860
GPTQ       5.74'      –            15.6   3769

First note.
Second note.
`);
  });

  it("gives every line of the body the width of the rule, but for blanks at the end", () => {
    const lines = new Table(SMALL).toText().split("\n");
    const rule = lines.findIndex((line) => line.startsWith("─"));
    const width = lines[rule].length;
    for (const line of lines.slice(rule - 1, rule + 3)) expect(line.length).toBe(width);
  });

  it("breaks the cells of a column with a width, and sets its rows apart", () => {
    const table = new Table({
      title: "Claims",
      columns: [{ heading: "Id", align: "left" }, {
        heading: "What is said",
        align: "left",
        width: 10,
      }, { heading: "n", align: "right" }],
      rows: [
        [{ text: "A" }, { text: "one two three four" }, { text: "10", mark: "best" }],
        [{ text: "B" }, { text: "incomprehensible" }, { text: "9" }],
      ],
      notes: [],
    });
    expect(table.toText()).toBe(`Claims

Id  What is             n
    said
──  ────────────────  ───
A   one two           10*
    three four

B   incomprehensible    9
`);
    expect(table.toLatex()).toContain("\\begin{tabular}{lp{0.900\\linewidth}r}");
  });

  it("prints every character as it is", () => {
    expect(oneCell(SPECIAL).toText().split(SPECIAL).length - 1).toBe(4);
  });
});

describe("Table.toCsv()", () => {
  /** A reader of RFC 4180. */
  function readCsv(text: string): string[][] {
    const rows: string[][] = [[]];
    for (
      const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\n)/g)
    ) {
      rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain);
      if (end === "\n") rows.push([]);
    }
    return rows.slice(0, -1);
  }

  it("is read back cell by cell, whatever the cells hold", () => {
    for (const text of [SPECIAL, "a,b", 'say "a"', '"', "", "a\nb", "a\r\nb", " a ", ",", "\r"]) {
      expect(readCsv(oneCell(text).toCsv())).toEqual([[text], [text]]);
    }
  });

  it("joins group headings to column headings and leaves marks out", () => {
    expect(new Table(SMALL).toCsv()).toBe(
      "Method,en→x BLEU,en→x COMET,A long heading s,MiB\n" +
        "Baseline,25.96,–,3.77,12860\nGPTQ,5.74,–,15.6,3769\n",
    );
  });
});

describe("Table.toHtml()", () => {
  it("spans groups, aligns cells, marks the best bold and the second best underlined", () => {
    const html = new Table(SMALL).toHtml();
    expect(html).toContain('<th colspan="2" style="text-align: center">en→x</th>');
    expect(html).toContain('<td style="text-align: left">Baseline</td>');
    expect(html).toContain('<td style="text-align: right"><b>25.96</b></td>');
    expect(html).toContain('<td style="text-align: right"><u>3.77</u></td>');
    expect(html).toContain('<td colspan="5" style="text-align: left">Second note.</td>');
  });

  it("closes every element it opens, and each heading line covers all columns", () => {
    const html = new Table(SMALL).toHtml();
    const open: string[] = [];
    for (const [, close, name] of html.matchAll(/<(\/?)(\w+)[^>]*>/g)) {
      if (close) expect(open.pop()).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
    for (const line of html.split("\n").filter((text) => text.startsWith("<tr>"))) {
      const spans = [...line.matchAll(/<t[hd](?: colspan="(\d+)")?/g)];
      expect(spans.reduce((sum, [, span = "1"]) => sum + Number(span), 0)).toBe(5);
    }
  });

  it("escapes what HTML gives a meaning", () => {
    const html = oneCell(SPECIAL).toHtml();
    const escaped = SPECIAL.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;").replaceAll('"', "&quot;");
    expect(html.split(escaped).length - 1).toBe(4);
    expect(oneCell("<script>alert(1)</script>").toHtml()).not.toContain("<script");
  });
});

describe("Table.toMarkdown()", () => {
  it("is a pipe table with alignments, marks and notes", () => {
    expect(new Table(SMALL).toMarkdown()).toBe(`**Scores**

| Method | en→x BLEU | en→x COMET | A long heading s | MiB |
| :--- | ---: | ---: | ---: | ---: |
| Baseline | **25.96** | – | <u>3.77</u> | 12860 |
| GPTQ | <u>5.74</u> | – | 15.6 | 3769 |

First note.

Second note.
`);
  });

  it("escapes what Markdown gives a meaning, and its cells are read back", () => {
    const markdown = oneCell(SPECIAL).toMarkdown();
    const [, , heading, , cell] = markdown.split("\n");
    for (const line of [heading, cell]) {
      const content = line.slice(2, -2);
      expect(content.replace(/\\[^a-z\d\s]/g, "")).not.toMatch(/[|&<>*_`~$[\]\\]/);
      expect(content.replace(/\\([^a-z\d\s])/g, "$1")).toBe(SPECIAL);
    }
  });
});

describe("Table.toLatex()", () => {
  it("is a booktabs table with rules under its groups", () => {
    expect(new Table(SMALL).toLatex()).toBe(String.raw`% needs \usepackage{booktabs}
\begin{table}
\caption{Scores}
\begin{tabular}{lrrrr}
\toprule
 & \multicolumn{2}{c}{en$\rightarrow$x} & \multicolumn{1}{c}{A long heading} &  \\
\cmidrule(lr){2-3} \cmidrule(lr){4-4}
Method & BLEU & COMET & s & MiB \\
\midrule
Baseline & \textbf{25.96} & -- & \underline{3.77} & 12860 \\
GPTQ & \underline{5.74} & -- & 15.6 & 3769 \\
\bottomrule
\end{tabular}

\smallskip\footnotesize First note.

\smallskip\footnotesize Second note.
\end{table}
`);
  });

  it("leaves no character that LaTeX would read or print as something else", () => {
    const lines = oneCell(SPECIAL).toLatex().split("\n");
    const cell = lines[lines.indexOf("\\midrule") + 1];
    expect(cell).toBe(
      String.raw`a\textbar{}b\&c\textless{}d\textgreater{}e\%f\_g$\rightarrow$h--i \$1 \#2 ` +
        String.raw`\{x\} \textasciitilde{}y \textasciicircum{}z \textbackslash{}w ` +
        "{*}v{*} {[}u] `t` \"s\" 'r' \\\\",
    );
  });

  it("protects a first cell that would be an option of the line end before it", () => {
    for (const text of ["[2pt]", "*"]) {
      const body = oneCell(text).toLatex().split("\\midrule\n")[1];
      expect(body.startsWith("{")).toBe(true);
    }
  });
});
