#!/bin/sh
# SPDX-License-Identifier: MIT
#
# example.sh BUILD: installs BUILD into a folder of its own, builds
# docs/example.c as others would, by pkg-config, and makes a story with it.
set -eu

build=$1
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

lines=$(wc -l <"$here/docs/example.c")
[ "$lines" -lt 40 ] || { echo "docs/example.c has $lines lines; under 40 were promised" >&2; exit 1; }
DESTDIR=$work/root meson install -C "$build" --no-rebuild --quiet >/dev/null
pc=$(find "$work/root" -name enliven.pc)
PKG_CONFIG_PATH=$(dirname "$pc")
LD_LIBRARY_PATH=$(dirname "$PKG_CONFIG_PATH")
export PKG_CONFIG_PATH LD_LIBRARY_PATH PKG_CONFIG_SYSROOT_DIR="$work/root"
[ ! -d "$build/deps/models" ] || export ENLIVEN_MODELS="$build/deps/models"
flags=$(pkg-config --cflags --libs enliven)
# shellcheck disable=SC2086 # words
"${CC:-cc}" -std=c17 -Wall -Wextra -Werror -o "$work/example" "$here/docs/example.c" $flags

"$work/example" "$here/samples/astronaut.jpg" "$work/out.mp4" 2>"$work/progress"
[ -s "$work/out.mp4" ]
grep -q render "$work/progress"

status=0
"$work/example" "$here/docs/example.c" "$work/none.mp4" 2>"$work/error" || status=$?
[ "$status" -eq 3 ] && grep -q 'is not a photo' "$work/error" && [ ! -e "$work/none.mp4" ]

# Credentials by themselves: no other library of ours, and none of those that pictures need.
flags=$(pkg-config --cflags --libs enliven-credential)
# shellcheck disable=SC2086 # words
"${CC:-cc}" -std=c17 -Wall -Wextra -Werror -o "$work/sign" "$here/docs/example_credential.c" $flags
"$work/sign" "$here/samples/lake.jpg" "$work/signed.jpg" "$work/identity" >"$work/said"
grep -q '^Taken with a camera.*not changed since' "$work/said"
[ -z "$(ldd "$work/sign" | grep -E 'vips|avcodec|jansson')" ]
