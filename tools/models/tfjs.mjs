// SPDX-License-Identifier: MIT
//
// Reads a TensorFlow.js graph model, or a part of it between two of its nodes,
// into what readTflite gives: tensors in NHWC and TFLite's operators, so that
// ops.mjs says both kinds in ONNX.

const ARRAYS = { float32: Float32Array, int32: Int32Array };

// The shards of the weights, end to end, cut up as the manifest says.
function readWeights(manifest, readShard) {
  const weights = new Map();
  for (const { paths, weights: list } of manifest) {
    const all = Buffer.concat(paths.map(readShard));
    let at = 0;
    for (const { name, shape, dtype, quantization } of list) {
      if (quantization || !ARRAYS[dtype]) throw new Error(`${name} is kept in a form that is not supported`);
      const length = shape.reduce((a, b) => a * b, 1);
      if (at + 4 * length > all.length) throw new Error(`the weights end within ${name}`);
      const data = new ARRAYS[dtype](Uint8Array.prototype.slice.call(all, at, at + 4 * length).buffer);
      weights.set(name, { shape, type: dtype, data });
      at += 4 * length;
    }
  }
  return weights;
}

// Attributes of strings are characters' numbers, or base64 of them.
const text = (value) => (typeof value === 'string' ? Buffer.from(value, 'base64') : Buffer.from(value)).toString();
const numbers = (attr) => (attr?.list?.i ?? []).map(Number);

function window({ strides, dilations, padding }) {
  const same = text(padding.s) === 'SAME';
  if (!same && text(padding.s) !== 'VALID') throw new Error(`padding ${text(padding.s)} is not supported`);
  return { same, strides: numbers(strides).slice(1, 3), dilations: numbers(dilations).slice(1, 3), fused: 'none' };
}

const places = ([, h, w], [kh, kw], { same, strides, dilations }) => [[h, kh], [w, kw]].map(([side, k], i) =>
  Math.ceil((same ? side : side - (k - 1) * dilations[i]) / strides[i]));

class Part {
  constructor(topology, weights, input) {
    this.nodes = new Map(topology.node.map((node) => [node.name, node]));
    this.weights = weights;
    this.tensors = [{ name: input.name, shape: input.shape, type: 'float32' }];
    this.operators = [];
    this.index = new Map([[input.name, 0]]);
  }

  constant(name, shape, type, data) {
    return this.tensors.push({ name, shape, type, data }) - 1;
  }

  operator(op, inputs, name, shape, options = {}) {
    const t = this.tensors.push({ name, shape, type: 'float32' }) - 1;
    this.operators.push({ op, inputs, outputs: [t], options });
    return t;
  }

  // The index of what a node gives, made with all before it when it is first asked for.
  tensor(label) {
    const name = label.replace(/:0$/, '');
    if (!this.index.has(name)) {
      const node = this.nodes.get(name);
      if (!node) throw new Error(`there is no node ${name}`);
      if (node.op !== 'Const' && !NODES[node.op]) throw new Error(`node ${node.op} is not supported`);
      this.index.set(name, node.op === 'Const' ? this.weight(name) : NODES[node.op](this, node, node.attr));
    }
    return this.index.get(name);
  }

  weight(name) {
    const weight = this.weights.get(name);
    if (!weight) throw new Error(`the weights of ${name} are missing`);
    return this.constant(name, weight.shape, weight.type, weight.data);
  }

  shape(t) { return this.tensors[t].shape; }

  data(t) {
    const { data, name } = this.tensors[t];
    if (!data) throw new Error(`${name} has to be a constant`);
    return data;
  }
}

// A node that is known beforehand, as shapes are: a list of whole numbers.
const known = (part, name, list, shape = [list.length]) => part.constant(name, shape, 'int32', Int32Array.from(list));

function binary(op) {
  return (part, { name, input }) => {
    const [a, b] = input.map((label) => part.tensor(label));
    const larger = part.shape(a).length >= part.shape(b).length ? a : b;
    return part.operator(op, [a, b], name, part.shape(larger), { fused: 'none' });
  };
}

function alike(op) {
  return (part, { name, input }) => {
    const x = part.tensor(input[0]);
    return part.operator(op, [x], name, part.shape(x));
  };
}

function reshape(part, name, x, shape) {
  const count = part.shape(x).reduce((a, b) => a * b, 1);
  const rest = shape.reduce((a, b) => (b < 0 ? a : a * b), 1);
  return part.operator('RESHAPE', [x], name, shape.map((side) => (side < 0 ? count / rest : side)));
}

