/**
 * Finds the compressed model of a result by the id of its method.
 * @module
 */
import { openCheckpoint } from "../inference/checkpoint.ts";
import { parseRecord, RECORD_FILE } from "../inference/compressed/record.ts";
import type { ModelChoice } from "./model.ts";

/** The folders of `results/models` that are named after the method, with the time at which each was finished. */
async function candidates(folder: string, id: string): Promise<{ path: string; time: number }[]> {
  const found: { path: string; time: number }[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (name.slice(0, -17) !== id || !/-[0-9a-f]{16}$/.test(name)) continue;
      const path = `${folder}/${name}`;
      const record = await Deno.stat(`${path}/${RECORD_FILE}`).catch(() => undefined);
      if (record) found.push({ path, time: record.mtime?.getTime() ?? 0 });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.sort((a, b) => b.time - a.time);
}

/**
 * The folder of the newest compressed model of a method, made from a given model.
 *
 * @param results The results folder; compressed models lie in `models`, named by the method's id and a key.
 * @param id The method's id, such as `"gptq-4"`; `"baseline"` is the model itself.
 * @param model The model that was compressed.
 * @throws {RangeError} If there is none; the message says how to make it.
 */
export async function storedResult(
  results: string,
  id: string,
  model: ModelChoice,
): Promise<string> {
  if (id === "baseline" || id === "none") return model.folder;
  const source = await openCheckpoint(model.folder);
  const weightsSha256 = await source.sha256().finally(() => source.close());
  for (const { path } of await candidates(`${results}/models`, id)) {
    const file = `${path}/${RECORD_FILE}`;
    const record = parseRecord(await Deno.readTextFile(file), file);
    if (record.source.weightsSha256 === weightsSha256) return path;
  }
  throw new RangeError(
    `Cannot export ${id} of ${model.id}: ${results}/models holds no compressed model of it; ` +
      `run deno task reproduce --only ${id} first, or give the path of a model's folder`,
  );
}
