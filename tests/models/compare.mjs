// SPDX-License-Identifier: MIT
//
// compare.mjs OUTDIR WORK [PHOTO]: runs every converted model and its original
// on the same inputs, and compares all of their outputs. With the photo it
// also checks that the models see what is in it, which holds the inputs'
// ranges and the outputs' meanings that the program relies on.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { decodePng } from './png.mjs';
import { loadTfjs, runTfjs } from './tfjs_runtime.mjs';
import { loadRuntime, runTflite } from './tflite_runtime.mjs';

// Of the output's range. Two right fp32 runs differ by some 1e-5, for they add
// in another order; a pad on the wrong side or a half-pixel shift is over 1e-1.
const LIMIT = 1e-4;

// The face in the 512 x 512 photo: the detector is to put its box's middle
// within a few pixels of here, and the mesh gets 1.5 of its box.
const FACE = { x: 226, y: 127, side: 140 };

const MODELS = [
  { name: 'face_detection', side: 128, low: -1, crop: [0, 0, 512], sees: findsFace },
  {
    name: 'face_mesh', side: 192, low: 0, sees: tracesFace,
    crop: [FACE.x - FACE.side / 2, FACE.y - FACE.side / 2, FACE.side],
  },
  { name: 'person_parts', side: 256, low: -1, crop: [0, 0, 512], sees: partsPerson },
  {
    name: 'objects', side: 300, low: -1, crop: [0, 0, 512], sees: detectsPerson,
    part: { input: 'Preprocessor/sub', shape: [1, 300, 300, 3], outputs: ['Squeeze', 'concat_1'] },
  },
];

// Inputs are made in [0, 1] and brought to the model's [low, 1].

function gradient(side) {
  const out = new Float32Array(side * side * 3);
  for (let i = 0; i < out.length; i++) {
    const x = (Math.floor(i / 3) % side) / (side - 1);
    const y = Math.floor(i / 3 / side) / (side - 1);
    out[i] = [x, y, (1 + Math.sin(9 * x * y + 3 * x)) / 2][i % 3];
  }
  return out;
}

function noise(side) {
  let state = 20240607;
  return Float32Array.from({ length: side * side * 3 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
}

// The square of the photo from [left, top] on, resampled bilinearly.
function cut({ width, height, rgb }, [left, top, size], side) {
  const out = new Float32Array(side * side * 3);
  const clamp = (v, top) => Math.min(Math.max(v, 0), top);
  for (let i = 0; i < out.length; i++) {
    const x = clamp(left + ((Math.floor(i / 3) % side) + 0.5) * (size / side) - 0.5, width - 1);
    const y = clamp(top + (Math.floor(i / 3 / side) + 0.5) * (size / side) - 0.5, height - 1);
    const [x0, y0] = [Math.floor(x), Math.floor(y)];
    const at = (dx, dy) => {
      const pixel = Math.min(y0 + dy, height - 1) * width + Math.min(x0 + dx, width - 1);
      return rgb[pixel * 3 + i % 3];
    };
    const upper = at(0, 0) + (at(1, 0) - at(0, 0)) * (x - x0);
    const lower = at(0, 1) + (at(1, 1) - at(0, 1)) * (x - x0);
    out[i] = (upper + (lower - upper) * (y - y0)) / 255;
  }
  return out;
}

// What each model has to see in the photo; the words are what went wrong.

function findsFace([boxes, scores]) {
  const best = scores.data.indexOf(scores.data.reduce((a, b) => Math.max(a, b)));
  if (scores.data[best] < 2) return `its best score is ${scores.data[best]}`;
  // 512 anchors are two to each cell of a 16 x 16 grid, 384 six to each of an
  // 8 x 8 one; a box's middle is given from its cell's, in pixels of the input.
  const [grid, cell] = best < 512 ? [16, best >> 1] : [8, Math.floor((best - 512) / 6)];
  const x = 4 * (boxes.data[16 * best] + ((cell % grid) + 0.5) * (128 / grid));
  const y = 4 * (boxes.data[16 * best + 1] + (Math.floor(cell / grid) + 0.5) * (128 / grid));
  const off = Math.hypot(x - FACE.x, y - FACE.y);
  return off > 12 && `it puts the face at ${x.toFixed()},${y.toFixed()}`;
}

function tracesFace([points, flag]) {
  if (flag.data[0] < 2) return `its face flag is ${flag.data[0]}`;
  const eye = (i) => points.data.subarray(3 * i, 3 * i + 2);
  const [[rx, ry], [lx, ly], [mx, my]] = [eye(33), eye(263), eye(13)];
  const upright = rx > 30 && rx < 96 && lx > 96 && lx < 162 && my > Math.max(ry, ly) + 30;
  return !(upright && Math.abs(mx - (rx + lx) / 2) < 20) && 'its points are not a face';
}

function partsPerson([logits]) {
  const at = (x, y) => {
    const i = 6 * (Math.floor(y / 2) * 256 + Math.floor(x / 2));
    const values = logits.data.subarray(i, i + 6);
    return values.indexOf(values.reduce((a, b) => Math.max(a, b)));
  };
  const seen = [at(330, 60), at(225, 45), at(225, 130), at(100, 330)].join();
  return seen !== '0,1,3,4' && `it sees ${seen} for background, hair, face and clothes`;
}

// 91 logits an anchor: background, person ... 90 kinds. The surest is to be the person, and its box, told from an
// anchor of 19 x 19 x 3, then grids with six a cell, is large: none of the first grid's.
function detectsPerson([, logits]) {
  const best = logits.data.reduce((at, v, i) => (i % 91 !== 0 && v > logits.data[at] ? i : at), 1);
  if (best % 91 !== 1 || logits.data[best] < 0) return `it sees kind ${best % 91} at ${logits.data[best].toFixed(1)}`;
  return best / 91 < 19 * 19 * 3 && 'the person is in a small box';
}

const read = (path) => {
  const raw = readFileSync(path);
  return new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length));
};

