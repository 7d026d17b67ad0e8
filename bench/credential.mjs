// SPDX-License-Identifier: MIT
// credential.mjs PACKAGES node|wasm check FILE ROOT, or PACKAGES node sign IN OUT CHAIN KEY: the same by c2pa-rs.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [packages, who, what, ...words] = process.argv.slice(2);
const at = path.join(fs.realpathSync(packages), 'node_modules');
const entry = createRequire(path.join(at, 'here.js')).resolve('@contentauth/c2pa-node');
const trust = (root) => JSON.stringify({
  trust: { trust_anchors: fs.readFileSync(root, 'utf8') }, verify: { verify_trust: true, verify_after_sign: false },
});
const state = (json) => (typeof json === 'string' ? JSON.parse(json) : json).validation_state;

async function check() {
  const [file, root] = words;
  if (who === 'wasm') {
    const pkg = path.join(at, '@contentauth', 'c2pa-wasm', 'pkg');
    const { initSync, WasmReader } = await import(pathToFileURL(path.join(pkg, 'c2pa.js')));
    initSync({ module: fs.readFileSync(path.join(pkg, 'c2pa_bg.wasm')) });
    return state((await WasmReader.fromBytes('video/mp4', fs.readFileSync(file), trust(root))).json());
  }
  const { Reader } = await import(pathToFileURL(entry));
  return state((await Reader.fromAsset({ path: file, mimeType: 'video/mp4' }, trust(root))).json());
}

async function sign() {
  const [file, out, chain, key] = words;
  const { Builder, LocalSigner } = await import(pathToFileURL(entry));
  const action = { action: 'c2pa.created', digitalSourceType:
    'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia' };
  const builder = Builder.withJson({
    claim_generator_info: [{ name: 'bench', version: '1' }], title: 'bench',
    assertions: [{ label: 'c2pa.actions.v2', data: { actions: [action] } }],
  }, { verify: { verifyAfterSign: false }, builder: { thumbnail: { enabled: false } } });
  const signer = LocalSigner.newSigner(fs.readFileSync(chain), fs.readFileSync(key), 'es256');
  builder.sign(signer, { path: file, mimeType: 'video/mp4' }, { path: out, mimeType: 'video/mp4' });
  return 'Trusted';
}

const said = await (what === 'sign' ? sign() : check());
if (said !== 'Trusted') {
  console.error(`${who} says ${said}`);
  process.exit(1);
}
