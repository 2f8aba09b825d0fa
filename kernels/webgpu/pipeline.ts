/**
 * Compiles a kernel, and says what is wrong with it and where.
 * @module
 */
import { GpuError } from "./gpu_error.ts";

/** The first error of a shader: its line, and what is wrong there. */
async function shaderError(module: GPUShaderModule): Promise<string | undefined> {
  const { messages } = await module.getCompilationInfo();
  const first = messages.find(({ type }) => type === "error");
  return first && `line ${first.lineNum}, ${first.message.trim()}`;
}

/**
 * Compiles a kernel.
 *
 * @param source WGSL.
 * @param constants values of its `override` constants.
 * @param entryPoint which function.
 * @throws {GpuError} if it does not compile, naming the line.
 */
export async function compile(
  device: GPUDevice,
  source: string,
  constants: Readonly<Record<string, number>>,
  entryPoint: string,
): Promise<GPUComputePipeline> {
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ code: source });
  const invalid = device.popErrorScope();
  const wrong = await shaderError(module) ?? (await invalid)?.message;
  if (wrong !== undefined) throw new GpuError(`Cannot compile a shader: ${wrong}`);
  try {
    return await device.createComputePipelineAsync({
      layout: "auto",
      compute: { module, entryPoint, constants: { ...constants } },
    });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new GpuError(`Cannot compile the shader's entry point ${entryPoint}: ${message}`, {
      cause,
    });
  }
}
