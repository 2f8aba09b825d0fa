import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { encodeMessage } from "../../../inference/onnx/proto.ts";

const bytes = (...values: (number | string)[]) =>
  Uint8Array.from(
    values.flatMap((value) =>
      typeof value === "number" ? [value] : [...new TextEncoder().encode(value)]
    ),
  );

describe("encodeMessage()", () => {
  it("encodeMessage() writes fields as the protobuf encoding guide does by hand", () => {
    // tag = field number * 8 + wire type (0 varint, 2 length-delimited, 5 four bytes)
    expect(encodeMessage("OperatorSetIdProto", { domain: "ab", version: 300 }))
      .toEqual(bytes(0x0a, 2, "ab", 0x10, 0xac, 0x02));
    expect(encodeMessage("AttributeProto", { name: "e", f: 1, type: 1 }))
      .toEqual(bytes(0x0a, 1, "e", 0x15, 0, 0, 0x80, 0x3f, 0xa0, 0x01, 1));
  });

  it("encodeMessage() writes a negative integer as ten bytes of two's complement", () => {
    expect(encodeMessage("AttributeProto", { i: -1 }))
      .toEqual(bytes(0x18, ...Array(9).fill(0xff), 1));
  });

  it("encodeMessage() repeats a field for each item and nests messages with their length", () => {
    expect(encodeMessage("AttributeProto", { ints: [1, 2] })).toEqual(bytes(0x40, 1, 0x40, 2));
    const dim = [{ dimValue: 3 }, { dimParam: "n" }];
    expect(encodeMessage("TensorShapeProto", { dim }))
      .toEqual(bytes(0x0a, 2, 0x08, 3, 0x0a, 3, 0x12, 1, "n"));
  });

  it("encodeMessage() leaves absent fields out", () => {
    expect(encodeMessage("NodeProto", { name: undefined, input: [] })).toEqual(bytes());
  });
});
