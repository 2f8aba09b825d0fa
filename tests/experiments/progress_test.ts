import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { Writable } from "node:stream";
import { type Progress, progressView } from "../../experiments/progress.ts";

/** Reports of a run of three units of four sentences; the second was stored. */
const REPORTS: Progress[] = [0, 1, 2].flatMap((index) =>
  (index === 1 ? [4] : [0, 2, 3, 4]).map((done) => ({
    unit: `baseline ${["en-de", "en-zh", "de-en"][index]}`,
    what: "sentences",
    done,
    total: 4,
    unitsDone: index + Number(done === 4),
    units: 3,
    stored: index === 1,
  }))
);

/** A stream that says it is a terminal and keeps what is written. */
class FakeTerminal extends Writable {
  readonly isTTY = true;
  readonly columns = 80;
  written = "";
  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.written += new TextDecoder().decode(chunk);
    done();
  }
}

describe("progressView()", () => {
  it("prints one plain line per finished unit without a terminal", () => {
    const lines: string[] = [];
    const view = progressView(false, (line) => lines.push(line));
    REPORTS.forEach((report) => view.show(report));
    view.close();
    expect(
      lines.map((line) =>
        line.replace(/about \d+ s/, "about N s").replace(/in [\d.]+ s/, "in T s")
      ),
    ).toEqual([
      "[1/3] baseline en-de: 4 sentences in T s, about N s left",
      "[2/3] baseline en-zh: found in the results folder",
      "[3/3] baseline de-en: 4 sentences in T s, about N s left",
    ]);
    expect(lines[2]).toContain("about 0 s left");
    // deno-lint-ignore no-control-regex
    expect(lines.join("")).not.toMatch(/[\r\x1b]/);
  });

  it("says once a minute how far a long unit is", () => {
    const lines: string[] = [];
    const real = performance.now;
    let seconds = 0;
    performance.now = () => 1000 * seconds;
    try {
      const view = progressView(false, (line) => lines.push(line));
      const common = { unit: "gptq-4", what: "layers", total: 32, unitsDone: 0 } as const;
      for (const [at, done] of [[0, 0], [30, 0], [300, 1], [310, 1], [600, 2], [9600, 32]]) {
        seconds = at;
        view.show({ ...common, done, units: 1, stored: false });
      }
    } finally {
      performance.now = real;
    }
    expect(lines).toEqual([
      "gptq-4: 1 of 32 layers, about 9300 s left of them",
      "gptq-4: 2 of 32 layers, about 9000 s left of them",
      "[0/1] gptq-4: compressed 32 layers in 9600.0 s",
    ]);
  });

  it("counts the time of a unit behind a compression from the compression's end", async () => {
    const lines: string[] = [];
    const view = progressView(false, (line) => lines.push(line));
    const common = { total: 2, unitsDone: 0, units: 1, stored: false } as const;
    view.show({ ...common, unit: "nf4 en-de", what: "sentences", done: 0 });
    view.show({ ...common, unit: "nf4", what: "layers", done: 2 });
    await new Promise((resolve) => setTimeout(resolve, 150)); // translates a first batch
    view.show({ ...common, unit: "nf4 en-de", what: "sentences", done: 1 });
    view.show({ ...common, unit: "nf4 en-de", what: "sentences", done: 2, unitsDone: 1 });
    expect(lines[0]).toBe("[0/1] nf4: compressed 2 layers in 0.0 s");
    expect(Number(/in ([\d.]+) s/.exec(lines[1])![1])).toBeGreaterThan(0);
  });

  it("draws a bar with the time left on a terminal 80 columns wide, and prints no lines", () => {
    const lines: string[] = [];
    const terminal = new FakeTerminal();
    const view = progressView(true, (line) => lines.push(line), terminal);
    REPORTS.forEach((report) => view.show(report));
    view.close();
    expect(lines).toEqual([]);
    expect(terminal.written).toMatch(/baseline de-en .*100 % \| 3\/3 \| about \d+s left/);
  });

  it("leaves the terminal's cursor and the interrupt key alone", () => {
    const terminal = new FakeTerminal();
    const view = progressView(true, () => {}, terminal);
    view.show(REPORTS[0]);
    expect(terminal.written).not.toContain("\x1b[?25l");
    expect(terminal.written).not.toContain("\x1b[?7l");
    view.close();
  });

  it("can be closed twice, and before it has shown anything", () => {
    for (const terminal of [true, false]) {
      const stream = new FakeTerminal();
      const view = progressView(terminal, () => {}, stream);
      view.close();
      expect(stream.written).toBe("");
      view.show(REPORTS[0]);
      view.close();
      const { written } = stream;
      view.close();
      expect(stream.written).toBe(written);
    }
  });
});
