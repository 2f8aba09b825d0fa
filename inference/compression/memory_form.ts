/**
 * In which form a method's steps leave the weights of linear layers, as far as it decides how many bytes they take.
 * @module
 */
import type { SparsityPattern } from "../../kernels/prune_smallest.ts";
import { METHODS } from "./methods.ts";
import type { Step } from "./step.ts";

/** Whole-number codes on affine grids. */
export interface IntegerForm {
  /** Which form this is. */
  readonly kind: "integer";
  /** Bits of a code, 2 to 8. */
  readonly bits: number;
  /** Columns of a group, or -1 for all. */
  readonly groupSize: number;
  /** Whether every zero point is 2^(bits-1), which needs not be stored. */
  readonly symmetric: boolean;
  /** Whether a column's group is other than its place says. */
  readonly reordered: boolean;
}

/** 4-bit NormalFloat codes in blocks. */
export interface Nf4Form {
  /** Which form this is. */
  readonly kind: "nf4";
  /** Elements of a block. */
  readonly blockSize: number;
  /** Whether the block maxima are stored in 8 bits. */
  readonly doubleQuantization: boolean;
}

/** Kept values with a bitmask. */
export interface SparseForm {
  /** Which form this is. */
  readonly kind: "sparse";
  /** How many weights are pruned and where they may lie. */
  readonly pattern: SparsityPattern;
  /** Whether the ratio is of each row, or of the whole matrix by one threshold. */
  readonly per: "row" | "matrix";
}

/** Every value. */
export interface DenseForm {
  /** Which form this is. */
  readonly kind: "dense";
}

/** The form of every linear layer's weight. */
export type WeightForm = IntegerForm | Nf4Form | SparseForm | DenseForm;

/** What a method's steps leave. */
export interface ModelForm {
  /** The form of every linear layer's weight. */
  readonly linears: WeightForm;
  /** Whether the two norms of each decoder layer were smoothed. */
  readonly smoothed: boolean;
}

const CHANGES: Readonly<Record<string, (before: ModelForm, step: Step) => ModelForm>> = {
  smoothquant: (before) => ({ ...before, smoothed: true }),
  gptq: (before, step) => ({ ...before, linears: integerForm(step) }),
  rtn: (before, step) => ({ ...before, linears: integerForm(step) }),
  nf4: (before, step) => ({ ...before, linears: nf4Form(step) }),
  wanda: (before, step) => ({ ...before, linears: sparseForm(step, "row") }),
  magnitude: (before, step) => ({ ...before, linears: sparseForm(step, "matrix") }),
  dsnot: refinedForm,
};

/** Whether {@link modelForm} knows every step's kind. */
export function hasModelForm(steps: readonly Step[]): boolean {
  return steps.every(({ kind }) => Object.hasOwn(CHANGES, kind));
}

/**
 * The form that steps leave; of two that store weights the later one counts.
 *
 * @throws {RangeError} if a step's kind is none of the built-in ones, or its options are not what its method takes.
 */
export function modelForm(steps: readonly Step[]): ModelForm {
  const untouched: ModelForm = { linears: { kind: "dense" }, smoothed: false };
  return steps.reduce((form, step) => {
    const change = Object.hasOwn(CHANGES, step.kind) ? CHANGES[step.kind] : undefined;
    if (change === undefined) {
      throw new RangeError(
        `Cannot compute the bytes after step "${step.kind}": its kind must be one of ` +
          Object.keys(CHANGES).join(", "),
      );
    }
    METHODS.find(({ kind }) => kind === step.kind)?.check?.(step);
    return change(form, step);
  }, untouched);
}

function integerForm(step: Step): IntegerForm {
  const { bits, groupSize = -1, symmetric = true, actOrder = false, staticGroups = false } = step;
  return {
    kind: "integer",
    bits: Number(bits),
    groupSize: Number(groupSize),
    symmetric: symmetric === true,
    reordered: actOrder === true && staticGroups === false,
  };
}

function nf4Form({ blockSize = 64, doubleQuantization = false }: Step): Nf4Form {
  return {
    kind: "nf4",
    blockSize: Number(blockSize),
    doubleQuantization: doubleQuantization === true,
  };
}

function sparseForm({ sparsity, n, m }: Step, per: "row" | "matrix"): SparseForm {
  const pattern = sparsity === undefined
    ? { n: Number(n), m: Number(m) }
    : { ratio: Number(sparsity) };
  return { kind: "sparse", pattern, per };
}

/** DSnoT exchanges weights of a mask, so that it must be given one. */
function refinedForm(before: ModelForm): ModelForm {
  if (before.linears.kind !== "sparse") {
    throw new RangeError(
      'Cannot compute the bytes after step "dsnot": the last step before it that stores weights must prune',
    );
  }
  return before;
}
