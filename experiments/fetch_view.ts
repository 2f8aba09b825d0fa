/**
 * How a terminal, a log or a machine is shown how far a download is.
 * @module
 */
import process from "node:process";
import { Presets, SingleBar } from "cli-progress";
import { sizeText } from "../data/fetch/size_text.ts";
import type { FetchEvent } from "../data/fetch/options.ts";

/** Shows a download until it is closed. */
export interface FetchView {
  /** Takes the next sign of life. */
  show(event: FetchEvent): void;
  /** Ends the display. */
  close(): void;
}

/** Milliseconds between two reports of the bytes of one file. */
const PERIOD = { terminal: 200, log: 10_000, json: 1000 };

/**
 * A bar per file on a terminal, otherwise a line for each file and one every ten seconds of a long one; or JSON lines.
 *
 * @param form What to show.
 * @param print Takes the lines.
 * @param stream The terminal. Default: standard error.
 */
export function fetchView(
  form: "terminal" | "log" | "json",
  print: (line: string) => void,
  stream: NodeJS.WritableStream = process.stderr,
): FetchView {
  const due = pacer(PERIOD[form]);
  if (form === "json") {
    return { show: (event) => due(event) && print(JSON.stringify(event)), close() {} };
  }
  if (form === "log") return { show: (event) => due(event) && print(line(event)), close() {} };
  return barView(print, stream, due);
}

/** Whether an event is to be shown: all are, except bytes that follow others of the same file too soon. */
function pacer(period: number): (event: FetchEvent) => boolean {
  const last = { file: "", at: 0 };
  return (event) => {
    if (event.event !== "bytes") return true;
    const file = `${event.id} ${event.path}`, now = performance.now();
    if (file === last.file && now - last.at < period) return false;
    Object.assign(last, { file, at: now });
    return true;
  };
}

function line(event: FetchEvent): string {
  const file = `${event.id} ${event.path}`;
  if (event.event === "bytes") {
    const total = event.total === undefined ? "" : ` of ${sizeText(event.total)}`;
    return `${file}: ${sizeText(event.bytes)}${total}`;
  }
  if (event.event === "retry") {
    return `${file}: ${event.reason}; next attempt in ${event.seconds.toFixed(0)} s`;
  }
  if (event.event === "replace") return `${file}: ${event.reason}; it is fetched anew`;
  return `${file}: ${event.how}, verified, ${sizeText(event.bytes)}`;
}

function barView(
  print: (line: string) => void,
  stream: NodeJS.WritableStream,
  due: (event: FetchEvent) => boolean,
): FetchView {
  let bar: SingleBar | undefined, file = "";
  const close = () => {
    bar?.stop();
    bar = undefined;
  };
  return {
    show(event) {
      if (event.event !== "bytes") {
        close();
        print(line(event));
        return;
      }
      if (!due(event)) return;
      const { bytes, total } = event;
      const payload = { done: sizeText(bytes), size: total === undefined ? "?" : sizeText(total) };
      if (bar === undefined || file !== `${event.id} ${event.path}`) {
        close();
        bar = newBar(event.path, stream);
        bar.start(total ?? bytes, bytes, payload);
        file = `${event.id} ${event.path}`;
      } else {
        bar.setTotal(Math.max(total ?? 0, bytes));
        bar.update(bytes, payload);
      }
    },
    close,
  };
}

function newBar(path: string, stream: NodeJS.WritableStream): SingleBar {
  return new SingleBar({
    format: `${
      path.split("/").at(-1)
    } {bar} {percentage} % | {done} of {size} | {eta_formatted} left`,
    barsize: 20,
    stream,
    etaBuffer: 100,
    clearOnComplete: true,
    // The bar leaves no trace in the terminal's state, so that an interrupt can end the program as it is.
    hideCursor: false,
    linewrap: true,
    gracefulExit: false,
  }, Presets.shades_classic);
}
