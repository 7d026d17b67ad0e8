#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// tfjs2onnx MODEL.json OUT.onnx INPUT=1xHxWxC OUTPUT...: rewrites a float
// TensorFlow.js graph model, from the node INPUT on, which has that shape, to
// the nodes OUTPUT, as ONNX. What a program does as well itself, such as the
// loop over a batch and the choice among boxes, is so left out.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { readTfjs } from './tfjs.mjs';
import { convertModel } from './tflite2onnx.mjs';

const [source, target, from, ...outputs] = process.argv.slice(2);
const [, name, shape] = /^(.+)=(\d+(?:x\d+){3})$/.exec(from ?? '') ?? [];
if (!name || outputs.length === 0) {
  console.error('usage: tfjs2onnx.mjs MODEL.json OUT.onnx INPUT=1xHxWxC OUTPUT...');
  process.exit(2);
}
try {
  const input = { name, shape: shape.split('x').map(Number) };
  const shard = (path) => readFileSync(join(dirname(source), path));
  const model = readTfjs(readFileSync(source, 'utf8'), shard, input, outputs);
  writeFileSync(`${target}.part`, convertModel(model, basename(target, '.onnx')));
  renameSync(`${target}.part`, target);
} catch (error) {
  console.error(`tfjs2onnx: cannot convert ${source}: ${error.message}`);
  process.exit(1);
}
