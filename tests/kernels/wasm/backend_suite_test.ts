import { wasmBackend } from "../../../kernels/wasm/backend.ts";
import { testBackend } from "../backends/suite.ts";

testBackend("wasmBackend()", () => Promise.resolve(wasmBackend()));
testBackend(
  "wasmBackend() of strict SIMD on 3 threads",
  () => Promise.resolve(wasmBackend({ build: "strict", threads: 3 })),
);
