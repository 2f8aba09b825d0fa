/**
 * The strict reader of `pins.json`: a pin decides what is downloaded and where it is written, so nothing in it is taken on trust.
 * @module
 */
import type { Pin, PinnedFile } from "./pins.ts";

const PIN_KEYS = ["id", "short", "kind", "revision", "licence", "citation", "note", "files"];
const FILE_KEYS = ["path", "bytes", "roughBytes", "sha256", "optional"];

/**
 * Reads pins.
 *
 * @param value What `pins.json` holds.
 * @throws {SyntaxError} If anything is missing, of the wrong kind, or not known; the message says where.
 */
export function parsePins(value: unknown): { hub: string; pins: readonly Pin[] } {
  const { hub, pins } = record(value, "the file", ["hub", "pins"]);
  if (typeof hub !== "string" || !/^https:\/\/[a-z0-9.-]+$/.test(hub)) {
    fail("hub", "it must be an https address without a path");
  }
  if (!Array.isArray(pins)) fail("pins", "it must be a list");
  const read = pins.map((pin, index) => parsePin(pin, `pins[${index}]`));
  unique(read.flatMap(({ id, short }) => [id, short]), "pins");
  return { hub, pins: read };
}

function parsePin(value: unknown, where: string): Pin {
  const pin = record(value, where, PIN_KEYS);
  if (!Array.isArray(pin.files) || pin.files.length === 0) {
    fail(`${where}.files`, "it must be a list with at least one file");
  }
  const files = pin.files.map((file, index) => parseFile(file, `${where}.files[${index}]`));
  unique(files.map(({ path }) => path), `${where}.files`);
  return {
    id: text(pin.id, `${where}.id`, /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/, "owner/name"),
    short: text(pin.short, `${where}.short`, /^[a-z0-9][a-z0-9-]*$/, "small letters and hyphens"),
    kind: text(pin.kind, `${where}.kind`, /^(model|dataset)$/, "model or dataset") as Pin["kind"],
    revision: text(pin.revision, `${where}.revision`, /^[0-9a-f]{40}$/, "40 hexadecimal digits"),
    licence: text(pin.licence, `${where}.licence`, /./, "some text"),
    citation: text(pin.citation, `${where}.citation`, /^[a-z0-9-]+$/, "the key of a citation"),
    ...pin.note === undefined ? {} : { note: text(pin.note, `${where}.note`, /./, "some text") },
    files,
  };
}

function parseFile(value: unknown, where: string): PinnedFile {
  const file = record(value, where, FILE_KEYS);
  const path = text(file.path, `${where}.path`, /^[\w.-]+(\/[\w.-]+)*$/, "a path with slashes");
  if (path.split("/").some((part) => part.startsWith(".") || part.endsWith(".part"))) {
    fail(`${where}.path`, `no part of ${path} may begin with a dot or end in .part`);
  }
  if (file.bytes !== undefined && file.roughBytes !== undefined) {
    fail(where, "bytes and roughBytes exclude each other");
  }
  if (file.optional !== undefined && typeof file.optional !== "boolean") {
    fail(`${where}.optional`, "it must be true or false");
  }
  return {
    path,
    ...file.bytes === undefined ? {} : { bytes: count(file.bytes, `${where}.bytes`) },
    ...file.roughBytes === undefined
      ? {}
      : { roughBytes: count(file.roughBytes, `${where}.roughBytes`) },
    ...file.sha256 === undefined
      ? {}
      : { sha256: text(file.sha256, `${where}.sha256`, /^[0-9a-f]{64}$/, "64 hexadecimal digits") },
    ...file.optional ? { optional: true } : {},
  };
}

function record(value: unknown, where: string, keys: readonly string[]): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    fail(where, "it must be an object");
  }
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) fail(where, `${unknown} is not one of ${keys.join(", ")}`);
  return value as Record<string, unknown>;
}

function text(value: unknown, where: string, form: RegExp, rule: string): string {
  if (typeof value !== "string" || !form.test(value)) {
    fail(where, `${JSON.stringify(value) ?? "nothing"} must be ${rule}`);
  }
  return value;
}

function count(value: unknown, where: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 1) {
    fail(where, `${JSON.stringify(value)} must be a whole number above 0`);
  }
  return value as number;
}

function unique(values: readonly string[], where: string): void {
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) fail(where, `${twice} appears twice`);
}

function fail(where: string, rule: string): never {
  throw new SyntaxError(`Cannot read the pins at ${where}: ${rule}`);
}
