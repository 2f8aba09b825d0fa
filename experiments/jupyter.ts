/**
 * Running notebooks headless with a kernel made for the Deno that runs this, without touching the home folder.
 * @module
 */

import { fileURLToPath } from "node:url";

/** The notebooks of this package. */
export const NOTEBOOKS: readonly string[] = [
  "table_1.ipynb",
  "figure_1.ipynb",
  "figure_2.ipynb",
  "extend.ipynb",
  "audit.ipynb",
  "speed.ipynb",
];

/** Path of a notebook of this package. */
export function notebookPath(name: string): string {
  return fileURLToPath(new URL(`../notebooks/${name}`, import.meta.url));
}

/** What became of one notebook. */
export interface NotebookRun {
  /** Path of the notebook. */
  notebook: string;
  /** Whether every cell ran. */
  success: boolean;
  /** The executed notebook, as JSON text, or what went wrong. */
  output: string;
}

/** Version of the `jupyter` command, or `null` when it is not on the path. */
export async function jupyterVersion(): Promise<string | null> {
  try {
    const command = new Deno.Command("jupyter", { args: ["--version"], stderr: "null" });
    const { success, stdout } = await command.output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** What Jupyter needs to start a Deno kernel (kernel.json). ONNX Runtime is told to report nothing to its maker. */
export function kernelSpec(executable: string = Deno.execPath()): Record<string, unknown> {
  return {
    argv: [executable, "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno",
    language: "typescript",
    env: { ORT_DISABLE_TELEMETRY: "1" },
  };
}

/**
 * Executes a notebook with `jupyter nbconvert --execute`, all files but the notebook itself in `scratch`.
 *
 * @param notebook Path of the notebook; it is not changed.
 * @param scratch An empty folder for the kernel specification and Jupyter's own files.
 * @param environment Variables to set for the notebook.
 */
export async function executeNotebook(
  notebook: string,
  scratch: string,
  environment: Record<string, string> = {},
): Promise<NotebookRun> {
  const kernel = `${scratch}/share/kernels/deno`;
  await Deno.mkdir(kernel, { recursive: true });
  await Deno.writeTextFile(`${kernel}/kernel.json`, JSON.stringify(kernelSpec()));
  const command = new Deno.Command("jupyter", {
    args: [
      "nbconvert",
      "--to=notebook",
      "--execute",
      "--stdout",
      "--ExecutePreprocessor.kernel_name=deno",
      "--ExecutePreprocessor.record_timing=False",
      "--ExecutePreprocessor.timeout=3600",
      notebook,
    ],
    env: { ...jupyterEnvironment(scratch), ...environment },
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await command.output();
  const output = new TextDecoder().decode(success ? stdout : stderr);
  return { notebook, success, output };
}

/**
 * Executes a notebook of this package on the rows of a results folder and keeps its outputs; what changes from run to run is left out.
 *
 * @throws {Error} If a cell fails; the message is Jupyter's.
 */
export async function refreshNotebook(name: string, results: string): Promise<void> {
  const path = notebookPath(name);
  const run = await executeNotebook(path, `${results}/jupyter`, { MTPRESS_RESULTS: results });
  if (!run.success) throw new Error(`Cannot execute ${name}: ${run.output}`);
  const notebook = JSON.parse(run.output);
  delete notebook.metadata.language_info.version;
  await Deno.writeTextFile(path, JSON.stringify(notebook, null, 1) + "\n");
}

/** Variables that keep Jupyter's files, and the kernels it sees first, in one folder. */
export function jupyterEnvironment(scratch: string): Record<string, string> {
  return {
    JUPYTER_PATH: `${scratch}/share`,
    JUPYTER_DATA_DIR: `${scratch}/data`,
    JUPYTER_RUNTIME_DIR: `${scratch}/runtime`,
    JUPYTER_CONFIG_DIR: `${scratch}/config`,
    IPYTHONDIR: `${scratch}/ipython`,
    NO_COLOR: "1",
  };
}
