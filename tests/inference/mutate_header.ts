/**
 * Seeded damage to safetensors headers, from a flipped byte to a plausible lie.
 * @module
 */

/** A safetensors file without its data: prefix and header, and the size it claims to have. */
export interface HeaderFile {
  bytes: Uint8Array;
  fileBytes: number;
}

/** Joins a header to its prefix. `dataBytes` is what lies behind it. */
export function headerFile(header: Uint8Array | string, dataBytes: number): HeaderFile {
  const json = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + json.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return { bytes, fileBytes: bytes.length + dataBytes };
}

/** Sound headers to begin from, with the size of their data. */
export const SOUND_HEADERS: readonly [header: string, dataBytes: number][] = [
  ["{}", 0],
  ['{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}  ', 24],
  [
    '{"__metadata__":{"format":"pt"},"w":{"dtype":"F16","shape":[4],"data_offsets":[8,16]},' +
    '"b":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"e":{"dtype":"F32","shape":[0,5],"data_offsets":[16,16]}}',
    16,
  ],
  [
    '{ "x\\u00e9" : {"shape":[1, 2],"dtype":"BF16","data_offsets":[0,4]},\n"日本":' +
    '{"data_offsets":[4,10],"dtype":"U8","shape":[6]}, "n": {"dtype":"F4","shape":[4],"data_offsets":[10,12]} }',
    12,
  ],
];

const NUMBERS = [
  "0",
  "1",
  "2",
  "4",
  "8",
  "12",
  "16",
  "24",
  "-1",
  "-0",
  "1.0",
  "1e1",
  "01",
  "null",
  "{}",
]
  .concat(["9007199254740991", "9007199254740992", "18446744073709551616", "1e999", '"4"', "[]"]);
const WORDS = [
  '"F16"',
  '"F32"',
  '"U8"',
  '"F4"',
  '"C64"',
  '"X9"',
  '"dtype"',
  '"shape"',
  '"a"',
  '"b"',
  '"w"',
]
  .concat([
    '"data_offsets"',
    '"__metadata__"',
    '"__proto__"',
    '"\\ud800"',
    '"\\u0061"',
    '"a\u0000"',
    '""',
  ]);

/** Replaces one match of a pattern, chosen by `next`, with one of the candidates. */
function replaceOne(
  text: string,
  pattern: RegExp,
  candidates: readonly string[],
  next: () => number,
) {
  const matches = [...text.matchAll(pattern)];
  if (matches.length === 0) return text;
  const { index, 0: found } = matches[Math.floor(next() * matches.length)];
  const put = candidates[Math.floor(next() * candidates.length)];
  return text.slice(0, index) + put + text.slice(index + found.length);
}

/** Copies a random slice of the text to a random place, or moves it there. */
function shuffleSlice(text: string, next: () => number, move: boolean): string {
  const start = Math.floor(next() * text.length);
  const end = Math.min(text.length, start + 1 + Math.floor(next() * 60));
  const rest = move ? text.slice(0, start) + text.slice(end) : text;
  const to = Math.floor(next() * (rest.length + 1));
  return rest.slice(0, to) + text.slice(start, end) + rest.slice(to);
}

function mutateText(text: string, next: () => number): string {
  switch (Math.floor(next() * 8)) {
    case 0:
      return replaceOne(text, /\d+/g, NUMBERS, next);
    case 1:
      return replaceOne(text, /"[^"]*"/g, WORDS, next);
    case 2:
      return replaceOne(text, /[{}[\],:]/g, ["{", "}", "[", "]", ",", ":", "", " "], next);
    case 3:
      return replaceOne(text, /(?=[{}[\],:])/g, [" ", "\n", "\t", "\ufeff", "\u00a0", "\f"], next);
    case 4:
      return shuffleSlice(text, next, false);
    case 5:
      return shuffleSlice(text, next, true);
    case 6: { // one more tensor, often of an old name
      const name = WORDS[Math.floor(next() * WORDS.length)];
      const tensor = `${name}:{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`;
      return replaceOne(text, /^\{(?=")/g, [`{${tensor},`], next);
    }
    default:
      return text.slice(0, Math.floor(next() * text.length));
  }
}

/** A damaged copy of a sound header, sometimes with a damaged prefix or size; a few copies stay sound. */
export function mutateHeader(next: () => number): HeaderFile {
  const [header, dataBytes] = SOUND_HEADERS[Math.floor(next() * SOUND_HEADERS.length)];
  let text = header;
  for (let times = Math.floor(next() * 3); times > 0; times--) text = mutateText(text, next);
  const file = headerFile(text, dataBytes);
  if (next() < 0.3) { // raw bytes, the prefix included
    const at = Math.floor(next() ** 2 * file.bytes.length);
    file.bytes[at] = next() < 0.5 ? file.bytes[at] ^ (1 << Math.floor(next() * 8)) : next() * 256;
  }
  if (next() < 0.1) file.fileBytes = Math.max(0, file.fileBytes + Math.floor(next() * 9) - 4);
  return file;
}
