/**
 * What claims are judged by: everything that was measured or computed, in the form that the checks ask for.
 * @module
 */
import type { ModelTimes } from "../interleaved_time.ts";
import type { MethodBleu } from "./bleu_samples.ts";

/** The bytes of ALMA-7B's weights under one method, by arithmetic from its config. */
export interface MethodMemory {
  /** As this package stores them. */
  readonly stored: number;
  /** As the libraries that the study ran hold them in memory. */
  readonly library: number;
}

/** What claims are judged by; a method that a part lacks was not measured completely. Keys are method ids. */
export interface ClaimEvidence {
  /** Id of the model that was measured. */
  readonly model: string;
  /** BLEU with its resamples. */
  readonly bleu: ReadonlyMap<string, MethodBleu>;
  /** Perplexity of the reference translations, one number a direction, in the same order for every method. */
  readonly perplexity: ReadonlyMap<string, readonly number[]>;
  /** Share of the linear layers' weights that are 0. */
  readonly sparsity: ReadonlyMap<string, number>;
  /** Bytes of ALMA-7B. */
  readonly memory: ReadonlyMap<string, MethodMemory>;
  /** Seconds per token of interleaved runs, one number a round. */
  readonly times: ReadonlyMap<string, ModelTimes>;
}

/** The parts of the evidence that hold one entry a method. */
export type EvidencePart = Exclude<keyof ClaimEvidence, "model">;

/** The methods that a check looks at, in each part of the evidence. */
export type ClaimNeeds = Partial<Readonly<Record<EvidencePart, readonly string[]>>>;

const NAMES: Readonly<Record<EvidencePart, string>> = {
  bleu: "complete BLEU scores",
  perplexity: "complete perplexities",
  sparsity: "measured sparsity",
  memory: "bytes by arithmetic",
  times: "repeated interleaved times",
};

/** What the evidence lacks of a check's needs, in words; empty when it lacks nothing. */
export function lacking(evidence: ClaimEvidence, needs: ClaimNeeds): string {
  const lacks = (Object.keys(NAMES) as EvidencePart[]).flatMap((part) => {
    const absent = (needs[part] ?? []).filter((method) => !evidence[part].has(method));
    return absent.length === 0 ? [] : [`no ${NAMES[part]} of ${absent.join(", ")}`];
  });
  return [...lacks, ...mixedSettings(evidence, needs)].join("; ");
}

function mixedSettings({ bleu }: ClaimEvidence, { bleu: methods = [] }: ClaimNeeds): string[] {
  const settings = new Set(methods.flatMap((method) => bleu.get(method)?.setting ?? []));
  return settings.size > 1
    ? [`${methods.join(", ")} were measured on different sentences or decoded differently`]
    : [];
}
