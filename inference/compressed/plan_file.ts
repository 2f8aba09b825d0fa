/**
 * `plan.json`: what a folder is being filled with, so that an interrupted compression is gone on with by the same plan only.
 * @module
 */
import { type JsonObject, type JsonValue, stableJson } from "../json_value.ts";
import { writeWhole } from "../safetensors_writer.ts";
import { isJsonObject, parseStrictJson } from "../strict_json.ts";
import { readIfThere } from "../files.ts";
import { PLAN_FILE } from "./files.ts";

/** Writes a text file, whole or not at all. */
export async function writeText(path: string, text: string): Promise<void> {
  await writeWhole(path, (append) => append(new TextEncoder().encode(text)));
}

/**
 * Claims a folder for a plan: writes the plan into an empty folder, else compares it with the one that is there.
 *
 * @throws {Error} if the folder holds something else, or another plan.
 */
export async function claimFolder(folder: string, plan: JsonObject): Promise<void> {
  const earlier = await readIfThere(`${folder}/${PLAN_FILE}`);
  if (earlier === undefined) {
    for await (const { name } of Deno.readDir(folder)) {
      if (name === `${PLAN_FILE}.partial`) continue;
      throw new Error(
        `Cannot write a compressed model into ${folder}: it holds ${name}, so it must be another folder, or an empty one`,
      );
    }
    return await writeText(`${folder}/${PLAN_FILE}`, stableJson(plan, 2) + "\n");
  }
  const begun = parseStrictJson(earlier, `${folder}/${PLAN_FILE}`);
  const before = isJsonObject(begun) ? begun as JsonObject : {};
  const names = [...new Set([...Object.keys(before), ...Object.keys(plan)])].sort();
  const text = (value: JsonValue | undefined) =>
    value === undefined ? "nothing" : stableJson(value);
  const other = names.find((name) => text(before[name]) !== text(plan[name]));
  if (other !== undefined) {
    throw new Error(
      `Cannot go on with the compressed model in ${folder}: its ${other} must be ${
        text(plan[other])
      }, not ${text(before[other])}`,
    );
  }
}
