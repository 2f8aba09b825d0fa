/**
 * The globals that a pickle of tensors may name, and what "calling" one gives: a description, made here. Source of the
 * argument lists: PyTorch's `torch/_utils.py` (`_rebuild_tensor_v2`, `_rebuild_tensor_v3`, `_rebuild_parameter`) and
 * `torch/serialization.py` (`persistent_id`).
 * @module
 */
import { DTYPE_BITS } from "../safetensors_dtype.ts";
import {
  kindOf,
  PickleDict,
  PickleGlobal,
  PickleTuple,
  type PickleValue,
  TorchStorage,
  TorchTensor,
} from "./pickle_value.ts";
import { STORAGE_DTYPES, TORCH_DTYPES } from "./torch_dtypes.ts";

const MAX_DIMENSIONS = 64;
const UNTYPED = "torch.storage.UntypedStorage";
const ORDERED_DICT = "collections.OrderedDict";
const TENSOR_2 = "torch._utils._rebuild_tensor_v2";
const TENSOR_3 = "torch._utils._rebuild_tensor_v3";
const PARAMETER = "torch._utils._rebuild_parameter";

const ALLOWED: ReadonlySet<string> = new Set([
  UNTYPED,
  ORDERED_DICT,
  TENSOR_2,
  TENSOR_3,
  PARAMETER,
  ...STORAGE_DTYPES.keys(),
  ...TORCH_DTYPES.keys(),
]);

/** The global of a name (a plain one, without dots), or `undefined` if it is not one of those that tensors need. */
export function allowedGlobal(module: string, name: string): PickleGlobal | undefined {
  const full = `${module}.${name}`;
  if (name.includes(".") || !ALLOWED.has(full)) return undefined;
  return new PickleGlobal(full);
}

function isCount(value: PickleValue): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function counts(value: PickleValue, what: string): number[] {
  if (
    !(value instanceof PickleTuple) || value.items.length > MAX_DIMENSIONS ||
    !value.items.every(isCount)
  ) {
    throw new SyntaxError(
      `${what} must be a tuple of at most ${MAX_DIMENSIONS} whole numbers from 0 to 2^53, not ${
        kindOf(value)
      }`,
    );
  }
  return value.items as number[];
}

/** The last argument of all: hooks, which PyTorch writes as an empty OrderedDict. */
function checkHooks(value: PickleValue): void {
  if (!(value instanceof PickleDict) || !value.ordered || value.entries.size > 0) {
    throw new SyntaxError(`hooks must be an empty OrderedDict, not ${kindOf(value)}`);
  }
}

/**
 * The storage that a persistent id names.
 *
 * @param id the tuple `("storage", type, key, location, elements)`.
 * @returns its description.
 * @throws {SyntaxError} if it is anything else.
 */
export function storageOf(id: PickleValue): TorchStorage {
  const [tag, type, key, location, elements] = id instanceof PickleTuple && id.items.length === 5
    ? id.items
    : [];
  const dtype = type instanceof PickleGlobal
    ? STORAGE_DTYPES.get(type.name) ?? (type.name === UNTYPED ? null : undefined)
    : undefined;
  if (
    tag !== "storage" || dtype === undefined || typeof key !== "string" ||
    !/^\d{1,15}$/.test(key) || typeof location !== "string" || !isCount(elements)
  ) {
    throw new SyntaxError(
      `a persistent id must be ("storage", storage type, digits, place, elements), not ${
        kindOf(id)
      }`,
    );
  }
  return new TorchStorage(key, dtype, elements);
}

function tensorOf(items: readonly PickleValue[], dtypeGiven: boolean): TorchTensor {
  const [storage, offset, shape, strides, gradient, hooks, type] = items;
  if (items.length !== (dtypeGiven ? 7 : 6)) {
    throw new SyntaxError(
      `a tensor is rebuilt from ${dtypeGiven ? 7 : 6} values, not ${items.length}`,
    );
  }
  if (!(storage instanceof TorchStorage)) {
    throw new SyntaxError(`a tensor must view a storage, not ${kindOf(storage)}`);
  }
  const dtype = dtypeGiven
    ? type instanceof PickleGlobal ? TORCH_DTYPES.get(type.name) : undefined
    : storage.dtype ?? undefined;
  if (dtype === undefined || dtypeGiven !== (storage.dtype === null)) {
    throw new SyntaxError(
      "a tensor must have one dtype: its typed storage's, or one given for an untyped storage",
    );
  }
  if (!isCount(offset)) {
    throw new SyntaxError(`an offset must be a whole number, not ${kindOf(offset)}`);
  }
  if (typeof gradient !== "boolean") {
    throw new SyntaxError(`requires_grad must be a truth value, not ${kindOf(gradient)}`);
  }
  checkHooks(hooks);
  const view = new TorchTensor(
    storage,
    dtype,
    offset,
    counts(shape, "a shape"),
    counts(strides, "strides"),
  );
  checkView(view);
  return view;
}

/** Every element of the view must lie within the storage, and there must not be more of them than the storage has. */
function checkView({ storage, dtype, offset, shape, strides }: TorchTensor): void {
  if (shape.length !== strides.length) {
    throw new SyntaxError(`shape [${shape}] and strides [${strides}] must be of one length`);
  }
  const bytes = DTYPE_BITS.get(dtype)! / 8;
  const elements = storage.dtype === null ? Math.floor(storage.elements / bytes) : storage.elements;
  const count = shape.reduce((product, size) => product * BigInt(size), 1n);
  const last = shape.reduce(
    (at, size, i) => at + (BigInt(size) - 1n) * BigInt(strides[i]),
    BigInt(offset),
  );
  if (count > 0n ? last >= BigInt(elements) || count > BigInt(elements) : offset > elements) {
    throw new SyntaxError(
      `shape [${shape}], strides [${strides}] and offset ${offset} must stay within a storage of ` +
        `${elements} elements and not name more than that`,
    );
  }
}

/**
 * What a call of an allowed global stands for. Nothing is called.
 *
 * @param callee the global.
 * @param argument the tuple of its arguments.
 * @returns an empty OrderedDict or a tensor's description.
 * @throws {SyntaxError} if the callee is not one that may be called, or the arguments are not what PyTorch writes.
 */
export function reduced(callee: PickleValue, argument: PickleValue): PickleValue {
  const name = callee instanceof PickleGlobal ? callee.name : undefined;
  if (!(argument instanceof PickleTuple)) {
    throw new SyntaxError(`arguments must be a tuple, not ${kindOf(argument)}`);
  }
  const { items } = argument;
  switch (name) {
    case ORDERED_DICT:
      if (items.length > 0) throw new SyntaxError("an OrderedDict must be made empty");
      return new PickleDict(true);
    case TENSOR_2:
      return tensorOf(items, false);
    case TENSOR_3:
      return tensorOf(items, true);
    case PARAMETER: {
      const [tensor, gradient, hooks] = items;
      if (items.length !== 3 || !(tensor instanceof TorchTensor) || typeof gradient !== "boolean") {
        throw new SyntaxError("a parameter is rebuilt from a tensor, a truth value and hooks");
      }
      checkHooks(hooks);
      return tensor;
    }
    default:
      throw new SyntaxError(`a call of ${kindOf(callee)} is not allowed`);
  }
}
