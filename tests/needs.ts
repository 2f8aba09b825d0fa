/**
 * Tests that need something a machine may lack. Such a test says in its name what it needs, and shows as ignored, never
 * as passed, where that is missing.
 * @module
 */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
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
export const JUPYTER: Need = { what: "jupyter", missing: !onPath("jupyter") };

/** Linux. */
export const LINUX: Need = { what: "Linux", missing: Deno.build.os !== "linux" };

/** Declares a test that is ignored where its need is missing. */
export function itNeeds(need: Need, name: string, test: () => void | Promise<void>): void {
  it(`${name} [needs ${need.what}]`, { skip: need.missing }, test);
}

function onPath(command: string): boolean {
  const folders = (Deno.env.get("PATH") ?? "").split(delimiter);
  return folders.some((folder) => existsSync(join(folder, command)));
}
