#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// tflite2onnx IN.tflite OUT.onnx: rewrites a float TFLite model as ONNX, so
// that one runtime serves every model. The converted graph takes and gives the
// same NHWC tensors, by the same names, as the original.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

import { writeOnnx } from './onnx.mjs';
import { OPS, TO_CHW, TO_HWC } from './ops.mjs';
import { readTflite } from './tflite.mjs';

// The oldest pair that has every operator used: a file that asks for less
// loads in more releases of the runtime.
const VERSIONS = { irVersion: 7, opset: 13 };

function permute(data, shape, order) {
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
  const dims = order.map((axis) => shape[axis]);
  const out = new data.constructor(data.length);
  const index = dims.map(() => 0);
  for (let i = 0; i < out.length; i++) {
    out[i] = data[index.reduce((at, n, axis) => at + n * strides[order[axis]], 0)];
    for (let axis = dims.length - 1; axis >= 0 && ++index[axis] === dims[axis]; axis--) {
      index[axis] = 0;
    }
  }
  return { dims, data: out };
}

/**
 * The ONNX graph under construction. Each TFLite tensor may have a value in
 * TFLite's own layout ('hwc'), in NCHW ('chw', rank 4 only), or in both: a
 * transpose is written only when someone asks for the layout that is missing,
 * and then once, so that a chain of spatial operators never leaves NCHW.
 */
class Graph {
  constructor(model) {
    this.model = model;
    this.nodes = [];
    this.constants = new Map();
    this.values = model.tensors.map(() => ({}));
    for (const t of model.inputs) this.values[t].hwc = model.tensors[t].name;
  }

  shape(t) { return this.model.tensors[t].shape; }

  data(t) {
    const { data, name } = this.model.tensors[t];
    if (!data) throw new Error(`${name} has to be a constant`);
    return data;
  }

  has(t, layout) { return layout in this.values[t]; }

  // The name that a tensor's value in a layout will have.
  label(t, layout) {
    if (layout === 'chw') return `t${t}_chw`;
    return this.model.outputs.includes(t) ? this.model.tensors[t].name : `t${t}`;
  }

  node(op, inputs, output, attributes) {
    this.nodes.push({ op, inputs, outputs: [output], attributes });
  }

  constant(name, dims, data) {
    if (!this.constants.has(name)) this.constants.set(name, { name, dims, data });
    return name;
  }

  integers(list) {
    return this.constant(`ints_${list.join('_')}`.replaceAll('-', 'm'), [list.length],
      BigInt64Array.from(list, BigInt));
  }

  // A constant with its axes reordered: a kernel.
  weights(t, order) {
    const { dims, data } = permute(this.data(t), this.shape(t), order);
    return this.constant(`w${t}_${order.join('')}`, dims, data);
  }

  // An optional bias: TFLite marks a missing one by -1 or by leaving it out.
  bias(t) {
    return t === undefined || t < 0 ? [] : [this.constant(`b${t}`, this.shape(t), this.data(t))];
  }

  // An operand of an elementwise operator, which may be a constant of a lower
  // rank; that one is brought to [C, H, W] with the leading ones it needs.
  operand(t, layout) {
    if (!this.model.tensors[t].data) return this.in(t, layout);
    const shape = this.shape(t);
    if (layout === 'hwc') return this.constant(`c${t}`, shape, this.data(t));
    const full = [...Array(4 - shape.length).fill(1), ...shape];
    const { dims, data } = permute(this.data(t), full, TO_CHW);
    return this.constant(`c${t}_chw`, dims.slice(1), data);
  }

  in(t, layout) {
    const have = this.values[t];
    if (!have[layout]) {
      const other = layout === 'chw' ? have.hwc : have.chw;
      if (!other) throw new Error(`${this.model.tensors[t].name} is used before it is made`);
      if (this.shape(t).length !== 4) throw new Error(`rank ${this.shape(t).length} has no NCHW`);
      have[layout] = this.label(t, layout);
      this.node('Transpose', [other], have[layout], { perm: layout === 'chw' ? TO_CHW : TO_HWC });
    }
    return have[layout];
  }

  chw(t) { return this.in(t, 'chw'); }
  hwc(t) { return this.in(t, 'hwc'); }

  alias(from, to) { this.model.tensors[to].data = this.data(from); }

  emit(op, inputs, t, layout, attributes = {}, fused = 'none') {
    const name = this.label(t, layout);
    this.values[t][layout] = name;
    if (fused === 'none') {
      this.node(op, inputs, name, attributes);
    } else if (fused === 'relu') {
      this.node(op, inputs, `${name}_linear`, attributes);
      this.node('Relu', [`${name}_linear`], name, {});
    } else {
      throw new Error(`fused activation ${fused} is not supported`);
    }
  }
}

/** Writes a model as readTflite and readTfjs give it. */
export function convertModel(model, name) {
  const g = new Graph(model);
  for (const { op, inputs, outputs, options } of model.operators) {
    if (!OPS[op]) throw new Error(`operator ${op} is not supported`);
    for (const t of outputs) {
      const { type } = model.tensors[t];
      if (type !== 'float32') throw new Error(`operator ${op} gives ${type}; only float32 is supported`);
    }
    OPS[op](g, inputs, outputs, options);
  }
  for (const t of model.outputs) g.hwc(t);

  const border = (t) => ({ name: model.tensors[t].name, dims: g.shape(t) });
  return writeOnnx({
    name,
    nodes: g.nodes,
    constants: [...g.constants.values()],
    inputs: model.inputs.map(border),
    outputs: model.outputs.map(border),
  }, VERSIONS);
}

export const convert = (bytes, name) => convertModel(readTflite(bytes), name);

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) {
  const [source, target] = process.argv.slice(2);
  if (!source || !target) {
    console.error('usage: tflite2onnx.mjs IN.tflite OUT.onnx');
    process.exit(2);
  }
  try {
    const onnx = convert(readFileSync(source), basename(target, '.onnx'));
    writeFileSync(`${target}.part`, onnx);
    renameSync(`${target}.part`, target);
  } catch (error) {
    console.error(`tflite2onnx: cannot convert ${source}: ${error.message}`);
    process.exit(1);
  }
}
