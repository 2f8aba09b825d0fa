/**
 * Memory of this process, as the operating system counts it.
 * @module
 */

/** Resident memory in bytes: now, and the most so far. */
export interface ResidentMemory {
  /** Now: pages of the process itself and of files it has mapped. */
  readonly now: number;
  /** Of these, pages of mapped files, which the system may take back at any time. */
  readonly files: number;
  /** The most so far. */
  readonly peak: number;
}

/**
 * Reads `/proc/self/status`.
 *
 * @throws {Error} On systems other than Linux, where nothing tells the peak.
 */
export async function residentMemory(): Promise<ResidentMemory> {
  if (Deno.build.os !== "linux") {
    throw new Error(`Cannot read the peak memory on ${Deno.build.os}: it is read on Linux only`);
  }
  const status = await Deno.readTextFile("/proc/self/status");
  const bytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) * 1024;
  return { now: bytes("VmRSS"), files: bytes("RssFile"), peak: bytes("VmHWM") };
}
