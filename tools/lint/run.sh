#!/bin/bash
# SPDX-License-Identifier: MIT
#
# run.sh BUILD: the rules of the house (rules.py), every public header alone as
# C17 and C++17, the library's exported symbols, and clang-tidy. BUILD is built.
set -uo pipefail

cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." || exit 1
build=$1
bad=0

python3 tools/lint/rules.py || bad=1

for header in include/enliven/*.h; do
  name=${header#include/}
  echo "#include <$name>" | gcc -std=c17 -Iinclude -Wall -Wextra -pedantic -Werror -fsyntax-only -x c - || bad=1
  echo "#include <$name>" | g++ -std=c++17 -Iinclude -Wall -Wextra -Werror -fsyntax-only -x c++ - || bad=1
done

# What the library exports is what its headers declare.
while read -r symbol; do
  case $symbol in
    enl_*) grep -qE "^ENL_API [^;]*\b$symbol\(" include/enliven/*.h ||
      { echo "$symbol is exported, but no header declares it"; bad=1; } ;;
    *) echo "$symbol is exported, and does not start with enl_"; bad=1 ;;
  esac
done < <(nm -D --defined-only "$build/libenliven.so" | cut -d ' ' -f 3)

if command -v clang-tidy >/dev/null; then
  # A database of clang's own, so that gcc's options do not confuse it.
  [ -f "$build-clang/compile_commands.json" ] ||
    CC=clang meson setup "$build-clang" "-Druntime=$PWD/$build/deps/include" >/dev/null || bad=1
  ninja -C "$build-clang" --quiet lexicon_files.c >/dev/null || bad=1
  mapfile -t files < <(python3 tools/lint/rules.py --sources "$build-clang")
  printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -n 5 clang-tidy -p "$build-clang" --quiet 2>/dev/null ||
    { echo 'clang-tidy found something'; bad=1; }
else
  echo 'clang-tidy is not installed (tools/install-deps.sh test)'
  bad=1
fi

[ "$bad" -eq 0 ] && echo 'lint: nothing to say'
exit "$bad"
