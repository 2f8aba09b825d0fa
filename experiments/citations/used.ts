/**
 * What a result used, and the works to cite for it.
 * @module
 */
import { type Citation, CITATION_USE, CITATIONS } from "../../data/citations.ts";
import type { Method } from "../../inference/compression/method.ts";
import type { CometLookup } from "../comet_lookup.ts";
import type { MethodRecipe, Recipe, Step } from "../recipe.ts";
import type { ResultRow } from "../row.ts";

/** What a result used, as far as works are behind it. */
export interface ResultUse {
  /** Steps of its method. */
  readonly steps: readonly Step[];
  /** Id of its model. */
  readonly model: string;
  /** Ids of the texts that it was measured and calibrated on. */
  readonly texts: readonly string[];
  /** Names of its metrics. */
  readonly metrics: readonly string[];
}

/** How works are found. */
export interface UsedOptions {
  /** Methods from outside the package; those with a `citation` are cited by it. */
  methods?: readonly Method[];
  /** Whether the results are shown beside the study's, with intervals: then what that rests on is cited too. */
  comparison?: boolean;
}

/** Works to cite. */
export interface UsedWorks {
  /** The works, each once: the study, this package and its runtime, then methods, models, texts and metrics. */
  citations: Citation[];
  /** What was used and has no work in the bibliography, one sentence each. */
  unknown: string[];
}

/** What a row used. */
export function useOfRow(row: ResultRow): ResultUse {
  const { method, model, data, calibration, scores } = row;
  const texts = calibration === null ? [data.id] : [data.id, calibration.id];
  return { steps: method.steps, model: model.id, texts, metrics: Object.keys(scores) };
}

/** What a row used, COMET among it where the row has been scored with it. */
export function useWithComet(row: ResultRow, comet: CometLookup): ResultUse {
  const use = useOfRow(row);
  return comet(row) === undefined ? use : { ...use, metrics: [...use.metrics, "comet"] };
}

/** What a method of a recipe uses on a model. */
export function useOfMethod({ steps }: MethodRecipe, recipe: Recipe, model: string): ResultUse {
  const texts = [recipe.testSet, ...(recipe.calibration ? [recipe.calibration.set] : [])];
  return { steps, model, texts, metrics: ["bleu", "chrf"] };
}

/**
 * The works behind results: the study, this package and its runtime, whose methods were applied, to which model, on which texts,
 * scored by which metrics.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { usedWorks } from "mtpress";
 * const { citations, unknown } = usedWorks([
 *   { steps: [{ kind: "wanda", sparsity: 0.4 }], model: "tiny", texts: ["tiny/test"], metrics: ["chrf"] },
 * ]);
 * deepEqual(citations.map(({ key }) => key).slice(3, 4), ["sun-2024-wanda"]);
 * deepEqual(unknown, []);
 * ```
 */
export function usedWorks(results: readonly ResultUse[], options: UsedOptions = {}): UsedWorks {
  const { methods = [], comparison = false } = options;
  const { always, kinds, models, texts, metrics } = CITATION_USE;
  const own = new Map(methods.flatMap(({ kind, citation }) => citation ? [[kind, citation]] : []));
  const found = new Map<string, Citation>();
  const unknown: string[] = [];
  const cite = (keys: readonly string[]) => keys.forEach((key) => found.set(key, citation(key)));
  const citeOr = (keys: readonly string[] | undefined, sentence: string) =>
    keys === undefined ? unknown.push(sentence) : cite(keys);

  cite(always);
  for (const kind of names(results, ({ steps }) => steps.map((step) => step.kind))) {
    const work = own.get(kind);
    if (work !== undefined) found.set(work.key, work);
    else {
      citeOr(
        entryOf(kinds, kind),
        `Step ${kind} has no citation: its method can bring one in its field "citation"`,
      );
    }
  }
  for (const model of names(results, (result) => [result.model])) {
    citeOr(
      entryOf(models, model.toLowerCase()),
      `Model ${model} is not in the bibliography: cite its source`,
    );
  }
  for (const text of names(results, (result) => result.texts)) {
    const prefix = Object.keys(texts).find((start) => text.startsWith(start)) ?? "";
    citeOr(entryOf(texts, prefix), `Text ${text} is not in the bibliography: cite its source`);
  }
  for (const metric of names(results, (result) => result.metrics)) {
    citeOr(
      entryOf(metrics, metric),
      `Metric ${metric} is not in the bibliography: cite its source`,
    );
  }
  if (comparison) cite(CITATION_USE.comparison);
  return { citations: [...found.values()], unknown };
}

/** The work with a key of the bibliography. */
function citation(key: string): Citation {
  const found = CITATIONS.find((candidate) => candidate.key === key);
  if (found) return found;
  throw new RangeError(`Cannot cite ${key}: it must be a key of the bibliography`);
}

function entryOf<T>(entries: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}

function names(
  results: readonly ResultUse[],
  of: (result: ResultUse) => readonly string[],
): Set<string> {
  return new Set(results.flatMap(of));
}
