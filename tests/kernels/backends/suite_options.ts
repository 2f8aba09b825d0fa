/**
 * What the parts of the backends' suite share: the backend under test, and how closely it must agree with the reference.
 * @module
 */
import type { Backend } from "../../../kernels/backend.ts";
import type { Need } from "../../needs.ts";

/** How a backend is tested. The defaults are for backends that divide and add as IEEE 754 says. */
export interface SuiteOptions {
  /** What a machine may lack of what the backend needs. */
  readonly need?: Need;
  /**
   * Most by which a sum may differ: of H's elements as a share of √(Hᵢᵢ Hⱼⱼ), of norms and sums as a share of the largest.
   * @default {1e-6}
   */
  readonly sums?: number;
  /**
   * Least share of NF4's codes, of round-to-nearest's codes and of masks that are the reference's. Below 1, scales and doubly
   * quantised maxima may differ by one part in a million, too.
   * @default {1}
   */
  readonly equalCodes?: number;
  /**
   * Least share of the rows of which DSnoT makes what the reference does.
   * @default {1}
   */
  readonly equalRows?: number;
}

/** The suite's options, and the backend that most of it runs on. */
export interface Suite extends Required<Omit<SuiteOptions, "need">> {
  /** The backend, the same one each time. */
  readonly backend: () => Promise<Backend>;
  /** Opens another one, which the test closes. */
  readonly open: () => Promise<Backend>;
}
