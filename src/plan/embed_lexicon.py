#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""embed_lexicon.py OUT.c FILE.txt...: the lexicons as C, so that the library needs no data files of its own.

Words are folded here as src/plan/words.c folds a prompt's, so that a plan need not do it each time; comments go, but
lines keep their numbers.
"""
import pathlib
import sys
import unicodedata

HEAD = """// Made by src/plan/embed_lexicon.py; edit data/lexicon instead.
#include <stddef.h>

#include "plan/lexicon.h"

"""


def fold(text: str) -> str:
    lines, section = [], ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip()
        if line.lstrip().startswith("#"):
            line = ""
        elif section != "[label]":
            line = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", line).casefold())
        lines.append(line.rstrip())
    return "\n".join(lines) + "\n"


def main() -> None:
    out, files = sys.argv[1], [pathlib.Path(name) for name in sys.argv[2:]]
    # English first: it is the default, the others by name, whatever the order on the command line.
    files.sort(key=lambda path: (path.stem != "en", path.stem))
    code = HEAD
    for i, path in enumerate(files):
        data = fold(path.read_text(encoding="utf-8")).encode()  # stops the build where a file is not UTF-8
        numbers = ",".join(str(byte) for byte in data + b"\0")
        code += f"static const unsigned char text_{i}[] = {{{numbers}}};\n"
    code += "\nconst struct enl_lexicon_file enl_lexicon_files[] = {\n"
    for i, path in enumerate(files):
        code += f'    {{"{path.stem}", (const char *)text_{i}}},\n'
    code += "    {NULL, NULL},\n};\n"
    pathlib.Path(out).write_text(code, encoding="utf-8")


main()
