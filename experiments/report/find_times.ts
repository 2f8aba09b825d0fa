/**
 * Finding interleaved times of the models that rows measured, without taking any.
 * @module
 */
import { openModel } from "../../inference/compressed/model.ts";
import { compressedFolder } from "../compressed_folder.ts";
import type { ModelTimes } from "../interleaved_time.ts";
import type { ResultRow } from "../row.ts";
import { timesRecords } from "../stored_times.ts";
import { timedIdentity } from "../timed_identity.ts";

/**
 * The newest interleaved times in a results folder whose models are all those of the rows, weight for weight; none when there are
 * no such times.
 *
 * @param rows Rows of one model; each method's compressed form is looked for in the folder.
 */
export async function findTimes(
  folder: string,
  rows: readonly ResultRow[],
): Promise<readonly ModelTimes[]> {
  const identities = new Map<string, Promise<string | undefined>>();
  const identity = (id: string) => {
    if (!identities.has(id)) identities.set(id, rowIdentity(folder, rows, id));
    return identities.get(id)!;
  };
  for (const { device, models } of await timesRecords(folder)) {
    const found = await Promise.all(models.map(({ id }) => identity(id)));
    const same = models.every(({ sha256 }, i) => sha256 === found[i]);
    if (same && device === rows[0]?.device.device) return models;
  }
  return [];
}

/** What would be timed for a method's rows; `undefined` when there are none, or its model is gone. */
async function rowIdentity(
  folder: string,
  rows: readonly ResultRow[],
  id: string,
): Promise<string | undefined> {
  const row = rows.find(({ method }) => method.id === id);
  if (row === undefined) return undefined;
  if (row.compression === null) return timedIdentity(row.model.sha256, 1);
  const compressed = await compressedFolder(folder, row.compression.key);
  if (compressed === undefined) return undefined;
  const model = await openModel(compressed);
  try {
    return timedIdentity(await model.sha256(), 1);
  } finally {
    model.close();
  }
}
