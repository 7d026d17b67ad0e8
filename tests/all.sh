#!/bin/bash
# SPDX-License-Identifier: MIT
#
# all.sh BUILD: every test there is, in BUILD and beside it. The models are in
# BUILD/deps or are done without. The last line is 'N passed, N failed'.
set -uo pipefail

cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." || exit 1
build=$1
deps=$PWD/$build/deps
passed=0
failed=0
names=

# part NAME COMMAND...: one thing that passes or fails.
part() {
  local name=$1 began=$SECONDS
  shift
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); names+="  $name"$'\n'; fi
  echo "== $name: $((SECONDS - began)) s"
}

# compiled DIR [SETUP...]: configures where that was not done, and builds.
compiled() {
  local dir=$1
  shift
  if [ ! -f "$dir/build.ninja" ]; then meson setup "$dir" "$@" >"$dir.log" 2>&1 || { cat "$dir.log"; return 1; }
  elif { [ -f "$deps/include/onnxruntime_c_api.h" ] && grep -q model_absent.c.o "$dir/build.ninja"; } ||
    ! grep -q 'tests/test_base\b' "$dir/build.ninja"; then # configured before the models or the tests' packages came
    meson configure --clearcache "$dir" && meson setup --reconfigure "$dir" >/dev/null || return 1
  fi
  # The models where the program looks for them by itself; whole environments are taken away in some tests.
  [ "$dir/deps" -ef "$deps" ] || ln -sfn "$deps" "$dir/deps" || return 1
  ninja -C "$dir" --quiet
}

# tested NAME DIR MESON-TEST-WORDS...: runs Meson's tests and counts what each of them says of itself.
tested() {
  local name=$1 dir=$2 began=$SECONDS counts
  shift 2
  rm -f "$dir/meson-logs/testlog.json"
  meson test -C "$dir" --no-rebuild --print-errorlogs "$@"
  counts=$(python3 tests/count.py "$dir/meson-logs/testlog.json") || counts='0 1'
  passed=$((passed + ${counts% *}))
  failed=$((failed + ${counts#* }))
  names+=$(grep -hE '^ *(not ok|FAIL |\[  FAILED  \] [a-z_]+$)' "$dir/meson-logs/testlog.txt" | sort -u)$'\n'
  echo "== $name: ${counts% *} passed, ${counts#* } failed, $((SECONDS - began)) s"
}

[ -f "$deps/include/onnxruntime_c_api.h" ] || echo 'The models could not be fetched; their tests are left out.'
export ENLIVEN_MODELS=$deps/models
runtime=-Druntime=$deps/include
functions="$(declare -f compiled); deps='$deps';"

part 'build with gcc' env CC=gcc bash -c "$functions compiled '$build'"
tested 'tests' "$build" --no-suite quick

export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1:detect_stack_use_after_return=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp:print_suppressions=0
part 'build with sanitizers' env CC=gcc bash -c "$functions compiled '$build-asan' '$runtime' \
  -Db_sanitize=address,undefined -Doptimization=1 -Ddebug=true"
tested 'tests under sanitizers' "$build-asan" --suite unit --suite quick --suite corpus --timeout-multiplier 4
unset ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS

part 'build with clang' env CC=clang bash -c "$functions compiled '$build-clang' '$runtime'"
tested 'tests with clang' "$build-clang" --suite unit

part 'lint' tools/lint/run.sh "$build"

echo "all: $SECONDS s"
[ "$failed" -eq 0 ] || printf 'Failed:\n%s\n' "$names"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
