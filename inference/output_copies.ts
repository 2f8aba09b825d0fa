/**
 * What is done about the copies that ONNX Runtime's binding makes of every output.
 * @module
 */
import type { Tensor } from "onnxruntime-node";

/**
 * Frees at once the copy that onnxruntime-node 1.30 returns of an output, although it wrote the output to the tensor that it was given:
 * left to the garbage collector, copies of a large model's cache would fill the memory.
 */
export function freeCopy(copy: Tensor, target: Tensor): void {
  const { buffer } = copy.data as Float32Array<ArrayBuffer>;
  if (buffer !== (target.data as Float32Array).buffer) buffer.transfer(0);
}

/**
 * Makes the C library of Linux keep what is freed for what is made next, up to 64 MiB: it does so once a block of almost 32 MiB was
 * freed. Else each copy goes back to the system, and to get its pages again takes longer than to fill them. Elsewhere it changes nothing. The block is never written to, so that it takes no memory itself.
 */
export function keepFreedMemory(): void {
  new ArrayBuffer(2 ** 25 - 2 ** 13).transfer(0);
}
