// SPDX-License-Identifier: MIT
//
// Reads a TFLite file: just enough of the FlatBuffers wire format, and just
// the tables of the TFLite schema that a plain inference graph needs.
//
// Field numbers below are the schema's declaration order. A field that a
// writer left out has its schema default, which every getter takes.

const TYPES = ['float32', 'float16', 'int32', 'uint8', 'int64'];

const ACTIVATIONS = ['none', 'relu', 'relu_n1_to_1', 'relu6', 'tanh', 'sign_bit'];

// Builtin operator codes that the models of this project use; any other is
// given as a number, so that the converter can name it when it refuses.
const BUILTINS = {
  0: 'ADD', 2: 'CONCATENATION', 3: 'CONV_2D', 4: 'DEPTHWISE_CONV_2D',
  6: 'DEQUANTIZE', 17: 'MAX_POOL_2D', 18: 'MUL', 19: 'RELU', 22: 'RESHAPE',
  23: 'RESIZE_BILINEAR', 25: 'SOFTMAX', 34: 'PAD', 39: 'TRANSPOSE',
  54: 'PRELU', 67: 'TRANSPOSE_CONV', 74: 'SUM', 97: 'RESIZE_NEAREST_NEIGHBOR',
};
const CUSTOM = 32;

class Table {
  constructor(bytes, view, at) {
    this.bytes = bytes;
    this.view = view;
    this.at = at;
    this.vtable = at - view.getInt32(at, true);
    this.vtableSize = view.getUint16(this.vtable, true);
  }

  // Where a field's value lies, or 0 when the writer left it out.
  field(n) {
    const slot = 4 + 2 * n;
    if (slot >= this.vtableSize) return 0;
    const offset = this.view.getUint16(this.vtable + slot, true);
    return offset ? this.at + offset : 0;
  }

  u8(n, unset = 0) { const p = this.field(n); return p ? this.view.getUint8(p) : unset; }
  i32(n, unset = 0) { const p = this.field(n); return p ? this.view.getInt32(p, true) : unset; }
  f32(n, unset = 0) { const p = this.field(n); return p ? this.view.getFloat32(p, true) : unset; }
  bool(n) { return this.u8(n) !== 0; }

  follow(p) { return p + this.view.getUint32(p, true); }

  table(n) {
    const p = this.field(n);
    return p ? new Table(this.bytes, this.view, this.follow(p)) : null;
  }

  // Start and length of a vector field.
  vector(n) {
    const p = this.field(n);
    if (!p) return [0, 0];
    const start = this.follow(p);
    return [start + 4, this.view.getUint32(start, true)];
  }

  tables(n) {
    const [start, count] = this.vector(n);
    return Array.from({ length: count },
      (_, i) => new Table(this.bytes, this.view, this.follow(start + 4 * i)));
  }

  i32s(n) {
    const [start, count] = this.vector(n);
    return Array.from({ length: count }, (_, i) => this.view.getInt32(start + 4 * i, true));
  }

  raw(n) {
    const [start, count] = this.vector(n);
    return this.bytes.subarray(start, start + count);
  }

  string(n) { return Buffer.from(this.raw(n)).toString('utf8'); }
}

function halfToFloat(h) {
  const sign = h & 0x8000 ? -1 : 1;
  const exponent = (h >> 10) & 0x1f;
  const fraction = h & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

// A constant's numbers; fp16 is widened, since the runtime computes in fp32.
function numbers(type, bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type === 'float32') {
    return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
  }
  if (type === 'float16') {
    return Float32Array.from({ length: bytes.length / 2 },
      (_, i) => halfToFloat(view.getUint16(2 * i, true)));
  }
  if (type === 'int32') {
    return Int32Array.from({ length: bytes.length / 4 }, (_, i) => view.getInt32(4 * i, true));
  }
  throw new Error(`a constant of type ${type} is not supported`);
}

// Each operator's options, named. Pairs are [vertical, horizontal].
const OPTIONS = {
  CONV_2D: (t) => ({
    same: t.u8(0) === 0, strides: [t.i32(2), t.i32(1)], fused: t.u8(3),
    dilations: [t.i32(5, 1), t.i32(4, 1)],
  }),
  DEPTHWISE_CONV_2D: (t) => ({
    same: t.u8(0) === 0, strides: [t.i32(2), t.i32(1)], fused: t.u8(4),
    dilations: [t.i32(6, 1), t.i32(5, 1)],
  }),
  TRANSPOSE_CONV: (t) => ({
    same: t.u8(0) === 0, strides: [t.i32(2), t.i32(1)], fused: t.u8(3),
  }),
  MAX_POOL_2D: (t) => ({
    same: t.u8(0) === 0, strides: [t.i32(2), t.i32(1)],
    kernel: [t.i32(4), t.i32(3)], fused: t.u8(5),
  }),
  ADD: (t) => ({ fused: t.u8(0) }),
  MUL: (t) => ({ fused: t.u8(0) }),
  CONCATENATION: (t) => ({ axis: t.i32(0), fused: t.u8(1) }),
  RESIZE_BILINEAR: (t) => ({ alignCorners: t.bool(2), halfPixel: t.bool(3) }),
  RESIZE_NEAREST_NEIGHBOR: (t) => ({ alignCorners: t.bool(0), halfPixel: t.bool(1) }),
  SOFTMAX: (t) => ({ beta: t.f32(0) }),
  SUM: (t) => ({ keepDims: t.bool(0) }),
};

/**
 * Parses a TFLite file.
 * Returns { tensors: [{ name, shape, type, data? }], operators: [{ op,
 * inputs, outputs, options }], inputs, outputs }; operators and the graph name
 * tensors by index, and only a constant has data.
 */
export function readTflite(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (Buffer.from(bytes.subarray(4, 8)).toString('latin1') !== 'TFL3') {
    throw new Error('not a TFLite file');
  }
  const model = new Table(bytes, view, view.getUint32(0, true));
  const graphs = model.tables(2);
  if (graphs.length !== 1) throw new Error(`${graphs.length} subgraphs; one is supported`);
  const buffers = model.tables(4);

  const codes = model.tables(1).map((t) => {
    // Codes past 127 do not fit the old byte field; writers fill both.
    const code = Math.max(t.u8(0), t.i32(3));
    if (code === CUSTOM) return `custom ${t.string(1)}`;
    return BUILTINS[code] ?? `builtin ${code}`;
  });

  const tensors = graphs[0].tables(0).map((t) => {
    const type = TYPES[t.u8(1)] ?? `type ${t.u8(1)}`;
    const raw = buffers[t.i32(2)]?.raw(0) ?? new Uint8Array(0);
    if (t.table(6)) throw new Error(`tensor ${t.string(3)} is sparse`);
    const tensor = { name: t.string(3), shape: t.i32s(0), type };
    if (raw.length) tensor.data = numbers(type, raw);
    return tensor;
  });

  const operators = graphs[0].tables(3).map((t) => {
    const op = codes[t.i32(0)];
    const table = t.table(4);
    const options = OPTIONS[op] && table ? OPTIONS[op](table) : {};
    if ('fused' in options) {
      options.fused = ACTIVATIONS[options.fused] ?? `activation ${options.fused}`;
    }
    return { op, inputs: t.i32s(1), outputs: t.i32s(2), options };
  });

  return { tensors, operators, inputs: graphs[0].i32s(1), outputs: graphs[0].i32s(2) };
}
