/**
 * Fetches a pin in a process of its own: `fetch_program.ts ENDPOINT FOLDER PIN-AS-JSON`.
 * @module
 */
import { fetchPin } from "../../../data/fetch/fetch_pin.ts";
import type { Pin } from "../../../data/pins.ts";

const [endpoint, folder, pin] = Deno.args as [string, string, string];
await fetchPin(JSON.parse(pin) as Pin, {
  endpoint,
  folder: `${folder}/data`,
  lockFile: `${folder}/pins.lock.json`,
  limits: { attempts: 2, firstDelaySeconds: 0.01 },
});
