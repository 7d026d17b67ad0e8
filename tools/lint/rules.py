# SPDX-License-Identifier: MIT
"""rules.py: checks the rules that no compiler knows, over every file that git tracks; prints FILE:LINE: SENTENCE.

rules.py --sources BUILD prints the C files of src/ that BUILD compiles, for clang-tidy.
"""
import json
import os
import re
import subprocess
import sys

# The way of a photo. A room includes itself, base, the public headers, and what stands before it on the way.
WAY = ["photo", "model", "scene", "plan", "motion", "render", "sound", "mark", "movie", "credential", "engine", "cli"]
ONLY_THESE_KNOW_ENGINE = {"engine", "cli"}
# What stands in a table elsewhere: the lexicon is made for the label by plan, which is before mark on the way.

LONGEST_LINE = 120
LONGEST_FILE = 600

# Word: why it is not used. In every C file.
BANNED = {
    "strcpy": "knows no size", "strcat": "knows no size", "sprintf": "knows no size", "vsprintf": "knows no size",
    "gets": "knows no size", "atoi": "hides errors", "atol": "hides errors", "atof": "hides errors",
    "strtok": "keeps hidden state", "rand": "is not the same everywhere", "srand": "is not the same everywhere",
    "random": "is not the same everywhere", "system": "runs a shell", "popen": "runs a shell",
    "alloca": "has no limit", "tmpnam": "races", "mktemp": "races",
}
# In library rooms on top: a library does not talk and does not end the program.
BANNED_IN_LIBRARY = {
    "printf": "a library does not talk", "vprintf": "a library does not talk", "puts": "a library does not talk",
    "putchar": "a library does not talk", "fprintf": "a library does not talk", "perror": "a library does not talk",
    "exit": "a library does not end the program", "_exit": "a library does not end the program",
    "abort": "a library does not end the program", "assert": "a library does not end the program",
    "stdout": "a library does not talk", "stderr": "a library does not talk",
}
# Mutable file-scope variables that must be: each with its reason in the file.
GLOBALS_ALLOWED = {
    ("src/photo/photo.c", "vips_once"), ("src/photo/photo.c", "vips_ready"),  # libvips is started once
    ("src/cli/process.c", "held"), ("src/cli/process.c", "stopped"),          # read and set by the signal handler
}
SPDX = "SPDX-License-Identifier:"
NO_SPDX_IN = re.compile(
    r"(^data/|^samples/|^fuzz/corpus/|\.md$|\.json$|\.txt$|\.npmrc$|^LICENSE$|^NOTICE$|SHA256SUMS$|"
    r"^\.(gitignore|clang-format|clang-tidy|editorconfig)$|\.(jpg|png|svg|supp)$)")
GENERATED = {"src/base/srgb_table.h"}
TABLES = {
    "tests/unit/test_plan.c",  # prompts and what is expected of them, a line each
    "src/model/slots.c",       # the slots, a line each
}

problems = []


def tell(path, line, sentence):
    problems.append(f"{path}:{line}: {sentence}")


