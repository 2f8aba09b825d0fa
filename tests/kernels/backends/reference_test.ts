import { referenceBackend } from "../../../kernels/reference.ts";
import { testBackend } from "./suite.ts";

testBackend("referenceBackend()", () => Promise.resolve(referenceBackend()));
