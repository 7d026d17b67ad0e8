// SPDX-License-Identifier: MIT
//
// Writes an ONNX file: the protobuf wire format and the few ONNX messages that
// a plain inference graph needs. The numbers are the field numbers of onnx.proto.

const FLOAT = 1;
const INT64 = 7;

const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

function varint(value) {
  // Negative numbers (an axis) take protobuf's ten-byte two's complement form.
  let rest = BigInt.asUintN(64, BigInt(value));
  const out = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    out.push(rest ? low | 0x80 : low);
  } while (rest);
  return Buffer.from(out);
}

const tag = (field, wire) => varint(field * 8 + wire);
const integer = (field, value) => Buffer.concat([tag(field, VARINT), varint(value)]);
const bytes = (field, value) => Buffer.concat([tag(field, BYTES), varint(value.length), value]);
const string = (field, value) => bytes(field, Buffer.from(value, 'utf8'));
const message = (field, parts) => bytes(field, Buffer.concat(parts));

function float(field, value) {
  const raw = Buffer.alloc(4);
  raw.writeFloatLE(value);
  return Buffer.concat([tag(field, FIXED32), raw]);
}

// An attribute's kind follows from its value: numbers are integers unless
// wrapped as { float }, for JavaScript cannot tell 1 from 1.0.
function attribute([name, value]) {
  if (typeof value === 'string') {
    return message(5, [string(1, name), string(4, value), integer(20, 3)]);
  }
  if (Array.isArray(value)) {
    return message(5, [string(1, name), ...value.map((v) => integer(8, v)), integer(20, 7)]);
  }
  if (typeof value === 'object') {
    return message(5, [string(1, name), float(2, value.float), integer(20, 1)]);
  }
  return message(5, [string(1, name), integer(3, value), integer(20, 2)]);
}

function node({ op, inputs, outputs, attributes }, index) {
  return message(1, [
    ...inputs.map((name) => string(1, name)),
    ...outputs.map((name) => string(2, name)),
    string(3, `${op}_${index}`),
    string(4, op),
    ...Object.entries(attributes).map(attribute),
  ]);
}

function initializer({ name, dims, data }) {
  const isFloat = data instanceof Float32Array;
  const raw = Buffer.alloc(data.length * (isFloat ? 4 : 8));
  data.forEach((v, i) => {
    if (isFloat) raw.writeFloatLE(v, 4 * i);
    else raw.writeBigInt64LE(v, 8 * i);
  });
  return message(5, [
    ...dims.map((d) => integer(1, d)), integer(2, isFloat ? FLOAT : INT64),
    string(8, name), bytes(9, raw),
  ]);
}

function valueInfo(field, { name, dims }) {
  const shape = dims.map((d) => message(1, [integer(1, d)]));
  const type = message(1, [integer(1, FLOAT), message(2, shape)]);
  return message(field, [string(1, name), message(2, [type])]);
}

/**
 * Serialises a graph of { name, nodes: [{ op, inputs, outputs, attributes }],
 * constants: [{ name, dims, data: Float32Array | BigInt64Array }], inputs and
 * outputs: [{ name, dims }] }, all float32 outside the integer constants. The
 * same graph always gives the same bytes.
 */
export function writeOnnx({ name, nodes, constants, inputs, outputs }, { irVersion, opset }) {
  return Buffer.concat([
    integer(1, irVersion),
    string(2, 'enliven'),
    message(7, [
      ...nodes.map(node),
      string(2, name),
      ...constants.map(initializer),
      ...inputs.map((v) => valueInfo(11, v)),
      ...outputs.map((v) => valueInfo(12, v)),
    ]),
    message(8, [string(1, ''), integer(2, opset)]),
  ]);
}
