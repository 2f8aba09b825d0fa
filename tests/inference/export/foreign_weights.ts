/**
 * Reads weights of exported folders by the formats' published descriptions, bit by bit and with none of the code that writes them:
 * - GPTQ: the layout of AutoGPTQ's `QuantLinear` (v1) and of GPTQModel (v2);
 * - bitsandbytes: `QuantState.from_dict` and `dequantize_4bit`;
 * - compressed-tensors: `unpack_from_int32` and `dequantize`.
 * @module
 */
import { openSafetensors } from "../../../inference/safetensors.ts";

/** The tensors of a file as plain numbers. */
export interface Numbers {
  shape: number[];
  values: ArrayLike<number>;
}

const DECODERS: Record<string, (buffer: ArrayBuffer) => ArrayLike<number>> = {
  U8: (buffer) => new Uint8Array(buffer),
  I32: (buffer) => new Int32Array(buffer),
  I64: (buffer) => Array.from(new BigInt64Array(buffer), Number),
  F32: (buffer) => new Float32Array(buffer),
  F16: (buffer) => Array.from(new Uint16Array(buffer), half),
};

/** The number of one float16 pattern, by the definition of IEEE 754. */
function half(bits: number): number {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/** All tensors of `model.safetensors`. */
export async function readNumbers(folder: string): Promise<Map<string, Numbers>> {
  const file = await openSafetensors(`${folder}/model.safetensors`);
  const numbers = new Map<string, Numbers>();
  for (const [name, { dtype, shape }] of file.tensors) {
    const { buffer } = await file.bytes(name);
    numbers.set(name, { shape, values: DECODERS[dtype](buffer) });
  }
  file.close();
  return numbers;
}

/** Bit `index` of a stream of 32-bit words, the lowest bit of a word first. */
function field(word: (index: number) => number, first: number, bits: number): number {
  let value = 0;
  for (let b = 0; b < bits; b++) {
    const at = first + b;
    value += ((word(Math.floor(at / 32)) >>> (at % 32)) & 1) * 2 ** b;
  }
  return value;
}

/** A GPTQ linear: scales[g][n] · (q[k][n] - z[g][n]) with g = g_idx[k]; the weight is given as [N, K]. */
export function gptqWeight(
  tensors: Map<string, Numbers>,
  name: string,
  { bits, v1 }: { bits: number; v1: boolean },
): number[] {
  const { shape: [, N], values: q } = tensors.get(`${name}.qweight`)!;
  const { shape: [, width], values: z } = tensors.get(`${name}.qzeros`)!;
  const scales = tensors.get(`${name}.scales`)!.values;
  const { shape: [K], values: group } = tensors.get(`${name}.g_idx`)!;
  const weight: number[] = [];
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < K; k++) {
      const g = group[k];
      const code = field((w) => q[w * N + n], k * bits, bits);
      const zero = field((w) => z[g * width + w], n * bits, bits) + (v1 ? 1 : 0);
      weight.push(Math.fround(scales[g * N + n] * (code - zero)));
    }
  }
  return weight;
}

/** A bitsandbytes linear, in float32. */
export function nf4Weight(tensors: Map<string, Numbers>, name: string): number[] {
  const part = (key: string) => tensors.get(`${name}.weight${key}`)?.values;
  const text = new TextDecoder().decode(
    Uint8Array.from(part(".quant_state.bitsandbytes__nf4")!),
  );
  const { blocksize, shape, nested_blocksize, nested_offset } = JSON.parse(text);
  const [bytes, map, absmax] = [part("")!, part(".quant_map")!, part(".absmax")!];
  const [scales, table] = [part(".nested_absmax"), part(".nested_quant_map")];
  const largest = (block: number) => {
    if (!scales || !table) return absmax[block];
    const scale = scales[Math.floor(block / nested_blocksize)];
    return Math.fround(Math.fround(table[absmax[block]] * scale) + nested_offset);
  };
  return Array.from({ length: shape[0] * shape[1] }, (_, i) => {
    const byte = bytes[i >> 1];
    const code = i % 2 === 0 ? byte >> 4 : byte & 15;
    return Math.fround(map[code] * largest(Math.floor(i / blocksize)));
  });
}

/** A pack-quantized linear; signed codes and zero points are stored with 2^(bits-1) added. */
export function packedWeight(
  tensors: Map<string, Numbers>,
  name: string,
  bits: number,
): number[] {
  const part = (key: string) => tensors.get(`${name}.weight_${key}`);
  const [N, K] = Array.from(part("shape")!.values);
  const { shape: [, width], values: words } = part("packed")!;
  const { shape: [, groups], values: scales } = part("scale")!;
  const zeros = part("zero_point")?.values;
  const offset = 2 ** (bits - 1);
  const weight: number[] = [];
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < K; k++) {
      const g = Math.floor(k * groups / K);
      const code = field((w) => words[n * width + w], k * bits, bits) - offset;
      const zero = zeros ? field((w) => zeros[w * groups + g], n * bits, bits) - offset : 0;
      weight.push(Math.fround(scales[n * groups + g] * (code - zero)));
    }
  }
  return weight;
}
