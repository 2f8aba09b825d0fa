/**
 * What integer formats say once for a whole model: bits, group size, symmetry, and whether columns keep their order.
 * @module
 */
import type { IntegerWeight, StoredWeight } from "../../kernels/stored_weight.ts";
import { groupOfColumn } from "../compressed/groups.ts";
import { refusal } from "./linear.ts";

/** The grid that all linears share. */
export interface GridFacts {
  /** Bits of a code. */
  readonly bits: number;
  /** Columns of a group, -1 for one group of all columns. */
  readonly groupSize: number;
  /** Whether the grids are symmetric: every zero point is 2^(bits-1). */
  readonly symmetric: boolean;
  /** Whether some column belongs to another group than its position says (GPTQ's activation order). */
  readonly ordered: boolean;
}

/** Whether column c is of group floor(c / groupSize) throughout. */
export function inOrder({ groupIndex, groupSize }: IntegerWeight): boolean {
  return groupIndex.every((g, c) => g === groupOfColumn(c, groupSize));
}

/** Collects the grid of every linear and refuses one that differs from the first. */
export class SharedGrid {
  #facts: GridFacts | undefined;
  #first = "";

  /** @param format The format's name, for errors. */
  constructor(private readonly format: string) {}

  /**
   * Takes a linear in.
   * @returns The weight, now known to be an integer one.
   * @throws {RangeError} If it is none, or its bits, group size or symmetry are not those of the linears before.
   */
  add(name: string, weight: StoredWeight): IntegerWeight {
    if (weight.kind !== "integer") {
      throw refusal(
        name,
        this.format,
        `its weight is ${weight.kind}, and the format is for integers`,
      );
    }
    const { bits, groupSize, symmetric } = weight;
    const ordered = (this.#facts?.ordered ?? false) || !inOrder(weight);
    const facts = { bits, groupSize, symmetric, ordered };
    const before = this.#facts;
    if (before === undefined) this.#first = name;
    else if (
      before.bits !== bits || before.groupSize !== groupSize || before.symmetric !== symmetric
    ) {
      throw refusal(
        name,
        this.format,
        `it has ${grid(facts)}, but ${this.#first} has ${
          grid(before)
        }, and the format says them once`,
      );
    }
    this.#facts = facts;
    return weight;
  }

  /** The grid of all linears so far. */
  facts(): GridFacts {
    if (this.#facts === undefined) throw new Error("Cannot describe a grid: no linear was added");
    return this.#facts;
  }
}

function grid({ bits, groupSize, symmetric }: GridFacts): string {
  return `${bits} bits, group size ${groupSize} and ${
    symmetric ? "symmetric" : "asymmetric"
  } grids`;
}
