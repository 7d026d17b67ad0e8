#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh OUTDIR: checks the converted models under OUTDIR (made there by
# tools/models/fetch.sh if need be) against the originals' own runtime. What the
# test needs for itself, it keeps in OUTDIR/test.
#
# The photo is NASA's portrait of Eileen Collins, in the public domain, out of
# Debian's python3-skimage; where that cannot be had, its checks are skipped.
set -eu

PHOTO_SHA256=88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5

fail() {
  echo "tests/models/run.sh: $*" >&2
  exit 1
}

[ $# -eq 1 ] || { echo 'usage: run.sh OUTDIR' >&2; exit 2; }
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
"$here/../../tools/models/fetch.sh" "$1"
out=$(CDPATH='' cd -- "$1" && pwd)
work=$out/test
mkdir -p "$work"

lock=$(sha256sum <"$here/package-lock.json" | cut -d ' ' -f 1)
if [ "$(cat "$work/.stamp" 2>/dev/null)" != "$lock" ]; then
  cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$work/"
  (cd "$work" && npm ci --loglevel=error) >"$work/npm.log" 2>&1 ||
    fail "npm could not install the test's packages ($(grep -m 1 -i -E 'err(or)?!? ' "$work/npm.log"))"
  echo "$lock" >"$work/.stamp"
fi

photo_is_right() { echo "$PHOTO_SHA256  $work/photo.png" | sha256sum --check --status 2>/dev/null; }

fetch_photo() {
  (cd "$work" && rm -f python3-skimage_*.deb && apt-get download -q python3-skimage &&
    dpkg-deb --fsys-tarfile python3-skimage_*.deb |
    tar -xO ./usr/lib/python3/dist-packages/skimage/data/astronaut.png >photo.png) >"$work/apt.log" 2>&1
  rm -f "$work"/python3-skimage_*.deb
}

photo=
photo_is_right || fetch_photo || :
if photo_is_right; then photo=$work/photo.png; fi

"${CC:-cc}" -std=c17 -O2 -Wall -Wextra -D_POSIX_C_SOURCE=200809L -isystem "$out/include" \
  -o "$work/run_onnx" "$here/run_onnx.c" || fail 'run_onnx.c does not compile'

exec node "$here/compare.mjs" "$out" "$work" ${photo:+"$photo"}
