/**
 * On which backend a run compresses: one that was asked for, the reference's, or the machine's.
 * @module
 */
import { type BackendChoice, chooseBackend, parseBackend } from "../inference/backend_choice.ts";
import type { BackendName } from "../kernels/backend.ts";
import type { ModelChoice } from "./model.ts";
import { quietDrivers } from "./quiet_drivers.ts";
import { loadReference, type Reference } from "./reference.ts";

/**
 * The backend of a run, by rules alone, and why: what was asked for; else, for the embedded model, whose rows are compared with the
 * committed reference, the backend that the reference's rows record; else `chooseBackend()`.
 *
 * @throws {RangeError} if the reference's rows record none or several.
 */
export async function runBackend(
  { id }: Pick<ModelChoice, "id">,
  asked?: BackendName,
): Promise<BackendChoice> {
  if (asked) return { backend: asked, reason: "it was asked for" };
  if (id !== "tiny") {
    quietDrivers();
    return await chooseBackend();
  }
  const backend = recordedBackend(await loadReference());
  return { backend, reason: "the committed reference was computed on it" };
}

/**
 * The backend that all compressed rows of a reference record.
 *
 * @throws {RangeError} if they record none or several.
 */
export function recordedBackend({ rows }: Pick<Reference, "rows">): BackendName {
  const recorded = new Set(rows.flatMap(({ compression }) => compression?.backend ?? []));
  const [backend] = recorded;
  if (recorded.size === 1) return parseBackend(backend);
  throw new RangeError(
    `Cannot take the reference's backend: its rows record ${
      [...recorded].join(" and ") || "none"
    }, ` +
      "and it must be one",
  );
}
