/**
 * The messages of an ONNX model that a graph writer needs, and their encoding.
 * Field names and numbers: onnx.proto of ONNX 1.17 (https://github.com/onnx/onnx, IR version 8 and later). But:
 * - only what is written here is described: no functions, sparse tensors, sequences or training;
 * - nothing is decoded.
 *
 * The wire format itself (tags, variable-length integers, nesting) is `@bufbuild/protobuf`'s.
 * @module
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** Element types of tensors, by ONNX's number (`TensorProto.DataType`). */
export const DataType = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
} as const;

/** An element type of a tensor. */
export type DataTypeName = keyof typeof DataType;

/** The attribute types in use, by ONNX's number (`AttributeProto.AttributeType`). */
export const AttributeType = { float: 1, int: 2, ints: 7 } as const;

type Scalar = "int64" | "float" | "string" | "bytes";

/** Field name -> [number, type]; a type that is no scalar names another message. Arrays are repeated fields. */
const MESSAGES = {
  ModelProto: {
    irVersion: [1, "int64"],
    producerName: [2, "string"],
    graph: [7, "GraphProto"],
    opsetImport: [8, "OperatorSetIdProto"],
  },
  OperatorSetIdProto: { domain: [1, "string"], version: [2, "int64"] },
  GraphProto: {
    node: [1, "NodeProto"],
    name: [2, "string"],
    initializer: [5, "TensorProto"],
    input: [11, "ValueInfoProto"],
    output: [12, "ValueInfoProto"],
  },
  NodeProto: {
    input: [1, "string"],
    output: [2, "string"],
    name: [3, "string"],
    opType: [4, "string"],
    attribute: [5, "AttributeProto"],
    domain: [7, "string"],
  },
  AttributeProto: {
    name: [1, "string"],
    f: [2, "float"],
    i: [3, "int64"],
    ints: [8, "int64"],
    type: [20, "int64"],
  },
  TensorProto: {
    dims: [1, "int64"],
    dataType: [2, "int64"],
    name: [8, "string"],
    rawData: [9, "bytes"],
    externalData: [13, "StringStringEntryProto"],
    dataLocation: [14, "int64"],
  },
  StringStringEntryProto: { key: [1, "string"], value: [2, "string"] },
  ValueInfoProto: { name: [1, "string"], type: [2, "TypeProto"] },
  TypeProto: { tensorType: [1, "TensorTypeProto"] },
  TensorTypeProto: { elemType: [1, "int64"], shape: [2, "TensorShapeProto"] },
  TensorShapeProto: { dim: [1, "DimensionProto"] },
  DimensionProto: { dimValue: [1, "int64"], dimParam: [2, "string"] },
} as const;

type MessageName = keyof typeof MESSAGES;
type FieldOf<T> = T extends "int64" | "float" ? number
  : T extends "string" ? string
  : T extends "bytes" ? Uint8Array
  : T extends MessageName ? Message<T>
  : never;

/** A message as a plain object: each field may be absent, one value, or several. */
export type Message<M extends MessageName> = {
  [F in keyof typeof MESSAGES[M]]?: typeof MESSAGES[M][F] extends readonly [number, infer T]
    ? FieldOf<T> | FieldOf<T>[]
    : never;
};

const SCALARS: Record<Scalar, (writer: BinaryWriter, field: number, value: unknown) => void> = {
  int64: (writer, field, value) => writer.tag(field, WireType.Varint).int64(value as number),
  float: (writer, field, value) => writer.tag(field, WireType.Bit32).float(value as number),
  string: (writer, field, value) =>
    writer.tag(field, WireType.LengthDelimited).string(value as string),
  bytes: (writer, field, value) =>
    writer.tag(field, WireType.LengthDelimited).bytes(value as Uint8Array<ArrayBuffer>),
};

function write(writer: BinaryWriter, name: MessageName, message: Record<string, unknown>): void {
  const fields: Record<string, readonly [number, string]> = MESSAGES[name];
  for (const [key, [number, type]] of Object.entries(fields)) {
    const value = message[key];
    if (value === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) {
      if (type in SCALARS) {
        SCALARS[type as Scalar](writer, number, item);
        continue;
      }
      writer.tag(number, WireType.LengthDelimited).fork();
      write(writer, type as MessageName, item as Record<string, unknown>);
      writer.join();
    }
  }
}

/**
 * Encodes a message as protobuf bytes, fields in the order of their numbers.
 *
 * @param name The message's name in onnx.proto.
 * @param message Its fields.
 * @returns The encoded bytes.
 */
export function encodeMessage<M extends MessageName>(name: M, message: Message<M>): Uint8Array {
  const writer = new BinaryWriter();
  write(writer, name, message);
  return writer.finish();
}
