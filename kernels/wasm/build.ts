/**
 * Compiles the kernels of `assembly/` to WebAssembly, twice: with relaxed SIMD's fused multiply-add and without.
 * `deno task wasm` writes both as modules of base64 text, which import without a permission wherever the package comes from.
 * @module
 */
import asc from "assemblyscript/asc";

/** The builds, by the file that holds their bytes. */
export const BUILDS: Readonly<Record<string, readonly string[]>> = {
  relaxed_simd: ["--enable", "simd,relaxed-simd,threads"],
  strict_simd: ["--enable", "simd,threads"],
};

const OPTIONS = [
  "-O3",
  "--noAssert",
  "--runtime",
  "stub",
  "--importMemory",
  "--sharedMemory",
  "--initialMemory",
  "1",
  "--maximumMemory",
  "65536",
];

/**
 * A source file. The compiler puts ".ts" behind names that have it already, as imports here must; `export from` would take such a
 * file a second time, with globals of its own, so `index.ts` has none.
 */
function readSource(name: string): Promise<string | null> {
  const url = new URL(`assembly/${name.replace(/\.ts\.ts$/, ".ts")}`, import.meta.url);
  return Deno.readTextFile(url).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return null; // it looks for its own settings, too
    throw error;
  });
}

/**
 * Compiles one build of the kernels.
 *
 * @param build a name of {@link BUILDS}.
 * @returns the module's bytes; the same for the same sources and compiler.
 * @throws {Error} with the compiler's words if it fails.
 */
export async function compileKernels(build: string): Promise<Uint8Array<ArrayBuffer>> {
  const outputs = new Map<string, Uint8Array<ArrayBuffer>>();
  const writeFile = (name: string, contents: string | Uint8Array) => {
    if (typeof contents !== "string") outputs.set(name, contents.slice());
  };
  const { error, stderr } = await asc.main(
    ["index.ts", "--outFile", "kernels.wasm", ...OPTIONS, ...BUILDS[build]],
    { readFile: readSource, writeFile },
  );
  if (error) throw new Error(`Cannot compile the kernels: ${stderr.toString()}`, { cause: error });
  return outputs.get("kernels.wasm")!;
}

/** The TypeScript module that holds a build's bytes. */
function moduleText(build: string, bytes: Uint8Array): string {
  const name = build.toUpperCase();
  const lines = bytes.toBase64().match(/.{1,96}/g)!.map((line) => `  "${line}",`);
  return [
    "// Made by `deno task wasm` from assembly/; do not edit.",
    `/** The kernels' ${
      build.replace("_", " ")
    } build: ${bytes.length} bytes of WebAssembly as base64. */`,
    `export const ${name}: string = [`,
    ...lines,
    '].join("");',
    "",
  ].join("\n");
}

if (import.meta.main) {
  for (const build of Object.keys(BUILDS)) {
    const bytes = await compileKernels(build);
    await Deno.writeTextFile(
      new URL(`${build}.ts`, import.meta.url),
      moduleText(build, bytes),
    );
    console.log(`${build}.ts: ${bytes.length} bytes of WebAssembly`);
  }
}
