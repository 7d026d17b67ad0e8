#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tamper.py BUILD [SEED]: whatever is done to a signed file, BUILD/enliven check must not call it valid or trusted.

Some 2,000 changes of bytes and of structure to MP4, JPEG, PNG and WebP, the same ones each time. What may change
unseen is told by MAY_CHANGE, with the reason; then come keys, files and disks that sign must refuse.
"""
import json
import random
import shutil
import struct
import sys
import time
from collections import Counter

sys.dont_write_bytecode = True
import kit  # noqa: E402
import refusals  # noqa: E402
from store import zones_of  # noqa: E402

# Zones that no signature covers, as C2PA 2.4 has it: a change there may stay unseen, and only there.
MAY_CHANGE = {
    "ftyp": "excluded from every c2pa.hash.bmff (18.6.2)",
    "carrier": "the head of the box, segment or chunk that holds the credentials, left out with them",
    "toggles": "bits of the store's, a manifest's, its claim's and signature's descriptions, which no hash covers",
    "pad": "room kept in the signature's unprotected header (13.2.2), or behind the store",
    "time-stamp": "in the unprotected header: around what its authority signed, certificates sent along, versions",
    "attested time": "in the unprotected header: a broken time-stamp is as good as none (15.8), and attests nothing",
    "mfra": "excluded from every c2pa.hash.bmff (18.6.2)",
}
FLIPS = 420  # a container
TRUNCATIONS = 25


class Signed:
    """A signed file, what its bytes are, and what it is made of."""

    def __init__(self, container, variant, path, store):
        self.container, self.variant = container, variant
        self.data = path.read_bytes()
        self.parts = PARTS[container](self.data)  # (name, from, to)
        self.store = store
        self.zones = zones_of(self.data, store, self.holder())

    def holder(self):
        """The part that holds the credentials."""
        return next(p for p in self.parts if p[0] in ("uuid", "APP11", "caBX", "C2PA"))

    def zone(self, at):
        if self.container == "mp4" and at < self.parts[0][2]:
            return "ftyp"
        return self.zones.get(at, "media")


def boxes(data):
    at, parts = 0, []
    while at + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        size = len(data) - at if size == 0 else struct.unpack(">Q", data[at + 8:at + 16])[0] if size == 1 else size
        parts.append((kind.decode("latin-1"), at, at + size))
        at += size
    return parts


def segments(data):
    at, parts = 2, [("SOI", 0, 2)]
    while data[at + 1] != 0xDA:
        size = 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
        kind = data[at + 1]
        parts.append((f"APP{kind - 0xE0}" if 0xE0 <= kind < 0xF0 else f"{kind:02x}", at, at + size))
        at += size
    return parts + [("scan", at, len(data) - 2), ("EOI", len(data) - 2, len(data))]


def chunks(data):
    at, parts = 8, [("head", 0, 8)]
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        parts.append((kind.decode(), at, at + 12 + size))
        at += 12 + size
    return parts


def riff(data):
    at, parts = 12, [("head", 0, 12)]
    while at < len(data):
        kind, size = struct.unpack("<4sI", data[at:at + 8])
        parts.append((kind.decode(), at, at + 8 + size + size % 2))
        at += 8 + size + size % 2
    return parts


PARTS = {"mp4": boxes, "jpg": segments, "png": chunks, "webp": riff}
# Harmless to every reader, and yet not what was signed.
EXTRA = {"mp4": kit.box(b"free", bytes(8)), "jpg": b"\xff\xfe\0\4hi", "webp": b"EXTR\2\0\0\0hi",
         "png": struct.pack(">I", 4) + b"tEXta\0hi" + struct.pack(">I", 0x3C2B6B3A)}


def flips(signed, rng):
    """One byte, in every zone as often."""
    places = {}
    for at in range(len(signed.data)):
        places.setdefault(signed.zone(at), []).append(at)
    for name, found in list(places.items()):
        if name == "media":  # every root part for itself, too
            for part, begin, end in signed.parts:
                inside = [at for at in range(begin, end) if signed.zone(at) == "media"]
                if inside:
                    places[f"media {part}"] = inside
    for i in range(FLIPS):
        name = sorted(places)[i % len(places)]
        at = rng.choice(places[name])
        data = bytearray(signed.data)
        data[at] ^= 1 << rng.randrange(8) if rng.random() < .5 else rng.randrange(1, 256)
        yield f"byte {at} ({name})", signed.zone(at), bytes(data)


def rebuilt(signed, order):
    data = b"".join(signed.data[begin:end] for _, begin, end in order)
    if signed.container == "webp" and data[:4] == b"RIFF":  # as an editor would leave it
        data = data[:4] + struct.pack("<I", len(data) - 8) + data[8:]
    return data


def restructured(signed):
    """Root parts put in, taken out, doubled, exchanged."""
    parts, extra = signed.parts, EXTRA[signed.container]
    for i, (name, begin, end) in enumerate(parts):
        yield f"{name} {i} taken out", "media", rebuilt(signed, parts[:i] + parts[i + 1:])
        yield f"{name} {i} doubled", "media", rebuilt(signed, parts[:i + 1] + parts[i:])
        # More of the same in the parts that stand behind the scan or the size would be a file of another kind.
        yield f"something put before {name} {i}", "media", signed.data[:begin] + extra + signed.data[begin:]
        for j in range(i + 1, min(i + 4, len(parts))):
            order = parts[:]
            order[i], order[j] = order[j], order[i]
            yield f"{name} {i} and {parts[j][0]} {j} exchanged", "media", rebuilt(signed, order)
    for what in (extra, b"\0", b"junk", bytes(1000)):
        yield f"{len(what)} bytes appended", "media", signed.data + what
        if signed.container == "webp":
            longer = signed.data + what + bytes(len(what) % 2)
            yield f"{len(what)} bytes appended within the size", "media", \
                longer[:4] + struct.pack("<I", len(longer) - 8) + longer[8:]
    if signed.container == "mp4":
        yield "mfra appended", "mfra", signed.data + kit.box(b"mfra", b"")
        yield "uuid of somebody else appended", "media", signed.data + kit.box(b"uuid", bytes(16), b"hello")


def cut(signed, rng):
    for _ in range(TRUNCATIONS):
        at = rng.randrange(len(signed.data))
        yield f"cut at {at}", "media", signed.data[:at]
    for name, begin, _ in signed.parts[1:]:
        yield f"cut before {name}", "media", signed.data[:begin]


def exchanged(ones, others):
    """The credentials of one file in another, the rest as it was."""
    for one in ones:
        for other in others:
            if one is other or one.container != other.container or one.store == other.store:
                continue
            _, begin, end = one.holder()
            _, start, stop = other.holder()
            data = one.data[:begin] + other.data[start:stop] + one.data[end:]
            if one.container == "webp":
                data = data[:4] + struct.pack("<I", len(data) - 8) + data[8:]
            yield f"{one.variant} with the credentials of {other.variant}", "media", data


def sign_some(setting, stamps):
    """Every container in several variants; of MP4 and so on, another picture each time."""
    photo = setting.dir / "photo.jpg"
    setting.sign(setting.source("jpg"), photo, "es384", "--made-by", "camera")
    words = {"plain": ("--made-by", "ai", "--no-training", "--model-name", "Test"),
             "stamped": ("--tsa", stamps.url),
             "ingredient": ("--made-by", "ai", "--from", photo, *setting.trust_words())}
    for container in PARTS:
        variants = dict(words, merkle=("--merkle", "1024")) if container == "mp4" else words
        for i, (variant, more) in enumerate(variants.items()):
            source, path = setting.dir / f"source{i}.{container}", setting.dir / f"{variant}.{container}"
            other_picture(setting, container, i, source)
            wrong = setting.sign(source, path, "es256", *more)
            if wrong or setting.check(path) != kit.TRUSTED:
                raise RuntimeError(f"{path.name}: {wrong or 'not trusted'}")
            setting.run("credential", "extract", path, "-o", path.with_suffix(".c2pa"), "--force")
            yield Signed(container, variant, path, path.with_suffix(".c2pa").read_bytes())


def other_picture(setting, container, number, path):
    if container == "mp4":
        kit.ffmpeg("-i", setting.source("mp4"), "-vf", f"hue=h={60 * number}", "-c:a", "copy", path)
    else:
        kit.ffmpeg("-i", setting.source("png"), "-vf", f"hue=h={60 * number}", "-frames:v", "1", path)


def changes(everything, rng):
    for container in PARTS:
        ones = [one for one in everything if one.container == container]
        for one in ones:
            for number, change in enumerate(flips(one, rng)):
                if number * len(ones) >= FLIPS:
                    break
                yield one, *change
            for change in [*restructured(one), *cut(one, rng)]:
                yield one, *change
        for change in exchanged(ones, ones):
            yield ones[0], *change


def judged(setting, batch):
    """What check says of changed files, all at once: (state, codes of success), or None where it can't be read."""
    folder = setting.dir / "changed"
    folder.mkdir()
    paths = []
    for number, (one, _, _, data) in enumerate(batch):
        paths.append(folder / f"{number}.{one.container}")
        paths[-1].write_bytes(data)
    done = setting.run("check", "--json", *paths, *setting.trust_words())
    shutil.rmtree(folder)
    if done.returncode < 0 or done.returncode in (1, kit.USAGE):
        raise RuntimeError(f"check ended with {done.returncode}: {done.stderr.decode()[-300:]}")
    reports = json.loads(done.stdout)
    if len(reports) != len(batch):
        raise RuntimeError(f"{len(reports)} reports of {len(batch)} files")
    for report in reports:
        results = (report or {}).get("validation_results", {}).get("activeManifest", {})
        yield (report or {}).get("validation_state"), {entry["code"] for entry in results.get("success", [])}


