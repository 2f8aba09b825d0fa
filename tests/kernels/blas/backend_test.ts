import { blasBackend } from "../../../kernels/blas/backend.ts";
import { testBackend } from "../backends/suite.ts";
import { LIBRARY, OPENBLAS } from "./library.ts";

testBackend(
  "blasBackend()",
  () => Promise.resolve(blasBackend(LIBRARY!, { threads: 2 })),
  { need: OPENBLAS },
);
