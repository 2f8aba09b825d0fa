/**
 * Builds an ONNX graph node by node: values have names, a node's output is named after the node.
 * @module
 */
import type { ExternalDataFile } from "./external_data.ts";
import {
  AttributeType,
  DataType,
  type DataTypeName,
  encodeMessage,
  type Message,
} from "./proto.ts";

/** A node's attribute; the key says its ONNX type. */
export type Attribute = { int: number } | { float: number } | { ints: number[] };

/** A size, or the name of one that is known only when the graph runs. */
export type Dimension = number | string;

/** What a node has beside its name, operator and inputs. */
export interface NodeOptions {
  /** Attributes by name. */
  attributes?: Record<string, Attribute>;
  /** Names of the outputs, `""` for one that is not wanted; the node's own name unless given. */
  outputs?: string[];
  /** The operator's domain; ONNX's own unless given. */
  domain?: "com.microsoft";
}

/** Version of ONNX's own operators, and of the file format that belongs to it. */
const OPSET = 18;
const IR_VERSION = 8;

/** A graph that is being built. */
export class GraphBuilder {
  readonly #graph = {
    node: [] as Message<"NodeProto">[],
    initializer: [] as Message<"TensorProto">[],
    input: [] as Message<"ValueInfoProto">[],
    output: [] as Message<"ValueInfoProto">[],
  };
  readonly #names = new Set<string>();

  /** @param data Where `weight()` puts tensors; a graph without weights needs none. */
  constructor(private readonly data?: ExternalDataFile) {}

  /** Whether a value of that name was already made. */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Declares an input of the graph. */
  input(name: string, type: DataTypeName, shape: Dimension[]): string {
    this.#graph.input.push(valueInfo(name, type, shape));
    return this.#claim(name);
  }

  /** Declares that a value, made by some node, is an output of the graph. */
  output(name: string, type: DataTypeName, shape: Dimension[]): void {
    this.#graph.output.push(valueInfo(name, type, shape));
  }

  /**
   * Adds a node.
   * @param name The node's name, and that of its output unless `outputs` says otherwise.
   * @param opType The operator.
   * @param inputs Names of values; `""` leaves an optional input out.
   * @returns The name of the first output.
   */
  node(name: string, opType: string, inputs: string[], options: NodeOptions = {}): string {
    const { attributes = {}, outputs = [name], domain } = options;
    for (const output of outputs) if (output !== "") this.#claim(output);
    const attribute = Object.entries(attributes).map(([key, value]) => attributeProto(key, value));
    this.#graph.node.push({ name, opType, input: inputs, output: outputs, attribute, domain });
    return outputs[0];
  }

  /** A small integer constant inside the model file; a number is a scalar, an array a vector. */
  constant(value: number | number[]): string {
    const values = [value].flat();
    const dims = Array.isArray(value) ? [values.length] : [];
    const name = `${dims.length ? "ints" : "int"}_${values.join("_")}`;
    if (this.has(name)) return name;
    const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.#graph.initializer.push({ name, dims, dataType: DataType.int64, rawData });
    return this.#claim(name);
  }

  /** A float32 scalar constant inside the model file. */
  scalar(value: number): string {
    const name = `float_${value}`;
    if (this.has(name)) return name;
    const rawData = new Uint8Array(Float32Array.of(value).buffer);
    this.#graph.initializer.push({ name, dims: [], dataType: DataType.float32, rawData });
    return this.#claim(name);
  }

  /**
   * A tensor whose bytes go to the external data file.
   * @param bytes Little-endian, row-major, exactly the shape's elements.
   */
  async weight(
    name: string,
    type: DataTypeName,
    dims: number[],
    bytes: Uint8Array,
  ): Promise<string> {
    if (!this.data) throw new Error(`Cannot store tensor ${name}: the graph has no data file`);
    this.#claim(name);
    const { offset, length } = await this.data.append(bytes);
    const place = { location: this.data.location, offset: String(offset), length: String(length) };
    this.#graph.initializer.push({
      name,
      dims,
      dataType: DataType[type],
      dataLocation: 1, // EXTERNAL
      externalData: Object.entries(place).map(([key, value]) => ({ key, value })),
    });
    return name;
  }

  /** The whole model as the bytes of an `.onnx` file. */
  model(name: string): Uint8Array {
    return encodeMessage("ModelProto", {
      irVersion: IR_VERSION,
      producerName: "mtpress",
      graph: { name, ...this.#graph },
      opsetImport: [{ domain: "", version: OPSET }, { domain: "com.microsoft", version: 1 }],
    });
  }

  /** What was added, as bytes to put behind those of a model that has the values it refers to. */
  addition(): Uint8Array {
    return encodeMessage("ModelProto", { graph: this.#graph });
  }

  #claim(name: string): string {
    if (this.#names.has(name)) {
      throw new Error(`Cannot name a value ${JSON.stringify(name)}: the name is taken`);
    }
    this.#names.add(name);
    return name;
  }
}

function attributeProto(name: string, value: Attribute): Message<"AttributeProto"> {
  if ("int" in value) return { name, i: value.int, type: AttributeType.int };
  if ("float" in value) return { name, f: value.float, type: AttributeType.float };
  return { name, ints: value.ints, type: AttributeType.ints };
}

function valueInfo(
  name: string,
  type: DataTypeName,
  shape: Dimension[],
): Message<"ValueInfoProto"> {
  const dim = shape.map((size) =>
    typeof size === "number" ? { dimValue: size } : { dimParam: size }
  );
  return { name, type: { tensorType: { elemType: DataType[type], shape: { dim } } } };
}
