/**
 * ONNX Runtime sessions on a device that was asked for, or an error: never on another one.
 *
 * A session's `run()` computes on the JavaScript thread; nothing else happens there meanwhile.
 * @module
 */
import { dirname } from "node:path";
import { env, InferenceSession } from "onnxruntime-node";
import { EMBEDDING_NODES } from "./graph/stored_weight.ts";
import { defaultThreads, describeAdapter, type Device, type DeviceFacts } from "./devices.ts";

/** The provider, with the look-up of embeddings on the CPU: its table is large, its rows are not, and few devices gather float16. */
const WEBGPU = { name: "webgpu", forceCpuNodeNames: [...EMBEDDING_NODES] } as const;

/**
 * How threads wait for work: actively for so many microseconds, as long as the small operators between two large ones take, then asleep,
 * and never actively between runs. To wake a thread up takes as long as its share of a small matrix, so that without this two threads
 * are no faster than one where the hidden size is 576; with much more, they slow down whatever shares the processors.
 */
const WAITING = { force_spinning_stop: "1", intra_op: { spin_duration_us: "20" } } as const;

/** How sessions are opened. */
export interface SessionOptions {
  /** Where to run. */
  device: Device;
  /** Threads inside one operator on the CPU; see `defaultThreads()`. */
  threads?: number;
  /**
   * Whether a session on the CPU keeps the memory that it once needed, for its next run.
   * @default {true}
   */
  keepMemory?: boolean;
}

/** Opens sessions that share a device and its settings. */
export class SessionFactory {
  private constructor(
    /** What is known of the device. */
    readonly facts: DeviceFacts,
    private readonly keepMemory: boolean,
  ) {}

  /**
   * Looks at the device; no session is opened yet.
   * @throws {RangeError} If `threads` is no positive integer.
   */
  static async create(options: SessionOptions): Promise<SessionFactory> {
    const { device, threads = defaultThreads(), keepMemory = true } = options;
    if (!Number.isInteger(threads) || threads < 1) {
      throw new RangeError(`Cannot use ${threads} threads: it must be a positive integer`);
    }
    return new SessionFactory({
      device,
      provider: device,
      adapter: device === "webgpu" ? await describeAdapter() : null,
      onnxruntime: env.versions.node ?? env.versions.common,
      threads,
    }, keepMemory);
  }

  /**
   * Opens a session.
   * @param model Path of a model, whose external data lies beside it, or the bytes of one that has none.
   * @param onDevice Names of outputs that stay on the device, to be fed back; on the CPU it makes no difference.
   * @param addition What to add to the graph of a model that is given as a path, encoded; see `GraphBuilder.addition()`.
   * @throws {Error} If the device is not there, or the model cannot be loaded.
   */
  async open(
    model: string | Uint8Array,
    onDevice: readonly string[] = [],
    addition?: Uint8Array,
  ): Promise<InferenceSession> {
    const { device, threads } = this.facts;
    const options: InferenceSession.SessionOptions = {
      executionProviders: [device === "webgpu" ? WEBGPU : device],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      extra: { session: WAITING },
      logSeverityLevel: 4, // errors are thrown, not printed
      enableCpuMemArena: this.keepMemory,
      enableMemPattern: false, // shapes grow with every step, so that no pattern would be used twice
    };
    if (device !== "cpu") {
      options.preferredOutputLocation = Object.fromEntries(
        onDevice.map((name) => [name, "gpu-buffer" as const]),
      );
    }
    try {
      if (typeof model !== "string") return await InferenceSession.create(model, options);
      if (!addition) return await InferenceSession.create(model, options);
      return await createWith(addition, model, options);
    } catch (cause) {
      throw sessionError(cause, typeof model === "string" ? model : "a graph in memory", device);
    }
  }
}

/** A session of the model at a path with an addition: its bytes behind the model's, whose data lies where it did. */
async function createWith(
  addition: Uint8Array,
  path: string,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  const model = await Deno.readFile(path);
  const whole = new Uint8Array(model.length + addition.length);
  whole.set(model);
  whole.set(addition, model.length);
  const session = { ...WAITING, model_external_initializers_file_folder_path: dirname(path) };
  return await InferenceSession.create(whole, { ...options, extra: { session } });
}

function sessionError(cause: unknown, model: string, device: Device): Error {
  const text = cause instanceof Error ? cause.message : String(cause);
  if (device === "webgpu" && /adapter/i.test(text)) {
    return new Error(
      "Cannot use device webgpu: ONNX Runtime found no graphics adapter; " +
        "install a driver (Vulkan on Linux, Direct3D 12 on Windows, Metal on macOS) or choose device cpu",
      { cause },
    );
  }
  return new Error(`Cannot load ${model} on device ${device}: ${text.trim()}`, { cause });
}
