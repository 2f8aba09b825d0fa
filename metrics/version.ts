/** The name and version that every signature of this package ends with; equal to the version in `deno.json`. */
export const METRICS_VERSION = "mtpress-0.1.0";
