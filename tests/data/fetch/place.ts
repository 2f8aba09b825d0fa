/**
 * A folder for one test, and a download into it with little patience.
 * @module
 */
import { fetchPin } from "../../../data/fetch/fetch_pin.ts";
import type { FetchEvent, FetchOptions } from "../../../data/fetch/options.ts";
import type { Pin } from "../../../data/pins.ts";
import { REVISION } from "./hub.ts";

/** A folder for one test. */
export class Place implements Disposable {
  readonly folder: string = Deno.makeTempDirSync();
  readonly lockFile = `${this.folder}/pins.lock.json`;
  /** The folder of `examplePin()`. */
  readonly home = `${this.folder}/data/model/${REVISION}`;
  readonly events: FetchEvent[] = [];

  /** Fetches a pin into the folder. */
  fetch(pin: Pin, endpoint: string, options: FetchOptions = {}): ReturnType<typeof fetchPin> {
    return fetchPin(pin, {
      endpoint,
      folder: `${this.folder}/data`,
      lockFile: this.lockFile,
      limits: {
        stallSeconds: 0.3,
        attempts: 3,
        firstDelaySeconds: 0.01,
        longestDelaySeconds: 0.02,
        longestWaitSeconds: 2,
      },
      onEvent: (event) => this.events.push(event),
      ...options,
    });
  }

  /** Names of all files below the pin's folder, the records of verifications aside. */
  files(folder: string = this.home): string[] {
    try {
      return [...Deno.readDirSync(folder)].filter(({ name }) => name !== ".verified").flatMap(
        ({ name, isDirectory }) =>
          isDirectory ? this.files(`${folder}/${name}`).map((file) => `${name}/${file}`) : [name],
      ).sort();
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }

  /** Bytes of a file of the pin. */
  read(name: string): Uint8Array {
    return Deno.readFileSync(`${this.home}/${name}`);
  }

  /** Reasons of further attempts. */
  retries(): string[] {
    return this.events.flatMap((event) => event.event === "retry" ? [event.reason] : []);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}
