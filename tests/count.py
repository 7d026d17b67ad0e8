# SPDX-License-Identifier: MIT
"""count.py LOG: prints "PASSED FAILED" of a Meson test log (a JSON object a line).

A test that tells its cases (TAP, or "N passed, N failed" as a line) counts as many as it tells; any other is one.
A test that failed without telling of a failed case has failed once more.
"""
import json
import re
import sys


def cases(test):
    text = test.get("stdout") or ""
    summary = re.findall(r"^(\d+) passed, (\d+) failed$", text, re.M)
    if summary:
        passed, failed = map(int, summary[-1])
    else:
        passed = len(re.findall(r"^\s*ok \d+", text, re.M))
        failed = len(re.findall(r"^\s*not ok \d+", text, re.M))
    good = test["result"] in ("OK", "EXPECTEDFAIL")
    if test["result"] == "SKIP":
        return passed, failed
    if good and not passed and not failed:
        passed = 1
    if not good and not failed:
        failed = 1
    return passed, failed


def main():
    with open(sys.argv[1], encoding="utf-8", errors="replace") as log:
        counts = [cases(json.loads(line)) for line in log if line.strip()]
    print(sum(c[0] for c in counts), sum(c[1] for c in counts))


main()
