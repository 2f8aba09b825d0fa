/**
 * The built-in compression methods.
 * @module
 */
import type { Method } from "./method.ts";
import { DSNOT } from "./methods/dsnot.ts";
import { GPTQ } from "./methods/gptq.ts";
import { MAGNITUDE } from "./methods/magnitude.ts";
import { NF4 } from "./methods/nf4.ts";
import { RTN } from "./methods/rtn.ts";
import { SMOOTHQUANT } from "./methods/smoothquant.ts";
import { WANDA } from "./methods/wanda.ts";

/**
 * The built-in methods. Their steps, with what is taken unless an option is given (`sequential = false` in all):
 * - `{ kind: "gptq", bits, groupSize = -1, symmetric = true, damping = 0.01, actOrder = false, staticGroups = false,
 *   respectMask = false }`
 * - `{ kind: "rtn", bits, groupSize = -1, symmetric = true }`
 * - `{ kind: "nf4", blockSize = 64, doubleQuantization = false }`
 * - `{ kind: "smoothquant", alpha = 0.85 }`
 * - `{ kind: "wanda", sparsity, variant = false }` or `{ kind: "wanda", n, m }`
 * - `{ kind: "magnitude", sparsity }` or `{ kind: "magnitude", n, m }`
 * - `{ kind: "dsnot", maxCycles = 50, updateThreshold = 0.1, powerOfVariance = 1, sameSign = false, stoppedRowsRest = false,
 *   m = 0, skip = "" }`; `m` for masks n:m, `skip: "mlp"` to leave the feed-forward part
 */
export const METHODS: readonly Method[] = [GPTQ, RTN, NF4, SMOOTHQUANT, WANDA, MAGNITUDE, DSNOT];
