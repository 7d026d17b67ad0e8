#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Black-box tests: the real command, real files, from outside. See --help."""
import argparse
import os
import shutil
import sys
import time
import traceback
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import kit  # noqa: E402
import case_bad_photos  # noqa: E402,F401
import case_formats  # noqa: E402,F401
import case_good_photos  # noqa: E402,F401
import case_machine  # noqa: E402,F401
import case_options  # noqa: E402,F401
import case_painted  # noqa: E402,F401
import case_plans  # noqa: E402,F401
import case_videos  # noqa: E402,F401

MOST_LINES = 12  # of one case's failures


def run_case(setting, function):
    """Its failures, as lines; None when it cannot be tried here."""
    test = kit.Test(setting, function.__name__)
    try:
        function(test)
    except kit.Skip as why:
        return [f"skipped: {why}"], True
    except Exception:  # noqa: BLE001: a case that breaks is a failed case, and the others go on
        test.failures.append(traceback.format_exc().strip())
    return test.failures, False


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=Path, help="the folder of the built enliven")
    parser.add_argument("--quick", action="store_true", help="small pictures only; for sanitizer builds")
    parser.add_argument("-k", metavar="NAME", default="", help="only cases whose name contains NAME")
    parser.add_argument("--keep", action="store_true", help="keep the files for a look")
    options = parser.parse_args()
    setting = kit.Setting(options.build.resolve(), options.quick)
    passed = failed = 0
    try:
        for function in kit.CASES:
            if options.k not in function.__name__ or (options.quick and not function.quick):
                continue
            began = time.monotonic()
            lines, skipped = run_case(setting, function)
            word = "skip" if skipped else "FAIL" if lines else "ok  "
            print(f"{word} {function.__name__} ({time.monotonic() - began:.1f} s)", flush=True)
            if len(lines) > MOST_LINES:
                lines = lines[:MOST_LINES] + [f"and {len(lines) - MOST_LINES} more"]
            for line in lines:
                print("     " + line.replace("\n", "\n     "), flush=True)
            passed += not lines and not skipped
            failed += bool(lines) and not skipped
    finally:
        if options.keep:
            print(f"files kept in {setting.folder}")
        else:
            for folder, _, _ in os.walk(setting.folder):
                os.chmod(folder, 0o700)
            shutil.rmtree(setting.folder, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