// TensorFlow's kernels are [kh, kw, in, out]; TFLite's [out, kh, kw, in].
function kernel(part, t) {
  const [kh, kw, inner, outer] = part.shape(t);
  const from = part.data(t);
  const data = new Float32Array(from.length);
  for (let i = 0; i < from.length; i++) {
    const out = i % outer;
    data[out * kh * kw * inner + Math.floor(i / outer)] = from[i];
  }
  return part.constant(`${part.tensors[t].name}/turned`, [outer, kh, kw, inner], 'float32', data);
}

// How each node is said with TFLite's operators.
const NODES = {
  Add: binary('ADD'),
  BiasAdd: binary('ADD'),
  Mul: binary('MUL'),
  AddN(part, node) {
    if (node.input.length !== 2) throw new Error(`a sum of ${node.input.length}`);
    return binary('ADD')(part, node);
  },
  Relu6: alike('RELU6'),

  Conv2D(part, { name, input }, attr) {
    const [x, w] = input.map((label) => part.tensor(label));
    const options = window(attr);
    const [kh, kw, , outer] = part.shape(w);
    const shape = [1, ...places(part.shape(x), [kh, kw], options), outer];
    return part.operator('CONV_2D', [x, kernel(part, w)], name, shape, options);
  },

  DepthwiseConv2dNative(part, { name, input }, attr) {
    const [x, w] = input.map((label) => part.tensor(label));
    const options = window(attr);
    const [kh, kw, channels, multiplier] = part.shape(w);
    if (multiplier !== 1) throw new Error(`${multiplier} kernels a channel`);
    const shaped = part.constant(`${part.tensors[w].name}/shaped`, [1, kh, kw, channels], 'float32', part.data(w));
    const shape = [1, ...places(part.shape(x), [kh, kw], options), channels];
    return part.operator('DEPTHWISE_CONV_2D', [x, shaped], name, shape, options);
  },

  // A scale and an offset, for its mean and deviation no longer change.
  FusedBatchNorm(part, { name, input }, attr) {
    const [x, gamma, beta, mean, variance] = input.map((label) => part.tensor(label));
    const scale = part.data(gamma).map((g, i) => g / Math.sqrt(part.data(variance)[i] + attr.epsilon.f));
    const offset = part.data(beta).map((b, i) => b - part.data(mean)[i] * scale[i]);
    const sides = [scale.length];
    const scaled = part.operator('MUL', [x, part.constant(`${name}/scale`, sides, 'float32', scale)], `${name}/scaled`,
      part.shape(x), { fused: 'none' });
    return part.operator('ADD', [scaled, part.constant(`${name}/offset`, sides, 'float32', offset)], name,
      part.shape(x), { fused: 'none' });
  },

  Reshape(part, { name, input }) {
    return reshape(part, name, part.tensor(input[0]), Array.from(part.data(part.tensor(input[1]))));
  },

  Squeeze(part, { name, input }, attr) {
    const x = part.tensor(input[0]);
    const dims = numbers(attr.squeeze_dims);
    return reshape(part, name, x, part.shape(x).filter((_, axis) => !dims.includes(axis)));
  },

  ConcatV2(part, { name, input }) {
    const inputs = input.map((label) => part.tensor(label));
    const [axis] = part.data(inputs.pop());
    const shape = [...part.shape(inputs[0])];
    shape[axis] = inputs.reduce((sum, t) => sum + part.shape(t)[axis], 0);
    return part.operator('CONCATENATION', inputs, name, shape, { axis, fused: 'none' });
  },

  // What comes of shapes is known, for the input's is.
  Shape: (part, { name, input }) => known(part, name, part.shape(part.tensor(input[0]))),
  StridedSlice(part, { name, input }, attr) {
    const [x, begin, end] = input.map((label) => part.data(part.tensor(label)));
    const one = attr.shrink_axis_mask.i === '1' && begin.length === 1 && end[0] === begin[0] + 1;
    if (!one) throw new Error('a slice of more than one number');
    return known(part, name, [x[begin[0]]], []);
  },
  Pack: (part, { name, input }) => known(part, name, input.map((label) => part.data(part.tensor(label))[0])),
};

/**
 * Reads the part of a graph model from `input` ({ name, shape }: what that node
 * gives is fed) to the nodes named in `outputs`. `readShard` gives the bytes of
 * a file of weights. Returns what readTflite returns.
 */
export function readTfjs(json, readShard, input, outputs) {
  const model = JSON.parse(json);
  if (!model.modelTopology?.node || !model.weightsManifest) throw new Error('not a TensorFlow.js graph model');
  const part = new Part(model.modelTopology, readWeights(model.weightsManifest, readShard), input);
  const last = outputs.map((name) => part.tensor(name));
  return { tensors: part.tensors, operators: part.operators, inputs: [0], outputs: last };
}
