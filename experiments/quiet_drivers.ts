/**
 * What graphics drivers say when they are looked for.
 * @module
 */
import { tmpdir } from "node:os";

/**
 * Keeps Linux's drivers from complaining that there is no desktop: they look for one below `XDG_RUNTIME_DIR`, and print two lines of errors
 * where that is not set. It must run before the first adapter is asked for.
 */
export function quietDrivers(): void {
  const variable = "XDG_RUNTIME_DIR";
  if (Deno.build.os === "linux" && !Deno.env.get(variable)) Deno.env.set(variable, tmpdir());
}
