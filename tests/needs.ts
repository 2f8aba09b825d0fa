/**
 * Tests that need something a machine may lack. Such a test says in its name what it needs, and shows as ignored, never
 * as passed, where that is missing.
 * @module
 */
import { it } from "@std/testing/bdd";
import { sharedMissing } from "./shared.ts";

/** Something a machine may lack. */
export interface Need {
  /** What it is, to be read after "needs". */
  readonly what: string;
  /** Whether this machine lacks it. */
  readonly missing: boolean;
}

/** The shared reference data. */
export const SHARED: Need = {
  what: "the shared reference data",
  missing: sharedMissing !== false,
};

/** The `jupyter` command. */
export const JUPYTER: Need = { what: "jupyter", missing: !runs("jupyter", "--version") };

/** Declares a test that is ignored where its need is missing. */
export function itNeeds(need: Need, name: string, test: () => void | Promise<void>): void {
  it(`${name} [needs ${need.what}]`, { skip: need.missing }, test);
}

function runs(command: string, ...args: string[]): boolean {
  try {
    return new Deno.Command(command, { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}
