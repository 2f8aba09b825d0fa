/**
 * What a run reports while it works, and how a terminal or a log shows it.
 * @module
 */
import process from "node:process";
import { Presets, SingleBar } from "cli-progress";

/** A sign of life of a run. */
export interface Progress {
  /** What is being worked on, such as `"gptq-4 en-de"`, or `"gptq-4"` while the model is compressed. */
  unit: string;
  /** What is counted: a unit's sentences, or a model's decoder layers. */
  what: "sentences" | "layers";
  /** How many of them are done. */
  done: number;
  /** How many there are. */
  total: number;
  /** Units that are done, found or computed. */
  unitsDone: number;
  /** Units of the run. */
  units: number;
  /** Whether this unit's result was found in the store. */
  stored: boolean;
}

/** Shows progress until it is closed. */
export interface ProgressView {
  /** Takes the next report. */
  show(progress: Progress): void;
  /** Ends the display. */
  close(): void;
}

/**
 * A bar with an estimate of the time left on a terminal, a line per finished unit otherwise.
 *
 * @param terminal Whether to draw a bar.
 * @param print Takes the lines, when there is no terminal.
 * @param stream The terminal. Default: standard error.
 */
export function progressView(
  terminal: boolean,
  print: (line: string) => void,
  stream: NodeJS.WritableStream = process.stderr,
): ProgressView {
  return terminal ? barView(stream) : lineView(print);
}

/** Milliseconds without a line after which a long unit says how far it is. */
const QUIET = 60_000;

function lineView(print: (line: string) => void): ProgressView {
  const started = performance.now();
  const begun = { unit: "", at: started };
  let said = started;
  let compressed = false; // just now, so that the next unit has begun
  let computed = 0;
  return {
    show({ unit, what, done, total, unitsDone, units, stored }) {
      const now = performance.now();
      if (begun.unit !== unit) Object.assign(begun, { unit, at: compressed ? begun.at : now });
      compressed = false;
      if (done < total) {
        if (done === 0 || now - said < QUIET) return;
        said = now;
        const rest = Math.round((now - begun.at) / 1000 / done * (total - done));
        return print(`${unit}: ${done} of ${total} ${what}, about ${rest} s left of them`);
      }
      said = now;
      if (stored) return print(`[${unitsDone}/${units}] ${unit}: found in the results folder`);
      const own = `${total} ${what} in ${((now - begun.at) / 1000).toFixed(1)} s`;
      if (what === "layers") {
        begun.at = now;
        compressed = true;
        return print(`[${unitsDone}/${units}] ${unit}: compressed ${own}`);
      }
      computed++;
      const left = Math.round((now - started) / 1000 / computed * (units - unitsDone));
      print(`[${unitsDone}/${units}] ${unit}: ${own}, about ${left} s left`);
    },
    close() {},
  };
}

function barView(stream: NodeJS.WritableStream): ProgressView {
  const bar = new SingleBar({
    format: "{unit} {bar} {percentage} % | {finished}/{units} | about {eta_formatted} left",
    barsize: 20,
    stream,
    // The bar leaves no trace in the terminal's state, so that an interrupt can end the program as it is.
    hideCursor: false,
    linewrap: true,
    gracefulExit: false,
  }, Presets.shades_classic);
  let started = false;
  return {
    show({ unit, what, done, total, unitsDone, units }) {
      const part = what === "sentences" && done < total;
      const value = part ? Math.min(unitsDone, units - 1) + done / total : unitsDone;
      const payload = { unit: unit.padEnd(24), finished: unitsDone, units };
      if (started) return bar.update(value, payload);
      bar.start(units, value, payload);
      started = true;
    },
    close() {
      if (started) bar.stop();
      started = false;
    },
  };
}
