/**
 * Views with strides: which part of a storage they span, and their elements in row-major order.
 * @module
 */

/** Whether the elements lie row-major without gaps; sizes of 1 leave their stride free. */
export function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  if (shape.includes(0)) return true;
  let expected = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] !== 1 && strides[d] !== expected) return false;
    expected *= shape[d];
  }
  return true;
}

/** Elements from the first to the last that a view names; 0 for an empty one. */
export function spannedElements(shape: readonly number[], strides: readonly number[]): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((at, size, d) => at + (size - 1) * strides[d], 1);
}

/**
 * Gathers a view's elements.
 *
 * @param span the bytes that the view spans, its first element first.
 * @param shape sizes, outermost first; none is 0.
 * @param strides elements from one index to the next, for each size.
 * @param width bytes of an element.
 * @returns the elements' bytes, row-major.
 */
export function gather(
  span: Uint8Array,
  shape: readonly number[],
  strides: readonly number[],
  width: number,
): Uint8Array<ArrayBuffer> {
  const count = shape.reduce((product, size) => product * size, 1);
  const gathered = new Uint8Array(count * width);
  const index = shape.map(() => 0);
  let from = 0; // element of the span
  for (let to = 0; to < gathered.length; to += width) {
    for (let byte = 0; byte < width; byte++) gathered[to + byte] = span[from * width + byte];
    for (let d = shape.length - 1; d >= 0; d--) {
      from += strides[d];
      if (++index[d] < shape[d]) break;
      from -= strides[d] * shape[d];
      index[d] = 0;
    }
  }
  return gathered;
}
