#!/bin/sh
# SPDX-License-Identifier: MIT
#
# install-deps.sh [build|test]...: installs what Debian 12 packages are missing
# to build, or to test as well. With nothing missing it returns at once and
# needs neither root nor a network.
set -eu

# What is needed to build, run and make the models.
BUILD='gcc libc6-dev meson ninja-build pkg-config python3 libvips-dev libavformat-dev libavcodec-dev
  libavutil-dev libwebp-dev libavif-dev libcgif-dev libjansson-dev libutf8proc-dev libssl-dev libbrotli-dev
  fonts-lato fonts-droid-fallback ca-certificates'
# Where node and npm come from something else than Debian, they are as good.
NODE='nodejs npm'
# What the tests need on top: a second compiler with sanitizers and its checker, cmocka, readers of videos and of loops.
TEST='libcmocka-dev ffmpeg imagemagick webp libavif-bin libimage-exiftool-perl clang clang-tidy
  libclang-rt-14-dev g++ binutils'

fail() {
  echo "install-deps.sh: $*" >&2
  exit 1
}

wanted=
for set in "${@:-build}"; do
  case $set in
    build) wanted="$wanted $BUILD" ;;
    test) wanted="$wanted $TEST" ;;
    *) echo 'usage: install-deps.sh [build|test]...' >&2; exit 2 ;;
  esac
done
if ! { command -v node && command -v npm; } >/dev/null 2>&1; then wanted="$wanted $NODE"; fi

command -v dpkg-query >/dev/null || fail \
  "this is not Debian or one of its kin; install what these packages hold by hand:" $wanted

missing=
for package in $wanted; do
  state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) || state=
  [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "Installing:$missing"
as_root=
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || fail "run this once as root: apt-get install$missing"
  as_root=sudo
fi
export DEBIAN_FRONTEND=noninteractive
# The lists may be missing or old on a fresh machine; where they cannot be had, apt-get install tells it better.
$as_root apt-get update -qq || :
# shellcheck disable=SC2086 # a list of words
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
  fail "apt-get could not install$missing; run it by hand to see why"
