import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import {
  type Citation,
  CITATION_USE,
  CITATIONS,
  citationsToText,
  type LinearMethod,
  METHODS,
  type ResultUse,
  usedWorks,
  useOfRow,
} from "mtpress";
import { exampleRow } from "../example_rows.ts";

const BASELINE: ResultUse = { steps: [], model: "tiny", texts: ["tiny/test"], metrics: ["bleu"] };

const OWN: Citation = {
  key: "own-2026",
  type: "generic",
  title: "Ours",
  authors: [{ name: "Us" }],
};

const OWN_METHOD: LinearMethod = {
  kind: "halved",
  needs: [],
  citation: OWN,
  compress: ({ weight }) => ({ kind: "dense", ...weight }),
};

function keys(results: readonly ResultUse[], options = {}): string[] {
  return usedWorks(results, options).citations.map(({ key }) => key);
}

describe("the bibliography", () => {
  it("has each key once, and every key that its uses name", () => {
    const known = CITATIONS.map(({ key }) => key);
    expect(new Set(known).size).toBe(known.length);
    const { always, comparison, ...groups } = CITATION_USE;
    const named = [
      ...always,
      ...comparison,
      ...Object.values(groups).flatMap(Object.values).flat(),
    ];
    for (const key of named) expect(known).toContain(key);
    for (const key of known) expect(named).toContain(key);
  });

  it("has a work for each built-in kind of step", () => {
    for (const { kind } of METHODS) expect(CITATION_USE.kinds[kind]?.length).toBeGreaterThan(0);
  });

  it("gives arXiv numbers, DOIs and page ranges their forms", () => {
    for (const { arxiv, doi, pages, url } of CITATIONS) {
      if (arxiv !== undefined) expect(arxiv).toMatch(/^\d{4}\.\d{5}$/);
      if (doi !== undefined) expect(doi).toMatch(/^10\.\d{4,5}\/\S+$/);
      if (pages !== undefined) expect(pages[0]).toBeLessThan(pages[1]);
      if (url !== undefined) expect(url).toMatch(/^https:\/\/\S+$/);
    }
  });
});

describe("usedWorks()", () => {
  it("cites the study, the kit and the runtime for whatever was measured", () => {
    expect(keys([BASELINE]).slice(0, 3)).toEqual([
      "vincenti-2024-compression",
      "mtpress",
      "onnxruntime",
    ]);
  });

  it("cites the works of a row's steps, model, texts and metrics, each once", () => {
    const method = { id: "x", steps: [{ kind: "wanda" }, { kind: "gptq" }, { kind: "rtn" }] };
    const found = keys([useOfRow(exampleRow({ method })), BASELINE]);
    expect(found.slice(3)).toEqual([
      ...["sun-2024-wanda", "frantar-2023-gptq", "mtpress-tiny-model", "mtpress-tiny-corpus"],
      ...["papineni-2002-bleu", "post-2018-sacrebleu", "popovic-2015-chrf"],
    ]);
  });

  it("cites what tables compare with when they do", () => {
    const found = keys([BASELINE], { comparison: true });
    for (const key of CITATION_USE.comparison) expect(found).toContain(key);
  });

  it("cites a method from outside the package by what it brings, before a built-in kind", () => {
    const use = { ...BASELINE, steps: [{ kind: "halved" }] };
    expect(keys([use], { methods: [OWN_METHOD] })).toContain("own-2026");
    expect(usedWorks([use], { methods: [OWN_METHOD] }).unknown).toEqual([]);
  });

  it("names what it has no work for", () => {
    const { unknown } = usedWorks([{
      steps: [{ kind: "halved" }],
      model: "constructor",
      texts: ["mine.tsv"],
      metrics: ["length"],
    }]);
    expect(unknown.map((sentence) => sentence.split(" ").slice(0, 2).join(" "))).toEqual([
      "Step halved",
      "Model constructor",
      "Text mine.tsv",
      "Metric length",
    ]);
  });
});

describe("citationsToText()", () => {
  it("writes one paragraph a work with authors, year, title and where to find it", () => {
    const work = CITATIONS.find(({ key }) => key === "popovic-2015-chrf")!;
    expect(citationsToText([work, OWN])).toBe(
      "Maja Popović (2015). chrF: character n-gram F-score for automatic MT evaluation. Proceedings of the " +
        "Tenth Workshop on Statistical Machine Translation, pages 392–395. " +
        "https://doi.org/10.18653/v1/W15-3049.\n\nUs. Ours.\n",
    );
  });
});
