/**
 * Reads the pickle of a PyTorch file without running anything: protocols 2 to 5, and of their opcodes those that
 * tensors and plain values need. Source: CPython's `Lib/pickletools.py`. But:
 * - a global is a name from a list (see `torch_globals.ts`), a call gives a description; every other global, call or
 *   opcode is an error that says which and at which byte;
 * - BUILD is allowed on an OrderedDict alone, and what it would set (`_metadata` of a state dict) is dropped;
 * - stack, marks, memo, nesting of tuples, texts and the number of opcodes are limited; nothing here is recursive, and
 *   a value that is fetched again from the memo is shared, not copied.
 * @module
 */
import { PickleMachine } from "./pickle_machine.ts";
import { PickleReader } from "./pickle_reader.ts";
import {
  kindOf,
  PickleDict,
  type PickleKey,
  PickleList,
  PickleTuple,
  type PickleValue,
} from "./pickle_value.ts";
import { allowedGlobal, reduced, storageOf } from "./torch_globals.ts";

const MAX_TUPLE_DEPTH = 100;
const MAX_STEPS = 8_000_000;

function tuple(items: readonly PickleValue[]): PickleTuple {
  const inner = items.map((item) => item instanceof PickleTuple ? item.depth : 0);
  const depth = 1 + inner.reduce((a, b) => Math.max(a, b), 0);
  if (depth > MAX_TUPLE_DEPTH) {
    throw new SyntaxError(`tuples can be nested at most ${MAX_TUPLE_DEPTH} deep`);
  }
  return new PickleTuple(items, depth);
}

function isKey(value: PickleValue): value is PickleKey {
  return value === null || typeof value !== "object";
}

function setItems(machine: PickleMachine, items: readonly PickleValue[]): void {
  const dict = machine.top();
  if (!(dict instanceof PickleDict) || items.length % 2 !== 0) {
    throw new SyntaxError(
      `pairs must go into a dict, not ${items.length} value(s) into ${kindOf(dict)}`,
    );
  }
  for (let i = 0; i < items.length; i += 2) {
    const key = items[i];
    if (!isKey(key)) {
      throw new SyntaxError(
        `a key must be a text, number, truth value or None, not ${kindOf(key)}`,
      );
    }
    if (dict.entries.has(key)) {
      throw new SyntaxError(`a key must occur once, but ${String(key).slice(0, 80)} is repeated`);
    }
    dict.entries.set(key, items[i + 1]);
  }
}

function append(machine: PickleMachine, items: readonly PickleValue[]): void {
  const list = machine.top();
  if (!(list instanceof PickleList)) {
    throw new SyntaxError(`items must go into a list, not into ${kindOf(list)}`);
  }
  for (const item of items) list.items.push(item);
}

function pushGlobal(machine: PickleMachine, module: PickleValue, name: PickleValue): void {
  if (typeof module !== "string" || typeof name !== "string") {
    throw new SyntaxError("a global must be named by two texts");
  }
  const found = allowedGlobal(module, name);
  if (!found) {
    const full = JSON.stringify(`${module}.${name}`.slice(0, 200));
    throw new SyntaxError(`the global ${full} is not one of those that tensors need`);
  }
  machine.push(found);
}

/** BUILD, which a state dict's `_metadata` brings along. */
function dropState(machine: PickleMachine): void {
  const [state] = machine.pop(1);
  const target = machine.top();
  if (!(target instanceof PickleDict) || !target.ordered || !(state instanceof PickleDict)) {
    throw new SyntaxError(`BUILD of ${kindOf(target)} is not allowed`);
  }
}

type Action = (machine: PickleMachine, reader: PickleReader) => void;

