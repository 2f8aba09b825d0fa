/**
 * Answers requests with replies, one JSON value a line, until the input ends: what `lines.py` is for programs in Python.
 * @module
 */

/** What answers a request, by its name. */
export type Handlers = Readonly<
  Record<string, (given: Record<string, unknown>) => unknown | Promise<unknown>>
>;

/** Says what the program is, then answers each request with what the handler of its name gives for its arguments. */
export async function answerLines(about: unknown, handlers: Handlers): Promise<void> {
  const write = (answer: unknown) => console.log(JSON.stringify(answer));
  write({ value: about });
  let rest = "";
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const request = JSON.parse(line) as { name: string; arguments: Record<string, unknown> };
      try {
        write({ value: await handlers[request.name](request.arguments) });
      } catch (error) {
        write({ error: String(error) });
      }
    }
  }
}
