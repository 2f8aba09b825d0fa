/**
 * The values that a tensor file's pickle can hold. None of them is ever called: a global is a name, a tensor a description.
 * @module
 */

/** A Python tuple, with the depth to which tuples are nested in it. */
export class PickleTuple {
  /** Makes a tuple of its items. */
  constructor(readonly items: readonly PickleValue[], readonly depth: number) {}
}

/** A Python list. */
export class PickleList {
  /** Its items. */
  readonly items: PickleValue[] = [];
}

/** A `dict` or a `collections.OrderedDict`. */
export class PickleDict {
  /** Its entries in their order. */
  readonly entries: Map<PickleKey, PickleValue> = new Map();
  /** Makes an empty one. */
  constructor(readonly ordered: boolean) {}
}

/** An allowed global, such as `torch.FloatStorage`: its name and nothing else. */
export class PickleGlobal {
  /** Names a global. */
  constructor(readonly name: string) {}
}

/** A storage: an entry `data/<key>` of the archive. */
export class TorchStorage {
  /** Describes a storage; `dtype` is `null` for untyped bytes, of which `elements` are then the number. */
  constructor(readonly key: string, readonly dtype: string | null, readonly elements: number) {}
}

/** A tensor: a view of a storage. Offset and strides count elements. */
export class TorchTensor {
  /** Describes a tensor. */
  constructor(
    readonly storage: TorchStorage,
    readonly dtype: string,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

/** What can be a key of a dict. */
export type PickleKey = null | boolean | number | bigint | string;

/** Any value. */
export type PickleValue =
  | PickleKey
  | PickleTuple
  | PickleList
  | PickleDict
  | PickleGlobal
  | TorchStorage
  | TorchTensor;

/** What a value is, in a few words, for an error. */
export function kindOf(value: PickleValue): string {
  if (value === null) return "None";
  if (value instanceof PickleGlobal) return value.name;
  if (value instanceof PickleTuple) return `a tuple of ${value.items.length}`;
  if (value instanceof PickleList) return "a list";
  if (value instanceof PickleDict) return "a dict";
  if (value instanceof TorchStorage) return "a storage";
  if (value instanceof TorchTensor) return "a tensor";
  return `a ${typeof value}`;
}
