/**
 * Contestants written in Python: one process that stays, and is asked and answers in lines of JSON, so that its runs take turns with
 * ours and nobody's start-up is timed.
 * @module
 */
import { fileURLToPath } from "node:url";

/** A running Python script that answers requests; `lines.py` is its side. */
export class PythonProcess implements AsyncDisposable {
  #child: Deno.ChildProcess;
  #writer: WritableStreamDefaultWriter<Uint8Array>;
  #lines: ReadableStreamDefaultReader<string>;
  #script: string;

  private constructor(child: Deno.ChildProcess, script: string) {
    this.#child = child;
    this.#script = script;
    this.#writer = child.stdin.getWriter();
    this.#lines = child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new LineStream()).getReader();
  }

  /**
   * Starts a script beside this module.
   *
   * @param python The interpreter.
   * @param script Name of the script.
   * @param args Its arguments.
   * @returns the process, and what the script says of itself.
   * @throws {Error} If it cannot be started or ends before it says so; what it wrote to standard error is on ours.
   */
  static async start<About>(
    python: string,
    script: string | URL,
    args: readonly string[] = [],
  ): Promise<{ process: PythonProcess; about: About }> {
    const path = fileURLToPath(new URL(script, import.meta.url));
    return await PythonProcess.startProgram(python, ["-B", path, ...args], path);
  }

  /**
   * Starts any program that answers in the same way.
   *
   * @param program The program.
   * @param args Its arguments.
   * @param name What errors call it.
   * @returns as `start()`.
   * @throws {Error} As `start()`.
   */
  static async startProgram<About>(
    program: string,
    args: readonly string[],
    name: string,
  ): Promise<{ process: PythonProcess; about: About }> {
    const child = new Deno.Command(program, {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const process = new PythonProcess(child, name);
    try {
      return { process, about: await process.#reply() as About };
    } catch (error) {
      await process.close();
      throw error;
    }
  }

  /**
   * Asks for something and waits for it. One request at a time.
   *
   * @param name Name of the script's handler.
   * @param arguments_ Its arguments by name.
   * @throws {Error} If the script failed; the message is Python's.
   */
  async ask<Value>(name: string, arguments_: Record<string, unknown> = {}): Promise<Value> {
    const request = JSON.stringify({ name, arguments: arguments_ }) + "\n";
    await this.#writer.write(new TextEncoder().encode(request));
    return await this.#reply() as Value;
  }

  async #reply(): Promise<unknown> {
    const { value: line } = await this.#lines.read();
    if (line === undefined) {
      const { code } = await this.#child.status;
      throw new Error(`Cannot go on with ${this.#script}: it ended with exit code ${code}`);
    }
    const reply = JSON.parse(line) as { value?: unknown; error?: string };
    if (reply.error !== undefined) throw new Error(reply.error);
    return reply.value;
  }

  /** Ends the script's input, and waits for its end. */
  async close(): Promise<void> {
    await this.#writer.close().catch(() => {}); // it may have ended by itself
    await this.#lines.cancel();
    await this.#child.status;
  }

  /** As `close()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Cuts text into lines; an unfinished last line is none. */
class LineStream extends TransformStream<string, string> {
  constructor() {
    let rest = "";
    super({
      transform(text, controller) {
        const lines = (rest + text).split("\n");
        rest = lines.pop()!;
        for (const line of lines) controller.enqueue(line);
      },
    });
  }
}
