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
export const JUPYTER: Need = { what: "jupyter", missing: commandPath("jupyter") === undefined };

/** The `python3` command. */
export const PYTHON: Need = { what: "python3", missing: commandPath("python3") === undefined };

/** Path of the `chromium` command, where there is one. */
export const CHROMIUM_PATH: string | undefined = commandPath("chromium");

/** The `chromium` command. */
export const CHROMIUM: Need = { what: "chromium", missing: CHROMIUM_PATH === undefined };

/** Linux. */
export const LINUX: Need = { what: "Linux", missing: Deno.build.os !== "linux" };

/** Declares a test that is ignored where its need is missing. */
export function itNeeds(need: Need, name: string, test: () => void | Promise<void>): void {
  it(`${name} [needs ${need.what}]`, { skip: need.missing }, test);
}

function commandPath(command: string): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(delimiter);
  return folders.map((folder) => join(folder, command)).find((path) => existsSync(path));
}
