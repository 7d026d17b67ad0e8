// SPDX-License-Identifier: MIT
//
// One entry for each TFLite operator: how to say it in ONNX.
//
// An entry gets the graph being written (see Graph in tflite2onnx.mjs), the
// operator's tensor indices and its options. Spatial work is done in NCHW, the
// layout that ONNX defines; g.chw and g.hwc ask for a tensor in either layout,
// and g.emit says in which one a result came out.

// Where each NCHW axis lies in NHWC, and the other way round.
export const TO_CHW = [0, 3, 1, 2];
export const TO_HWC = [0, 2, 3, 1];

// TFLite's SAME rule: the output has ceil(in / stride) places, and an odd
// number of padding rows puts the extra one at the END, which is why every
// pad is written out instead of using ONNX's deprecated auto_pad.
function padding(same, input, kernel, strides, dilations = [1, 1]) {
  const begin = [0, 0];
  const end = [0, 0];
  if (same) {
    for (const i of [0, 1]) {
      const extent = (kernel[i] - 1) * dilations[i] + 1;
      const places = Math.ceil(input[i] / strides[i]);
      const total = Math.max(0, (places - 1) * strides[i] + extent - input[i]);
      begin[i] = Math.floor(total / 2);
      end[i] = total - begin[i];
    }
  }
  return [...begin, ...end];
}

const spatial = (shape) => [shape[1], shape[2]];

function conv(g, [x, w, b], [y], { same, strides, dilations, fused }, depthwise) {
  const [outer, kh, kw, inner] = g.shape(w);
  const channels = g.shape(x)[3];
  // TFLite stores kernels as [out, kh, kw, in], depthwise ones as
  // [1, kh, kw, out]; ONNX wants [out, in / group, kh, kw] for both.
  const kernel = depthwise
    ? g.weights(w, [3, 0, 1, 2])
    : g.weights(w, [0, 3, 1, 2]);
  if (depthwise && outer !== 1) throw new Error('odd depthwise kernel');
  g.emit('Conv', [g.chw(x), kernel, ...g.bias(b)], y, 'chw', {
    dilations,
    group: depthwise ? channels : channels / inner,
    kernel_shape: [kh, kw],
    pads: padding(same, spatial(g.shape(x)), [kh, kw], strides, dilations),
    strides,
  }, fused);
}

// Elementwise with TFLite's (NumPy's) broadcasting. Working in NCHW moves the
// channel axis, so the smaller operand has to be lined up with it first.
function binary(op) {
  return (g, [a, b], [y], { fused }) => {
    const layout = g.shape(y).length === 4 ? 'chw' : 'hwc';
    g.emit(op, [g.operand(a, layout), g.operand(b, layout)], y, layout, {}, fused);
  };
}

function resize(mode) {
  return (g, [x], [y], { alignCorners, halfPixel }) => {
    if (alignCorners && mode === 'nearest') throw new Error('align_corners with nearest');
    const [n, h, w, c] = g.shape(y);
    let coordinates = 'asymmetric';
    if (halfPixel) coordinates = 'half_pixel';
    if (alignCorners) coordinates = 'align_corners';
    g.emit('Resize', [g.chw(x), '', '', g.integers([n, c, h, w])], y, 'chw', {
      coordinate_transformation_mode: coordinates,
      mode,
      // TFLite takes floor((i + 0.5) * scale); ONNX subtracts another half
      // before it rounds, so that halves have to go up.
      ...(mode === 'nearest' && { nearest_mode: halfPixel ? 'round_prefer_ceil' : 'floor' }),
    });
  };
}

