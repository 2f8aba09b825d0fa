/**
 * One check in a process of its own: `child.ts backend wasm`, `child.ts provider webgpu` or `child.ts adapter` prints what it found as a
 * line of JSON. Drivers and libraries of others run here, and a crash of theirs is a finding too.
 * @module
 */
import { openBackend } from "../../inference/backends.ts";
import { parseBackend } from "../../inference/backend_choice.ts";
import { parseDevice } from "../../inference/devices.ts";
import { findAdapter } from "../../inference/webgpu_adapter.ts";
import { checkBackend } from "./backend_check.ts";
import { type Check, type CheckKind, judged } from "./check.ts";
import { checkProvider } from "./provider_check.ts";

async function backendCheck(name: string): Promise<Check> {
  const backend = await openBackend(parseBackend(name)).catch((error: Error) => error);
  if (backend instanceof Error) return missing("backend", name, backend);
  try {
    return judged("backend", name, backend.description, await checkBackend(backend));
  } finally {
    await backend.close();
  }
}

async function providerCheck(name: string): Promise<Check> {
  const folder = await Deno.makeTempDir({ prefix: "mtpress_doctor_" });
  try {
    const { on, measures } = await checkProvider(parseDevice(name), folder);
    return judged("provider", name, on, measures);
  } catch (error) {
    if (error instanceof Error && /no graphics adapter/.test(error.message)) {
      return missing("provider", name, error);
    }
    throw error;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function missing(kind: CheckKind, name: string, { message }: Error): Check {
  return { kind, name, verdict: "missing", measures: [], reason: message };
}

async function found(kind: string, name: string): Promise<unknown> {
  if (kind === "adapter") return (await findAdapter())?.facts ?? null;
  return kind === "backend" ? await backendCheck(name) : await providerCheck(name);
}

const [kind, name] = Deno.args;
const finite = (_: string, value: unknown) => value === Infinity ? Number.MAX_VALUE : value;
console.log(JSON.stringify(await found(kind, name), finite));
Deno.exit(0); // whatever a driver's threads still do
