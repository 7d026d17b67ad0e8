// SPDX-License-Identifier: MIT
// interop.mjs PACKAGES ANCHORS FILE...: what three validators that are not ours say of each file, a line of JSON each:
// {"file", "wasm": VERDICT, "node": VERDICT, "ts": VERDICT}; a VERDICT is a state, and the failures behind a colon.
import { webcrypto } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

globalThis.crypto ??= webcrypto; // Node 18, of Debian 12, keeps it to itself

const [packages, anchors, ...files] = process.argv.slice(2);
const trust = { trust: { trust_anchors: fs.readFileSync(anchors, 'utf8') }, verify: { verify_trust: true } };
const types = {
  avif: 'image/avif', gif: 'image/gif', heic: 'image/heic', jpg: 'image/jpeg', m4a: 'audio/mp4',
  mov: 'video/quicktime', mp4: 'video/mp4', png: 'image/png', wav: 'audio/wav', webp: 'image/webp',
};

const at = path.join(fs.realpathSync(packages), 'node_modules');
const find = createRequire(path.join(at, 'here.js'));
const load = async (...words) => import(pathToFileURL(path.join(at, ...words)));

const { initSync, WasmReader } = await load('@contentauth', 'c2pa-wasm', 'pkg', 'c2pa.js');
initSync({ module: fs.readFileSync(path.join(at, '@contentauth', 'c2pa-wasm', 'pkg', 'c2pa_bg.wasm')) });
const { Reader } = await import(pathToFileURL(find.resolve('@contentauth/c2pa-node')));
const ts = path.join('@trustnxt', 'c2pa-ts', 'dist');
const { BMFF, JPEG, PNG } = await load(ts, 'asset', 'index.js');
const { SuperBox } = await load(ts, 'jumbf', 'index.js');
const { ManifestStore } = await load(ts, 'manifest', 'index.js');
// It reads boxes of any kind, but looks only at those of pictures unless told.
for (const brand of ['isom', 'mp42', 'qt  ', 'M4A ']) BMFF.canReadBrands?.add(brand);

// Failures of the file's own manifest and of every ingredient's.
function verdict(report) {
  const json = typeof report === 'string' ? JSON.parse(report) : report;
  const results = json.validation_results ?? {};
  const deltas = (results.ingredientDeltas ?? []).map((one) => one.validationDeltas);
  const failures = [results.activeManifest, ...deltas].flatMap((one) => one?.failure ?? []).map((one) => one.code);
  return [json.validation_state, ...failures].join(': ');
}

async function wasm(type, bytes) {
  return verdict((await WasmReader.fromBytes(type, bytes, JSON.stringify(trust))).json());
}

async function node(type, bytes) {
  return verdict((await Reader.fromAsset({ buffer: bytes, mimeType: type }, JSON.stringify(trust))).json());
}

async function typescript(type, bytes) {
  const kind = [JPEG, PNG, BMFF].find((one) => one.canRead(bytes));
  if (!kind) return 'unknown kind';
  const asset = new kind(bytes);
  const store = ManifestStore.read(SuperBox.fromBuffer(asset.getManifestJUMBF()));
  const result = await store.validate(asset);
  const failures = result.statusEntries.filter((one) => !one.success).map((one) => one.code);
  return [result.isValid ? 'Valid' : 'Invalid', ...failures].join(': ');
}

async function ask(how, type, bytes) {
  try {
    return await how(type, bytes);
  } catch (why) {
    return `error: ${why?.message ?? why}`;
  }
}

for (const file of files) {
  const type = types[path.extname(file).slice(1)];
  const bytes = fs.readFileSync(file);
  console.log(JSON.stringify({
    file,
    wasm: await ask(wasm, type, bytes),
    node: await ask(node, type, bytes),
    ts: await ask(typescript, type, bytes),
  }));
}
