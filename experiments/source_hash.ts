/**
 * A hash of the sources that can change a number: a module and everything it imports from this package.
 *
 * A stored result is found again only while this hash is the same, so that editing a kernel recomputes the rows it
 * can change and no others.
 * @module
 */
import { canonicalJson, sha256 } from "./canonical_json.ts";

/**
 * Comments, regular expressions and template literals, which can hold text that looks like an import, and plain
 * strings, whose text can look like a comment.
 */
const OPAQUE =
  /\/\*[^]*?\*\/|\/\/.*|(?<=(?:[=(,:;!&|?{[+>]|\breturn)\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/|`(?:\\[^]|[^`\\])*`|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g;

/** `import "./a.ts"`, `import … from "./a.ts"`, `export … from "./a.ts"`, with `type` or without. */
const STATIC =
  /(?<![\w$.])(?:import|export)\s*(type\b(?!\s+from\b)(?!\s*,))?(?:(?:(?!\b(?:import|export)\b)[\w$\s{},*])*?\bfrom)?\s*["'](\.{1,2}\/[^"']+)["']/g;

/** `import("./a.ts")`. */
const DYNAMIC = /(?<![\w$.])import\s*\(\s*["'](\.{1,2}\/[^"']+)["']/g;

/** Reads a module's bytes. */
export type ReadModule = (url: URL) => Promise<Uint8Array>;

/**
 * The modules that `entries` reach through relative imports, themselves included, sorted by address. Imports of types
 * alone are not followed: they cannot change a number. Packages are not followed: their versions are part of the key.
 */
export async function reachableModules(
  entries: readonly URL[],
  read: ReadModule = readModule,
): Promise<Map<string, Uint8Array>> {
  const modules = new Map<string, Uint8Array>();
  const waiting = entries.map((entry) => entry.href);
  for (let href = waiting.pop(); href !== undefined; href = waiting.pop()) {
    if (modules.has(href)) continue;
    const url = new URL(href);
    const bytes = await read(url);
    modules.set(href, bytes);
    if (!/\.[cm]?[jt]s$/.test(url.pathname)) continue;
    for (const specifier of relativeImports(new TextDecoder().decode(bytes))) {
      waiting.push(new URL(specifier, url).href);
    }
  }
  return new Map([...modules].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The relative addresses that a module imports or exports from, in its order; those of types alone are left out.
 */
function relativeImports(text: string): string[] {
  const code = text.replace(OPAQUE, (part) => /^["']/.test(part) ? part : " ");
  const values = [...code.matchAll(STATIC)].filter(([, onlyTypes]) => onlyTypes === undefined);
  return [
    ...values.map(([, , specifier]) => specifier!),
    ...[...code.matchAll(DYNAMIC)].map(([, specifier]) => specifier!),
  ];
}

/**
 * SHA-256 over the names and bytes of all modules that `entries` reach. Names are relative to `root`, so that two
 * checkouts of the same sources agree.
 */
export async function sourceHash(
  entries: readonly URL[],
  root: URL,
  read: ReadModule = readModule,
): Promise<string> {
  const modules = await reachableModules(entries, read);
  const lines = [...modules].map(([href, bytes]) => {
    const name = href.startsWith(root.href) ? href.slice(root.href.length) : href;
    return [name, sha256(bytes)];
  });
  return sha256(canonicalJson(lines));
}

async function readModule(url: URL): Promise<Uint8Array> {
  if (url.protocol === "file:") return await Deno.readFile(url);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`Cannot read ${url}: HTTP status ${response.status}`);
  return await response.bytes();
}
