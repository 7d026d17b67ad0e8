// SPDX-License-Identifier: MIT
//
// Runs a TFLite model in plain node, by TFLite's own interpreter: the
// WebAssembly build inside @tensorflow/tfjs-tflite, without its web client.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const BUILD = '@tensorflow/tfjs-tflite/wasm/tflite_web_api_cc_simd';

/** Loads the interpreter from the packages installed under a folder. */
export async function loadRuntime(folder) {
  const script = join(folder, 'node_modules', `${BUILD}.js`);
  const make = createRequire(import.meta.url)(resolve(script));
  return make({
    wasmBinary: readFileSync(script.replace(/js$/, 'wasm')),
    print() {},
    printErr() {},
  });
}

/** Gives each input's outputs: [[{ name, data }, ...], ...]. */
export function runTflite(runtime, model, inputs) {
  const at = runtime._malloc(model.length);
  runtime.HEAPU8.set(model, at);
  const made = runtime.TFLiteWebModelRunner.CreateFromBufferAndOptions(at, model.length, {
    numThreads: 1,
    enableWebNNDelegate: false,
    webNNDevicePreference: 0,
    enableProfiling: false,
    maxProfilingBufferEntries: 1,
  });
  if (!made.ok()) throw new Error(`TFLite refuses the model: ${made.errorMessage()}`);
  const runner = made.value();

  const results = inputs.map((input) => {
    runner.GetInputs().get(0).data().set(input);
    if (!runner.Infer()) throw new Error('TFLite could not run the model');
    const outputs = runner.GetOutputs();
    return Array.from({ length: outputs.size() }, (_, i) => {
      const output = outputs.get(i);
      // Its memory is the interpreter's, which the next run overwrites.
      return { name: output.name, data: Float32Array.from(output.data()) };
    });
  });
  runner.delete();
  runtime._free(at);
  return results;
}
