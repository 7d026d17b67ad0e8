// SPDX-License-Identifier: MIT
//
// Runs a part of a TensorFlow.js graph model in plain node, by TensorFlow.js itself.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

/** Loads TensorFlow.js from the packages installed under a folder. */
export async function loadTfjs(folder) {
  const require = createRequire(resolve(join(folder, 'package.json')));
  const tf = require('@tensorflow/tfjs-core');
  require('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend('cpu');
  return { tf, loadGraphModel: require('@tensorflow/tfjs-converter').loadGraphModel };
}

/** Gives what the nodes `outputs` make of each input fed at the node `input`: [[{ name, data }, ...], ...]. */
export async function runTfjs({ tf, loadGraphModel }, folder, { input, shape, outputs }, inputs) {
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
  const bytes = Buffer.concat(weightsManifest.flatMap(({ paths }) => paths.map((p) => readFileSync(join(folder, p)))));
  const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const model = await loadGraphModel({ load: async () => ({ modelTopology, weightSpecs, weightData }) });
  const results = [];
  for (const data of inputs) {
    const tensors = model.execute({ [input]: tf.tensor(data, shape) }, outputs);
    results.push(tensors.map((t, i) => ({ name: outputs[i], data: t.dataSync() })));
  }
  return results;
}
