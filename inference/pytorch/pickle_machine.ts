/**
 * What a pickle's opcodes work on: a stack of values, where its marks are, and a memo of what was kept for later, all of
 * limited size.
 * @module
 */
import type { PickleValue } from "./pickle_value.ts";

const MAX_STACK = 20_000;
const MAX_MARKS = 200;
const MAX_MEMO = 2_000_000;

/** A stack, its marks and a memo. Methods throw a SyntaxError where a value is lacking or a limit is reached. */
export class PickleMachine {
  /** What waits to be used. */
  readonly stack: PickleValue[] = [];
  /** Lengths of the stack where marks were set. */
  readonly marks: number[] = [];
  /** What was kept, by its index. */
  readonly memo: Map<number, PickleValue> = new Map();

  /** Puts a value on the stack. */
  push(value: PickleValue): void {
    if (this.stack.length >= MAX_STACK) {
      throw new SyntaxError(`at most ${MAX_STACK} values can wait on the stack`);
    }
    this.stack.push(value);
  }

  /** The first value that lies above the last mark. */
  get floor(): number {
    return this.marks.length > 0 ? this.marks[this.marks.length - 1] : 0;
  }

  #need(count: number): void {
    if (this.stack.length - this.floor < count) {
      throw new SyntaxError(`it needs ${count} value(s) above the last mark`);
    }
  }

  /** The topmost value. */
  top(): PickleValue {
    this.#need(1);
    return this.stack[this.stack.length - 1];
  }

  /** Takes values from the stack, the topmost last. */
  pop(count: number): PickleValue[] {
    this.#need(count);
    return this.stack.splice(this.stack.length - count, count);
  }

  /** Sets a mark. */
  mark(): void {
    if (this.marks.length >= MAX_MARKS) {
      throw new SyntaxError(`values can be nested at most ${MAX_MARKS} deep`);
    }
    this.marks.push(this.stack.length);
  }

  /** Takes all values above the last mark, and the mark. */
  popToMark(): PickleValue[] {
    const mark = this.marks.pop();
    if (mark === undefined) throw new SyntaxError("it needs a mark");
    return this.stack.splice(mark);
  }

  /** Keeps the topmost value. */
  put(index: number): void {
    const value = this.top();
    if (this.memo.size >= MAX_MEMO) {
      throw new SyntaxError(`the memo holds at most ${MAX_MEMO} values`);
    }
    this.memo.set(index, value);
  }

  /** Puts a kept value on the stack. */
  get(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw new SyntaxError(`the memo holds no value ${index}`);
    this.push(value);
  }
}