// The largest error of any output, in parts of that output's range in the
// original; an output that hardly moves, or is one number, counts as 1 wide.
function worst(expected, actual) {
  let at = 0;
  let error = 0;
  for (const { data } of expected) {
    let [low, high, off] = [Infinity, -Infinity, 0];
    for (const value of data) {
      low = Math.min(low, value);
      high = Math.max(high, value);
      // A NaN has to count as wrong, and no comparison with it is true.
      const difference = Math.abs(value - actual[at++]);
      if (!(difference <= off)) off = difference;
    }
    error = Math.max(error, off / Math.max(high - low, 1));
  }
  if (at !== actual.length) throw new Error(`${actual.length} numbers came out, not ${at}`);
  return error;
}

const tally = { passed: 0, failed: 0, skipped: 0 };

function report(wrong, what, detail) {
  tally[wrong ? 'failed' : 'passed']++;
  console.log(`${wrong ? 'FAILED' : 'ok'} ${what}: ${detail}`);
}

const [out, work, photoPath] = process.argv.slice(2);
const photo = photoPath && decodePng(readFileSync(photoPath));
const runtime = await loadRuntime(work);
const tfjs = await loadTfjs(work);

for (const { name, side, low, crop, sees, part } of MODELS) {
  const inputs = { gradient: gradient(side), noise: noise(side) };
  if (photo) inputs.photo = cut(photo, crop, side);
  const names = Object.keys(inputs);
  const tensors = names.map((n) => inputs[n].map((v) => low + v * (1 - low)));

  const expected = part
    ? await runTfjs(tfjs, join(out, 'source', name), part, tensors)
    : runTflite(runtime, readFileSync(join(out, 'source', `${name}.tflite`)), tensors);
  const files = names.flatMap((n, i) => {
    writeFileSync(join(work, `${n}.in`), tensors[i]);
    return [join(work, `${n}.in`), join(work, `${n}.out`)];
  });
  execFileSync(join(work, 'run_onnx'),
    [join(out, 'lib', 'libonnxruntime.so'), join(out, 'models', `${name}.onnx`), '1', ...files]);

  names.forEach((n, i) => {
    const error = worst(expected[i], read(join(work, `${n}.out`)));
    report(!(error <= LIMIT), `${name} ${n}`,
      `largest error ${error.toExponential(1)} of the range, limit ${LIMIT.toExponential(0)}`);
  });
  if (photo) {
    let at = 0;
    const actual = read(join(work, 'photo.out'));
    const outputs = expected.at(-1).map(({ data }) => ({ data: actual.subarray(at, at += data.length) }));
    const wrong = sees(outputs);
    report(wrong, `${name} photo`, wrong || 'it sees what is there');
  } else {
    console.log(`skipped ${name} photo: no photo`);
    tally.skipped += 2;
  }
}

const skipped = tally.skipped ? `, ${tally.skipped} skipped` : '';
console.log(`${tally.passed} passed, ${tally.failed} failed${skipped}`);
process.exit(tally.failed ? 1 : 0);
