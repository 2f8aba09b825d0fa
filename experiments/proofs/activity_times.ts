/**
 * The seconds of a compression by what was done in them.
 * @module
 */
import type {
  Activity,
  CompressionActivity,
} from "../../inference/compression/compress_options.ts";

/** Seconds of one layer by activity. */
export type LayerSeconds = Partial<Record<Activity, number>>;

/** Adds up the time from each sign of life to the next. */
export class ActivityTimes {
  readonly #seconds = new Map<number, LayerSeconds>();
  #now: { layer: number; activity: Activity; at: number } | undefined;

  /** Takes a sign of life. */
  tell({ layer, activity }: CompressionActivity): void {
    this.stop();
    this.#now = { layer, activity, at: performance.now() };
  }

  /** Ends the last activity. */
  stop(): void {
    if (this.#now === undefined) return;
    const { layer, activity, at } = this.#now;
    const seconds = this.#seconds.get(layer) ?? {};
    seconds[activity] = (seconds[activity] ?? 0) + (performance.now() - at) / 1000;
    this.#seconds.set(layer, seconds);
    this.#now = undefined;
  }

  /** Seconds of each layer. */
  layers(): LayerSeconds[] {
    return [...this.#seconds.values()];
  }
}

/** What all layers of a model would take. */
export interface Extrapolation {
  /** Mean seconds of a layer by activity, over the layers in which it was done. */
  readonly perLayer: LayerSeconds;
  /** Seconds outside of layers: opening, hashing, embedding, writing the rest. */
  readonly once: number;
  /** Seconds of the whole model. */
  readonly seconds: number;
  /** The arithmetic, to be read. */
  readonly arithmetic: string;
}

/**
 * Extrapolates the seconds of some layers to more. Behind the last layer nothing is taken on, and what belongs to no layer is counted
 * once.
 */
export function extrapolate(
  measured: readonly LayerSeconds[],
  total: number,
  layers: number,
): Extrapolation {
  const mean = (activity: Activity) => {
    const values = measured.flatMap((seconds) => seconds[activity] ?? []);
    return values.length > 0 ? values.reduce((a, b) => a + b) / values.length : undefined;
  };
  const activities: Activity[] = ["read", "gather", "compress", "judge", "write", "advance"];
  const entries = activities.flatMap((activity) => {
    const seconds = mean(activity);
    return seconds === undefined ? [] : [[activity, seconds] as const];
  });
  const inLayers = measured.flatMap((seconds) => Object.values(seconds))
    .reduce((a, b) => a + b, 0);
  const once = Math.max(0, total - inLayers);
  const times = (activity: Activity) => activity === "advance" ? layers - 1 : layers;
  const seconds = entries.reduce((sum, [name, each]) => sum + times(name) * each, once);
  const parts = entries.map(([name, each]) => `${times(name)} x ${each.toFixed(1)} s (${name})`);
  return {
    perLayer: Object.fromEntries(entries),
    once,
    seconds,
    arithmetic: `${[...parts, `${once.toFixed(1)} s (once)`].join(" + ")} = ${
      Math.round(seconds)
    } s = ${(seconds / 3600).toFixed(1)} h`,
  };
}