/** Every allowed opcode but PROTO and STOP, by its byte. */
const ACTIONS: ReadonlyMap<number, Action> = new Map<number, Action>([
  [0x28, (m) => m.mark()], // MARK
  [0x30, (m) => void m.pop(1)], // POP
  [0x31, (m) => void m.popToMark()], // POP_MARK
  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x4b, (m, r) => m.push(r.uint8())], // BININT1
  [0x4d, (m, r) => m.push(r.uint16())], // BININT2
  [0x4a, (m, r) => m.push(r.int32())], // BININT
  [0x8a, (m, r) => m.push(r.long(r.uint8()))], // LONG1
  [0x47, (m, r) => m.push(r.float64())], // BINFLOAT
  [0x58, (m, r) => m.push(r.text(r.uint32()))], // BINUNICODE
  [0x8c, (m, r) => m.push(r.text(r.uint8()))], // SHORT_BINUNICODE
  [0x8d, (m, r) => m.push(r.text(r.length64()))], // BINUNICODE8
  [0x29, (m) => m.push(tuple([]))], // EMPTY_TUPLE
  [0x85, (m) => m.push(tuple(m.pop(1)))], // TUPLE1
  [0x86, (m) => m.push(tuple(m.pop(2)))], // TUPLE2
  [0x87, (m) => m.push(tuple(m.pop(3)))], // TUPLE3
  [0x74, (m) => m.push(tuple(m.popToMark()))], // TUPLE
  [0x5d, (m) => m.push(new PickleList())], // EMPTY_LIST
  [0x61, (m) => append(m, m.pop(1))], // APPEND
  [0x65, (m) => append(m, m.popToMark())], // APPENDS
  [0x7d, (m) => m.push(new PickleDict(false))], // EMPTY_DICT
  [0x73, (m) => setItems(m, m.pop(2))], // SETITEM
  [0x75, (m) => setItems(m, m.popToMark())], // SETITEMS
  [0x71, (m, r) => m.put(r.uint8())], // BINPUT
  [0x72, (m, r) => m.put(r.uint32())], // LONG_BINPUT
  [0x94, (m) => m.put(m.memo.size)], // MEMOIZE
  [0x68, (m, r) => m.get(r.uint8())], // BINGET
  [0x6a, (m, r) => m.get(r.uint32())], // LONG_BINGET
  [0x63, (m, r) => pushGlobal(m, r.line(), r.line())], // GLOBAL
  [0x93, (m) => {
    const [module, name] = m.pop(2);
    pushGlobal(m, module, name);
  }], // STACK_GLOBAL
  [0x51, (m) => m.push(storageOf(m.pop(1)[0]))], // BINPERSID
  [0x52, (m) => {
    const [callee, argument] = m.pop(2);
    m.push(reduced(callee, argument));
  }], // REDUCE
  [0x62, dropState], // BUILD
  [0x95, (_, r) => void r.length64()], // FRAME
]);

const PROTO = 0x80;
const STOP = 0x2e;

function checkProtocol(reader: PickleReader): void {
  const version = reader.uint8() === PROTO ? reader.uint8() : undefined;
  if (version === undefined || version < 2 || version > 5) {
    throw new SyntaxError("a pickle must begin with protocol 2, 3, 4 or 5");
  }
}

function run(reader: PickleReader): PickleValue {
  checkProtocol(reader);
  const machine = new PickleMachine();
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const opcode = reader.uint8();
    if (opcode === STOP) {
      const [value] = machine.pop(1);
      if (machine.marks.length > 0 || machine.stack.length > 0) {
        throw new SyntaxError("one value must be left at STOP");
      }
      if (reader.at !== reader.bytes.length) throw new SyntaxError("STOP must be the last byte");
      return value;
    }
    const action = ACTIONS.get(opcode);
    if (!action) {
      const shown = opcode.toString(16).padStart(2, "0");
      throw new SyntaxError(`opcode 0x${shown} is not one of those that tensors need`);
    }
    action(machine, reader);
  }
  throw new SyntaxError(`it must have at most ${MAX_STEPS} opcodes`);
}

/**
 * Reads a pickle.
 *
 * @param bytes the whole pickle.
 * @param file its name, for errors.
 * @returns its value.
 * @throws {SyntaxError} if it breaks a rule of the format or of this module; the message names the byte at which reading stopped.
 */
export function readPickle(bytes: Uint8Array, file: string): PickleValue {
  const reader = new PickleReader(bytes);
  try {
    return run(reader);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new SyntaxError(`Cannot read ${file} before byte ${reader.at}: ${cause.message}`, {
      cause,
    });
  }
}