def tampered(setting, rng, stamps):
    """Failures, and how many changes were tried."""
    everything = list(sign_some(setting, stamps))
    work = [change for change in changes(everything, rng) if change[3] != change[0].data]
    failures, survivors = [], Counter()
    for begin in range(0, len(work), 100):
        batch = work[begin:begin + 100]
        for (one, what, zone, _), (state, success) in zip(batch, judged(setting, batch)):
            if state not in ("Valid", "Trusted"):
                continue
            survivors[zone] += 1
            said = f"{one.container} {one.variant}, {what}: {state}"
            if zone not in MAY_CHANGE:
                failures.append(said)
            elif zone == "attested time" and "timeStamp.validated" in success:
                failures.append(said + ", and the time is attested")
    for zone, count in sorted(survivors.items()):
        if zone in MAY_CHANGE:
            print(f"     unseen: {count} in {zone}: {MAY_CHANGE[zone]}")
    tried = Counter(zone for _, _, zone, _ in work)
    print("     tried: " + ", ".join(f"{zone} {count}" for zone, count in sorted(tried.items())))
    for text in failures[:40]:
        print(f"FAIL {text}")
    print(f"{'FAIL' if failures else 'ok  '} {len(work)} changes, {len(failures)} of them wrongly accepted")
    return len(failures), len(work)


def main():
    began = time.monotonic()
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    with kit.Setting(sys.argv[1]) as setting, kit.Stamps(setting.pki) as stamps:
        failed, tried = tampered(setting, rng, stamps)
        passed = tried - failed
        good, bad = refusals.run(setting)
    print(f"{time.monotonic() - began:.1f} s")
    print(f"{passed + good} passed, {failed + bad} failed")
    return 1 if failed + bad else 0


if __name__ == "__main__":
    sys.exit(main())
