import { webgpuBackend } from "../../../kernels/webgpu/backend.ts";
import { testBackend } from "../backends/suite.ts";
import { LAVAPIPE, lavapipe } from "./adapter.ts";

testBackend("webgpu", async () => webgpuBackend(await lavapipe()), { need: LAVAPIPE });
