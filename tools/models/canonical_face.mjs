#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// canonical_face GEOMETRY.binarypb OUT.txt: writes MediaPipe's canonical face
// mesh as text: a line "v X Y Z U V" for each vertex, then "t A B C" for each
// triangle, vertices counted from 0 in the order of the face mesh's landmarks.

import { readFileSync, writeFileSync } from 'node:fs';

const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

// Field numbers of mediapipe.face_geometry.GeometryPipelineMetadata and Mesh3d.
const CANONICAL_MESH = 1;
const VERTEX_BUFFER = 3;
const INDEX_BUFFER = 4;

const FLOATS_A_VERTEX = 5;
const VERTICES = 468;
const TRIANGLES = 898;

// Walks the fields of one protobuf message: [number, wire type, value], where
// the value of a length-delimited or fixed field is its bytes.
function* fields(bytes) {
  let at = 0;
  const varint = () => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('the file ends inside a field');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const wire = tag & 7;
    if (wire === VARINT) {
      yield [tag >> 3, wire, varint()];
    } else if (wire === BYTES || wire === FIXED32) {
      const length = wire === BYTES ? varint() : 4;
      yield [tag >> 3, wire, bytes.subarray(at, at + length)];
      at += length;
    } else {
      throw new Error(`wire type ${wire} is not supported`);
    }
  }
}

const float = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0, true);

function readMesh(metadata) {
  const mesh = [...fields(metadata)].find(([n]) => n === CANONICAL_MESH)?.[2];
  if (!mesh) throw new Error('no canonical mesh in it');
  const floats = [];
  const indices = [];
  for (const [number, wire, value] of fields(mesh)) {
    if (number === VERTEX_BUFFER && wire === FIXED32) floats.push(float(value));
    if (number === INDEX_BUFFER && wire === VARINT) indices.push(value);
  }
  if (floats.length !== VERTICES * FLOATS_A_VERTEX || indices.length !== TRIANGLES * 3
      || indices.some((i) => i >= VERTICES)) {
    throw new Error('the canonical mesh is not the one expected');
  }
  return { floats, indices };
}

const [source, target] = process.argv.slice(2);
try {
  const { floats, indices } = readMesh(readFileSync(source));
  const lines = [];
  const row = (kind, list, from, count) => lines.push([kind, ...list.slice(from, from + count)].join(' '));
  const rounded = floats.map((f) => Number(f.toFixed(6)));
  for (let i = 0; i < floats.length; i += FLOATS_A_VERTEX) {
    row('v', rounded, i, FLOATS_A_VERTEX);
  }
  for (let i = 0; i < indices.length; i += 3) row('t', indices, i, 3);
  writeFileSync(target, `${lines.join('\n')}\n`);
} catch (error) {
  console.error(`canonical_face: cannot convert ${source}: ${error.message}`);
  process.exit(1);
}