def without_comments(text):
    """The same text with comments, strings and characters blanked, line by line as before."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    return re.sub(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", blank, text, flags=re.S)


def room_of(path):
    parts = path.split("/")
    return parts[1] if parts[0] == "src" and len(parts) > 2 else None


def check_includes(path, text):
    room = room_of(path)
    if room is None:
        return
    if room != "base" and room not in WAY:
        tell(path, 1, f"the room {room} has no place on the way (tools/lint/rules.py)")
        return
    may = {"base"} if room == "base" else {"base", *WAY[:WAY.index(room) + 1]}
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if not match:
            continue
        target = match.group(1).split("/")[0]
        if "/" not in match.group(1):
            tell(path, number, f'"{match.group(1)}": include a file by its room, as "room/file.h"')
        elif target == "engine" and room not in ONLY_THESE_KNOW_ENGINE:
            tell(path, number, f"{room} must not know engine")
        elif target not in may:
            tell(path, number, f"{room} must not know {target}: it comes later on the way")


def check_words(path, code):
    room = room_of(path)
    words = dict(BANNED)
    if room is not None and room != "cli":
        words.update(BANNED_IN_LIBRARY)
    pattern = re.compile(r"(?<![\w.>])(" + "|".join(map(re.escape, words)) + r")\b(?=\s*\(|\s*[,;)])")
    for number, line in enumerate(code.splitlines(), 1):
        for match in pattern.finditer(line):
            word = match.group(1)
            called = line[match.end():].lstrip().startswith("(")
            if called or word in ("stdout", "stderr"):
                tell(path, number, f"{word} {words[word]}")


def check_globals(path, code):
    """A definition that starts in the first column, is no function and not const, is mutable state."""
    if room_of(path) is None or not path.endswith(".c"):
        return
    for number, line in enumerate(code.splitlines(), 1):
        match = re.match(r"(?:static\s+)?(?!typedef|extern|return|struct\s+\w+\s*\{|enum|union|#)((?:"
                         r"volatile\s+|unsigned\s+|_Atomic\s+|struct\s+)*\w+)\s+\**(\w+)\s*(\[[^\]]*\]\s*)*(=|;)", line)
        if match and " const" not in line[:match.start(4)] and not line.startswith("const") and \
                (path, match.group(2)) not in GLOBALS_ALLOWED:
            tell(path, number, f"{match.group(2)} is mutable state at file scope")


def check_statics_inside(path, code):
    if room_of(path) in (None, "cli") or not path.endswith((".c", ".h")):
        return
    for number, line in enumerate(code.splitlines(), 1):
        match = re.match(r"\s+static\s+(?!const\b|inline\b|_Thread_local\b)[\w ]+?\**(\w+)\s*"
                         r"(\[[^\]]*\]\s*)*(=|;)", line)
        if match and (path, match.group(1)) not in GLOBALS_ALLOWED and " const" not in line[:match.end()]:
            tell(path, number, f"{match.group(1)} is mutable state that outlives its function")


def check_file(path):
    with open(path, "rb") as file:
        raw = file.read()
    if b"\0" in raw or path.startswith(("samples/", "fuzz/corpus/")):
        return
    text = raw.decode("utf-8", errors="replace")
    lines = text.splitlines()
    if raw and not raw.endswith(b"\n"):
        tell(path, len(lines), "no newline at the end")
    if not NO_SPDX_IN.search(path) and not any(SPDX in line for line in lines[:3]):
        tell(path, 1, "no SPDX line at the top")
    code_file = path.endswith((".c", ".h", ".py", ".mjs", ".sh", ".js"))
    if code_file:
        for number, line in enumerate(lines, 1):
            if len(line) > LONGEST_LINE and path not in GENERATED | TABLES and not path.startswith("tests/blackbox/"):
                tell(path, number, f"{len(line)} columns; at most {LONGEST_LINE}")
            if line != line.rstrip():
                tell(path, number, "blanks at the end of the line")
            if "\t" in line:
                tell(path, number, "a tab")
        if len(lines) > LONGEST_FILE and path not in TABLES:
            tell(path, len(lines), f"{len(lines)} lines; at most {LONGEST_FILE}: what is this file two of?")
    if path.endswith((".c", ".h")):
        code = without_comments(text)
        check_includes(path, text)
        if path.startswith("src/"):
            check_words(path, code)
            check_globals(path, code)
            check_statics_inside(path, code)


def tracked():
    """Every file of the project; without git (a release archive), what lies in its folders."""
    done = subprocess.run(["git", "ls-files", "-z", "--cached"], capture_output=True, check=False)
    if done.returncode == 0 and done.stdout:
        return [name for name in done.stdout.decode().split("\0") if name and os.path.isfile(name)]
    roots = ["src", "include", "tests", "tools", "fuzz", "bench", "docs"]
    return [os.path.join(folder, name) for root in roots for folder, _, names in os.walk(root)
            if "node_modules" not in folder for name in names]


def sources(build):
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        for entry in json.load(file):
            path = os.path.relpath(os.path.join(entry["directory"], entry["file"]))
            if path.startswith("src/"):
                print(path)


def main():
    if sys.argv[1:2] == ["--sources"]:
        sources(sys.argv[2])
        return 0
    for path in tracked():
        check_file(path)
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


sys.exit(main())
