#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""run.py BUILD: files that BUILD/enliven signs, judged by validators of others and read by readers of others.

Every algorithm in every container: plain, made from a signed photo, time-stamped, and (boxes) bound by a Merkle tree.
The validators come by npm once, pinned, into BUILD/deps/credential; without a network the test is left out.
"""
import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True
import kit  # noqa: E402

SKIPPED = 77  # Meson's word for it
# What c2pa-ts 0.9.4 does not do: it knows no WebP, GIF and WAV, and not the last four zero bytes of QuickTime's "udta";
# it takes a sigTst2 time-stamp for a broken signature, finds no ES512 signature valid (those of c2pa-rs neither), and
# begins a Merkle tree behind the head of the mdat, not 16 bytes into it.
TS_CONTAINERS = ("mp4", "m4a", "heic", "avif", "jpg", "png")
TS_VARIANTS = ("plain", "ingredient")
TS_ALGORITHMS = ("es256", "es384", "ps256", "ps384", "ps512", "ed25519")


def packages(deps):
    """Where the pinned packages lie, or (None, why they don't)."""
    place = deps / "credential"
    lock = (kit.HERE / "package-lock.json").read_bytes()
    stamp = place / ".stamp"
    if stamp.is_file() and stamp.read_bytes() == lock:
        return place, None
    if not shutil.which("npm") or not shutil.which("node"):
        return None, "there is no npm"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copyfile(kit.HERE / name, place / name)
    done = subprocess.run(["npm", "ci", "--ignore-scripts", "--loglevel=error", "--fetch-retries=1"], cwd=place,
                          capture_output=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        lines = [line for line in done.stderr.decode(errors="replace").splitlines() if line.startswith("npm error")]
        return None, f"npm could not install the pinned packages ({lines[0] if lines else 'no reason given'})"
    stamp.write_bytes(lock)
    return place, None


def variants(container, photo, setting, stamps):
    """Name, words for sign."""
    yield "plain", ("--made-by", "ai", "--no-training", "--human", "prompt_guided", "--model-name", "Test")
    yield "ingredient", ("--made-by", "ai", "--from", photo, *setting.trust_words())
    yield "time-stamp", ("--tsa", stamps.url)
    if container in kit.BMFF:
        yield "merkle", ("--merkle", "1024", "--made-by", "camera")


class Case:
    def __init__(self, container, key, variant, path):
        self.container, self.key, self.variant, self.path = container, key, variant, path
        self.wrong = []
        self.verdicts = {}

    def judge(self):
        if self.variant == "broken":
            self.judged = ("wasm", "node", "ts")
            self.wrong += [f"{who} does not see it" for who in self.judged
                           if not self.verdicts.get(who, "").startswith("Invalid: assertion.")]
            return
        want = {"wasm": "Trusted", "node": "Trusted"}
        if self.container in TS_CONTAINERS and self.variant in TS_VARIANTS and self.key in TS_ALGORITHMS:
            want["ts"] = "Valid"
        for who, state in want.items():
            if self.verdicts.get(who) != state:
                self.wrong.append(f"{who} says {self.verdicts.get(who)}")
        self.judged = tuple(want)

    def line(self):
        said = ", ".join(f"{who} {self.verdicts.get(who)}" for who in self.judged)
        text = f"{self.container:5}{self.variant:11}{self.key:8}{said}"
        return f"FAIL {text} {'; '.join(self.wrong)}" if self.wrong else f"ok   {text}"


def sign_all(setting, stamps):
    cases = []
    photo = setting.dir / "photo.jpg"
    wrong = setting.sign(setting.source("jpg"), photo, "es384", "--made-by", "camera")
    if wrong:
        raise RuntimeError(wrong)
    for container in kit.CONTAINERS:
        for variant, words in variants(container, photo, setting, stamps):
            for key in kit.ALGORITHMS:
                path = setting.dir / f"{container}-{variant}-{key}.{container}"
                cases.append((Case(container, key, variant, path), words))

    def one(pair):
        case, words = pair
        wrong = setting.sign(setting.source(case.container), case.path, case.key, *words)
        if wrong:
            case.wrong.append(wrong)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(one, cases))
    cases = [case for case, _ in cases]
    signed = [case for case in cases if not case.wrong]
    if setting.check(*(case.path for case in signed)) != kit.TRUSTED:  # the worst of all
        for case in signed:
            code = setting.check(case.path)
            if code != kit.TRUSTED:
                case.wrong.append(f"enliven check exits with {code}")
    return cases


def break_some(setting):
    """Files whose pixels were changed after signing: the validators must see it, or this test proves nothing."""
    cases = []
    for container in ("mp4", "jpg", "png"):
        path = setting.dir / f"{container}-broken.{container}"
        data = bytearray((setting.dir / f"{container}-plain-es256.{container}").read_bytes())
        data[-50] ^= 1
        path.write_bytes(data)
        case = Case(container, "es256", "broken", path)
        if setting.check(path) != kit.BROKEN:
            case.wrong.append("enliven check does not see it")
        cases.append(case)
    return cases


def ask_others(setting, place, cases):
    anchors = setting.dir / "anchors.pem"
    anchors.write_bytes((setting.pki / "root.pem").read_bytes() + (setting.pki / "tsa-root.pem").read_bytes())
    by_path = {str(case.path): case for case in cases if case.path.is_file()}
    out = kit.must("node", kit.HERE / "interop.mjs", place, anchors, *by_path)
    for line in out.splitlines():
        said = json.loads(line)
        by_path[said["file"]].verdicts = said
    for case in cases:
        case.judge()


def decoded(path):
    """What another reader sees or hears in it."""
    if path.suffix == ".avif":
        kit.must("avifdec", path, path.with_suffix(".y4m"))
        return path.with_suffix(".y4m").read_bytes()
    if path.suffix == ".heic":
        return kit.must("convert", path, "-depth", "8", "rgb:-")
    return kit.ffmpeg("-i", path, "-map", "0", "-f", "framemd5", "-")


def decodes_as(case, source, wanted):
    """What is wrong with what readers see in a signed file."""
    if len(wanted) < 100 or decoded(case.path) != wanted:
        yield "decodes to something else"
    if case.container in ("jpg", "png", "webp", "gif", "avif", "heic"):
        compared = subprocess.run(["compare", "-metric", "AE", f"{source}[0]", f"{case.path}[0]", "null:"],
                                  capture_output=True)
        if compared.returncode or compared.stderr.split()[:1] != [b"0"]:
            yield f"ImageMagick sees other pixels ({compared.stderr.decode(errors='replace')[:80]})"


def same_decoded(setting, cases):
    """A line for each container and variant: what readers see is what was signed."""
    wanted = {container: decoded(setting.source(container)) for container in kit.CONTAINERS}
    first = {(case.container, case.variant): case for case in reversed(cases)
             if case.variant != "broken" and case.path.is_file()}

    def one(case):
        text = f"{case.container:5}{case.variant:11}decodes as before"
        wrong = list(decodes_as(case, setting.source(case.container), wanted[case.container]))
        return f"FAIL {text}: {'; '.join(wrong)}" if wrong else f"ok   {text}"
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(one, reversed(first.values())))


def main():
    began = time.monotonic()
    build = kit.Path(sys.argv[1])
    place, why = packages(build.resolve() / "deps")
    if not place:
        print(f"Left out: {why}.")
        return SKIPPED
    fetched = time.monotonic()
    with kit.Setting(build) as setting:
        with kit.Stamps(setting.pki) as stamps:
            cases = sign_all(setting, stamps)
            stamped = sum(case.variant == "time-stamp" for case in cases)
            if stamps.count < stamped:
                raise RuntimeError(f"{stamps.count} time-stamps were asked for, not {stamped}")
        cases += break_some(setting)
        signed = time.monotonic()
        ask_others(setting, place, cases)
        lines = [case.line() for case in cases]
        lines += same_decoded(setting, cases)
    print("\n".join(lines))
    failed = sum(line.startswith("FAIL") for line in lines)
    print(f"fetched in {fetched - began:.1f} s, signed and checked {signed - fetched:.1f} s, "
          f"all {time.monotonic() - began:.1f} s")
    print(f"{len(lines) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