export const OPS = {
  ADD: binary('Add'),
  MUL: binary('Mul'),

  CONV_2D: (g, inputs, outputs, options) => conv(g, inputs, outputs, options, false),
  DEPTHWISE_CONV_2D: (g, inputs, outputs, options) => conv(g, inputs, outputs, options, true),

  // The output's size is given, and decides the cropping; TFLite crops the
  // odd row at the end, as SAME would have padded it.
  TRANSPOSE_CONV(g, [, w, x, b], [y], { strides, fused }) {
    const [, kh, kw] = g.shape(w);
    const input = spatial(g.shape(x));
    const output = spatial(g.shape(y));
    const crop = [kh, kw].map((k, i) => (input[i] - 1) * strides[i] + k - output[i]);
    const begin = crop.map((c) => Math.floor(Math.max(0, c) / 2));
    const end = crop.map((c, i) => Math.max(0, c) - begin[i]);
    g.emit('ConvTranspose', [g.chw(x), g.weights(w, [3, 0, 1, 2]), ...g.bias(b)], y, 'chw', {
      kernel_shape: [kh, kw],
      output_padding: crop.map((c) => Math.max(0, -c)),
      pads: [...begin, ...end],
      strides,
    }, fused);
  },

  // fp16 weights were widened when they were read.
  DEQUANTIZE: (g, [x], [y]) => g.alias(x, y),

  MAX_POOL_2D(g, [x], [y], { same, strides, kernel, fused }) {
    g.emit('MaxPool', [g.chw(x)], y, 'chw', {
      kernel_shape: kernel,
      pads: padding(same, spatial(g.shape(x)), kernel, strides),
      strides,
    }, fused);
  },

  PAD(g, [x, amounts], [y]) {
    const pairs = g.data(amounts);
    const side = (i) => TO_CHW.map((axis) => pairs[2 * axis + i]);
    g.emit('Pad', [g.chw(x), g.integers([...side(0), ...side(1)])], y, 'chw', { mode: 'constant' });
  },

  PRELU: (g, [x, slope], [y]) => {
    g.emit('PRelu', [g.chw(x), g.operand(slope, 'chw')], y, 'chw');
  },

  RELU: (g, [x], [y]) => g.emit('Relu', [g.chw(x)], y, 'chw'),
  RELU6: (g, [x], [y]) => {
    const limit = (name, value) => g.constant(name, [], Float32Array.of(value));
    g.emit('Clip', [g.chw(x), limit('zero', 0), limit('six', 6)], y, 'chw');
  },

  RESIZE_BILINEAR: resize('linear'),
  RESIZE_NEAREST_NEIGHBOR: resize('nearest'),

  // These name axes or the order of elements in memory, so they see TFLite's
  // own layout; only the transpose can take its input in either.
  CONCATENATION(g, inputs, [y], { axis, fused }) {
    g.emit('Concat', inputs.map((x) => g.hwc(x)), y, 'hwc', { axis }, fused);
  },

  RESHAPE(g, [x], [y]) {
    g.emit('Reshape', [g.hwc(x), g.integers(g.shape(y))], y, 'hwc');
  },

  SOFTMAX(g, [x], [y], { beta }) {
    if (beta !== 1) throw new Error(`softmax with beta ${beta}`);
    g.emit('Softmax', [g.hwc(x)], y, 'hwc', { axis: -1 });
  },

  SUM(g, [x, axes], [y], { keepDims }) {
    if (!keepDims || g.shape(x).length !== 4) throw new Error('sum that drops axes');
    const moved = Array.from(g.data(axes), (axis) => TO_CHW.indexOf(axis < 0 ? axis + 4 : axis));
    g.emit('ReduceSum', [g.chw(x), g.integers(moved)], y, 'chw', { keepdims: 1 });
  },

  TRANSPOSE(g, [x, order], [y]) {
    let perm = Array.from(g.data(order));
    if (g.has(x, 'chw')) {
      perm = perm.map((axis) => TO_HWC[axis]);
      g.emit('Transpose', [g.chw(x)], y, 'hwc', { perm });
    } else {
      g.emit('Transpose', [g.hwc(x)], y, 'hwc', { perm });
    }
  },
};
