#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh BUILD SECONDS: builds the fuzzers there and lets each run that long.
# What they find lies in BUILD/found; the corpus is only read.
set -eu

cd -- "$(dirname -- "$0")/.."
build=$1
if [ ! -f "$build/build.ninja" ]; then
  CC=clang meson setup "$build" -Dfuzzers=true -Db_sanitize=address,undefined -Db_lundef=false -Doptimization=1 \
    -Ddebug=true -Dc_args=-fsanitize=fuzzer-no-link >/dev/null
fi
ninja -C "$build" --quiet fuzz/fuzz_cbor fuzz/fuzz_check fuzz/fuzz_container \
  fuzz/fuzz_jumbf fuzz/fuzz_photo fuzz/fuzz_plan fuzz/fuzz_signature
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0"
bad=0
for name in cbor check container jumbf photo plan signature; do
  mkdir -p "$build/found/$name" "$build/grown/$name"
  echo "fuzz_$name: $2 s"
  "$build/fuzz/fuzz_$name" -max_total_time="$2" -timeout=20 -rss_limit_mb=3072 -max_len=65536 -print_final_stats=0 \
    -artifact_prefix="$build/found/$name/" "$build/grown/$name" "fuzz/corpus/$name" 2>"$build/fuzz_$name.log" || bad=1
  tail -n 2 "$build/fuzz_$name.log"
done
[ "$bad" -eq 0 ] || echo "Something was found: see $build/found and $build/fuzz_*.log" >&2
exit "$bad"
