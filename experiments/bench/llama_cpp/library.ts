/**
 * llama.cpp through its C interface: the prebuilt libraries of the npm package `node-llama-cpp`, which hold a build for every generation
 * of processors and load the one that fits. Called directly, so that no other program's loop is measured.
 *
 * Structures are passed by value as blocks that are larger than they are: the library reads and writes only its part of one. Of their
 * fields only one is set, how threads wait; every other default will do.
 * @module
 */

const BLOCK = { struct: Array<"u64">(128).fill("u64") } as const;
const BATCH = {
  struct: ["i32", "i32", "pointer", "pointer", "pointer", "pointer", "pointer", "pointer"],
} as const;
/** Where in the parameters of a pool of threads it stands how actively they wait: behind 512 flags, their number and priority. */
const POLL = 512 + 4 + 4;
const CPU = 0; // the number of the processor among kinds of devices

const LLAMA = {
  llama_backend_init: { parameters: [], result: "void" },
  llama_model_default_params: { parameters: [], result: BLOCK },
  llama_context_default_params: { parameters: [], result: BLOCK },
  llama_model_load_from_file: { parameters: ["buffer", BLOCK], result: "pointer" },
  llama_init_from_model: { parameters: ["pointer", BLOCK], result: "pointer" },
  llama_set_n_threads: { parameters: ["pointer", "i32", "i32"], result: "void" },
  llama_attach_threadpool: { parameters: ["pointer", "pointer", "pointer"], result: "void" },
  llama_batch_get_one: { parameters: ["buffer", "i32"], result: BATCH },
  llama_decode: { parameters: ["pointer", BATCH], result: "i32" },
  llama_get_logits_ith: { parameters: ["pointer", "i32"], result: "pointer" },
  llama_get_memory: { parameters: ["pointer"], result: "pointer" },
  llama_memory_clear: { parameters: ["pointer", "bool"], result: "void" },
  llama_print_system_info: { parameters: [], result: "pointer" },
  llama_log_set: { parameters: ["function", "pointer"], result: "void" },
} as const;

const BASE = {
  ggml_threadpool_params_init: { parameters: ["buffer", "i32"], result: "void" },
  ggml_backend_dev_backend_reg: { parameters: ["pointer"], result: "pointer" },
  ggml_backend_reg_get_proc_address: { parameters: ["pointer", "buffer"], result: "pointer" },
} as const;

const GGML = {
  ggml_backend_load_all_from_path: { parameters: ["buffer"], result: "void" },
  ggml_backend_dev_by_type: { parameters: ["i32"], result: "pointer" },
} as const;

function text(value: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${value}\0`);
}

/** A model in llama.cpp with one sequence. */
export class LlamaCpp {
  private constructor(
    private readonly llama: Deno.DynamicLibrary<typeof LLAMA>["symbols"],
    private readonly context: Deno.PointerValue,
    private readonly vocabularySize: number,
    /** What the library says of its build and the processor. */
    readonly systemInfo: string,
  ) {}

  /**
   * Loads the library and a model.
   *
   * @param folder Folder of the shared libraries.
   * @param gguf Path of the model.
   * @param options.poll How actively threads wait, 0 to 100; 50 is llama.cpp's own default.
   * @throws {Error} If one of them cannot be loaded.
   */
  static async open(
    folder: string,
    gguf: string,
    { threads, poll, vocabularySize }: { threads: number; poll: number; vocabularySize: number },
  ): Promise<LlamaCpp> {
    const find = async (start: string) => {
      for await (const { name } of Deno.readDir(folder)) {
        if (name.startsWith(start) && name.endsWith(".so")) return `${folder}/${name}`;
      }
      throw new Error(`Cannot load llama.cpp from ${folder}: it has no ${start}*.so`);
    };
    const ggml = Deno.dlopen(await find("libggml."), GGML).symbols;
    const base = Deno.dlopen(await find("libggml-base"), BASE).symbols;
    const llama = Deno.dlopen(await find("libllama."), LLAMA).symbols;
    const quiet = new Deno.UnsafeCallback(
      { parameters: ["i32", "pointer", "pointer"], result: "void" },
      () => {},
    );
    llama.llama_log_set(quiet.pointer, null);
    ggml.ggml_backend_load_all_from_path(text(folder));
    llama.llama_backend_init();
    const model = llama.llama_model_load_from_file(text(gguf), llama.llama_model_default_params());
    if (model === null) throw new Error(`Cannot load ${gguf}: llama.cpp refuses it`);
    const context = llama.llama_init_from_model(model, llama.llama_context_default_params());
    if (context === null) throw new Error(`Cannot run ${gguf}: llama.cpp made no context`);
    llama.llama_set_n_threads(context, threads, threads);
    const registry = base.ggml_backend_dev_backend_reg(ggml.ggml_backend_dev_by_type(CPU));
    const newPool = base.ggml_backend_reg_get_proc_address(registry, text("ggml_threadpool_new"));
    const parameters = new Uint8Array(1024);
    base.ggml_threadpool_params_init(parameters, threads);
    new DataView(parameters.buffer).setUint32(POLL, poll, true);
    const definition = { parameters: ["buffer"], result: "pointer" } as const;
    const make = new Deno.UnsafeFnPointer(
      newPool as Deno.PointerObject<typeof definition>,
      definition,
    );
    const pool = make.call(parameters);
    llama.llama_attach_threadpool(context, pool, pool);
    const info = new Deno.UnsafePointerView(llama.llama_print_system_info()!).getCString();
    return new LlamaCpp(llama, context, vocabularySize, info);
  }

  /** Forgets the sequence. */
  clear(): void {
    this.llama.llama_memory_clear(this.llama.llama_get_memory(this.context), true);
  }

  /** Appends tokens and gives the logits behind the last, valid until the next call. */
  append(tokens: Int32Array<ArrayBuffer>): Float32Array {
    const { llama, context } = this;
    const code = llama.llama_decode(context, llama.llama_batch_get_one(tokens, tokens.length));
    if (code !== 0) throw new Error(`Cannot decode: llama.cpp gave ${code}`);
    const logits = llama.llama_get_logits_ith(context, -1)!;
    return new Float32Array(Deno.UnsafePointerView.getArrayBuffer(logits, 4 * this.vocabularySize));
  }
}
