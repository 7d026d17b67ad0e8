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


RAW = ("[label]", "[suggestions]")


def normal(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def without_accents(text: str) -> str:
    letters = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in letters if not "\u0300" <= c <= "\u036f"))


def spellings(phrase: str, lang: str) -> list[str]:
    """How else people type it: without accents, and in German with an e instead of the dots."""
    if lang == "de":
        others = [phrase.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")]
    else:
        others = [without_accents(phrase)]
    return [other for other in others if other != phrase]


def phrases_of(line: str) -> list[str]:
    return [phrase.strip() for phrase in line.rpartition(":")[2].split(",") if phrase.strip()]


def fold(text: str, lang: str) -> str:
    lines, section = [], ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip()
        raw = section in RAW
        if line.lstrip().startswith("#"):
            line = ""
        lines.append((line if raw else normal(line)).rstrip())
    # A word that is one already keeps its own meaning: "e" (and) does not become "é" (is).
    taken, raw = set(), False
    for line in lines:
        raw = line in RAW if line.startswith("[") else raw
        if not raw and not line.startswith("["):
            taken.update(phrases_of(line))
    for i, line in enumerate(lines):
        raw = line in RAW if line.startswith("[") else raw
        more = [] if raw or line.startswith("[") else [
            other for phrase in phrases_of(line) for other in spellings(phrase, lang) if other not in taken]
        if more:
            comma = line.endswith(",")
            lines[i] = line.rstrip(",") + ", " + ", ".join(dict.fromkeys(more)) + ("," if comma else "")
    return "\n".join(lines) + "\n"


def main() -> None:
    out, files = sys.argv[1], [pathlib.Path(name) for name in sys.argv[2:]]
    # English first: it is the default, the others by name, whatever the order on the command line.
    files.sort(key=lambda path: (path.stem != "en", path.stem))
    code = HEAD
    for i, path in enumerate(files):
        data = fold(path.read_text(encoding="utf-8"), path.stem).encode()  # stops the build where a file is not UTF-8
        numbers = ",".join(str(byte) for byte in data + b"\0")
        code += f"static const unsigned char text_{i}[] = {{{numbers}}};\n"
    code += "\nconst struct enl_lexicon_file enl_lexicon_files[] = {\n"
    for i, path in enumerate(files):
        code += f'    {{"{path.stem}", (const char *)text_{i}}},\n'
    code += "    {NULL, NULL},\n};\n"
    pathlib.Path(out).write_text(code, encoding="utf-8")


main()
