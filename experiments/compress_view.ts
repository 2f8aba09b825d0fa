/**
 * What `deno task compress` prints.
 * @module
 */
import { sizeText } from "../data/fetch/size_text.ts";
import type { BackendChoice } from "../inference/backend_choice.ts";
import type { CompressionActivity } from "../inference/compression/compress_options.ts";
import type { CompressionNeeds } from "../inference/compression/needs.ts";
import type { CompressionReport } from "../inference/compression/report.ts";

/** Numbers of operations a second. */
export interface Rates {
  /** Of matrix products, on all threads. */
  readonly products: number;
  /** Of GPTQ, on one thread. */
  readonly gptq: number;
  /** Visits of a weight. */
  readonly weights: number;
}

/** What GPTQ and the visits of weights come to on processors of 2020 and later; products are measured. */
export const USUAL_RATES: Omit<Rates, "products"> = { gptq: 2.5e10, weights: 2e7 };

/** Seconds that a compression is going to take, by its work. */
export function estimatedSeconds(needs: CompressionNeeds, rates: Rates): number {
  return needs.productOperations / rates.products + needs.gptqOperations / rates.gptq +
    needs.weightVisits / rates.weights;
}

/** Seconds as people read them: `"45 s"`, `"12 min"`, `"7.5 h"`. */
export function timeText(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** Takes what happens. */
export interface CompressView {
  /** What it is going to take. */
  needs(needs: CompressionNeeds, seconds: number, free: number): void;
  /** What computes, and why. */
  backend(choice: BackendChoice): void;
  /** What it is doing. */
  activity(activity: CompressionActivity): void;
  /** What should not be missed. */
  notice(sentence: string): void;
  /** What came out. */
  done(report: CompressionReport): void;
}

/** Prints lines of text, or of JSON. */
export function compressView(
  json: boolean,
  print: (line: string) => void,
  now: () => number = () => performance.now() / 1000,
): CompressView {
  const left = timeLeft(now);
  return json ? jsonView(print, left) : textView(print, left);
}

function textView(print: (line: string) => void, left: TimeLeft): CompressView {
  return {
    needs({ outputBytes, statesBytes, states, diskBytes, memoryBytes }, seconds, free) {
      print(`Result: ${sizeText(outputBytes)}`);
      if (statesBytes > 0) {
        print(
          `States of the calibration samples: ${sizeText(statesBytes)}, ${
            states === "disk" ? "on disk" : "in memory"
          }`,
        );
      }
      print(`Disk meanwhile: ${sizeText(diskBytes)}, of ${sizeText(free)} free`);
      print(`Memory: up to ${sizeText(memoryBytes)}`);
      print(`Time: about ${timeText(seconds)}`);
    },
    backend: ({ backend, reason }) => print(`Backend: ${backend}: ${reason}`),
    activity(activity) {
      const seconds = left(activity);
      if (seconds === undefined) return;
      const { layer, layers } = activity;
      print(
        `Layer ${layer} of ${layers}, ${
          seconds === null ? "time left is known after it" : `about ${timeText(seconds)} left`
        }`,
      );
    },
    notice: (sentence) => print(sentence),
    done({ folder, seconds, bytes, sparsity, resumed }) {
      const before = resumed > 0 ? `, ${resumed} layers before that` : "";
      print(`${folder}: ${sizeText(bytes)} in ${timeText(seconds)}${before}`);
      if (sparsity > 0) print(`${(100 * sparsity).toFixed(1)} % of the linear weights are 0`);
    },
  };
}

function jsonView(print: (line: string) => void, left: TimeLeft): CompressView {
  const say = (event: string, facts: object) => print(JSON.stringify({ event, ...facts }));
  return {
    needs: (needs, seconds, free) => say("needs", { ...needs, seconds, freeBytes: free }),
    backend: (choice) => say("backend", choice),
    activity(activity) {
      const secondsLeft = left(activity);
      say("activity", { ...activity, ...(typeof secondsLeft === "number" && { secondsLeft }) });
    },
    notice: (sentence) => say("notice", { sentence }),
    done: (report) => say("done", report),
  };
}

/** Seconds left when a layer begins, `null` when that is not known yet, and `undefined` at other times. */
type TimeLeft = (activity: CompressionActivity) => number | null | undefined;

/** Takes the mean time of the layers that this run has done. */
function timeLeft(now: () => number): TimeLeft {
  let first: { layer: number; at: number } | undefined;
  return ({ layer, layers, activity }) => {
    if (activity !== "read") return undefined;
    first ??= { layer, at: now() };
    const done = layer - first.layer;
    return done === 0 ? null : (now() - first.at) / done * (layers - layer);
  };
}
