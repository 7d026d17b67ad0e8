# SPDX-License-Identifier: MIT
"""Files that are no usable photo: each gets one clear sentence, the documented exit code and nothing else."""
import os
import random
import struct
import zlib

import pictures
from kit import BAD_PHOTO, IO, NOBODY, Skip, case, ffmpeg


def refuse_everywhere(t, code, path, what):
    """story, look and plan treat a photo alike."""
    for words in (("story", path, "-o", t.dir / "out.mp4"), ("look", path), ("plan", path, "--json"))[:1 if t.quick else 3]:
        t.refuse(code, *words, what=f"{words[0]} {what}")


@case
def not_files(t):
    (t.dir / "folder.jpg").mkdir()
    os.mkfifo(t.dir / "fifo.jpg")
    for name, what in (("folder.jpg", "a folder"), ("missing.jpg", "a missing file"), ("fifo.jpg", "a FIFO"),
                       ("no/such/folder/photo.jpg", "a missing folder"), ("x" * 300 + ".jpg", "too long a name"),
                       ("y/" * 3000 + "photo.jpg", "too long a path")):
        refuse_everywhere(t, IO, t.dir / name, what)
    refuse_everywhere(t, IO, "/dev/zero", "/dev/zero")
    refuse_everywhere(t, IO, "/dev/null", "/dev/null")
    os.symlink("loop.jpg", t.dir / "loop.jpg")
    refuse_everywhere(t, IO, t.dir / "loop.jpg", "a link to itself")


@case
def unreadable(t):
    path = t.photo()
    path.chmod(0)
    if os.getuid() != 0:
        refuse_everywhere(t, IO, path, "unreadable")
        return
    if os.spawnvp(os.P_WAIT, "setpriv", ["setpriv", f"--reuid={NOBODY}", "--clear-groups", "test", "-x", str(t.setting.program)]):
        raise Skip("nobody else may run the program where it was built")
    for words in (("story", path, "-o", t.dir / "out.mp4"), ("look", path), ("plan", path)):
        t.refuse(IO, *words, user=NOBODY)


@case
def other_formats(t):
    size = "200x160"
    text = "A line of text that is no picture at all.\n" * 100
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="160"><rect width="99" height="99" fill="red"/></svg>'
    pdf = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    written = {"empty.jpg": "", "one.jpg": b"\xff", "two.jpg": b"\xff\xd8", "text.jpg": text, "drawing.svg": svg,
               "xml.svg": '<?xml version="1.0"?>\n' + svg, "drawing.jpg": svg, "page.ps": "%!PS-Adobe-3.0\nnewpath 9 9 moveto showpage\n",
               "page.pdf": pdf, "page.jpg": pdf, "zip.png": b"PK\3\4" + bytes(60), "nul.jpg": bytes(5000),
               "script.jpg": "#!/bin/sh\necho hello\n", "video.heic": struct.pack(">I", 24) + b"ftypisom" + bytes(60),
               "brand.heic": struct.pack(">I", 24) + b"ftypheic" + bytes(60), "brand.avif": struct.pack(">I", 24) + b"ftypavif" + bytes(60),
               "riff.webp": b"RIFF" + struct.pack("<I", 100) + b"WEBP" + bytes(96), "wave.webp": b"RIFF" + struct.pack("<I", 100) + b"WAVE" + bytes(96)}
    for name, data in written.items():
        refuse_everywhere(t, BAD_PHOTO, t.write(name, data), name)
    for name in ("picture.gif", "picture.tiff", "picture.ppm", "picture.bmp", "picture.jp2"):
        path = t.dir / name
        try:
            ffmpeg("-f", "lavfi", "-i", f"testsrc2=size={size}", "-frames:v", 1, "-update", 1, path)
        except RuntimeError:
            continue  # an encoder that this ffmpeg lacks
        refuse_everywhere(t, BAD_PHOTO, path, name)
        disguised = path.rename(t.dir / (path.stem + ".jpg"))
        refuse_everywhere(t, BAD_PHOTO, disguised, name + " called .jpg")


@case
def cut_short(t):
    source = t.photo(width=400, height=200)
    ffmpeg("-i", source, t.dir / "photo.png")
    ffmpeg("-i", source, t.dir / "photo.webp")
    ffmpeg("-i", source, "-lossless", 1, t.dir / "lossless.webp")
    ffmpeg("-i", source, "-frames:v", 1, "-c:v", "libaom-av1", "-cpu-used", 8, "-still-picture", 1, t.dir / "photo.avif")
    for name in ("photo.jpg", "photo.png", "photo.webp", "lossless.webp", "photo.avif"):
        data = (t.dir / name).read_bytes()
        # AVIF is cut where picture data must be missing: a cut in the last few bytes is invisible to AV1.
        shares = (.02, .1, .5, .9) if name.endswith("avif") else (.001, .02, .1, .5, .9, .99)
        for share in shares[::2] if t.quick else shares:
            path = t.write(f"cut-{share}-{name}", data[:max(1, int(len(data) * share))])
            t.refuse(BAD_PHOTO, "story", path, "-o", t.dir / "out.mp4", what=f"{name} cut at {share:.1%}")
            if not t.quick:
                t.refuse(BAD_PHOTO, "look", path, what=f"look {name} cut at {share:.1%}")


@case
def head_then_noise(t):
    source = t.photo(width=400, height=200)
    ffmpeg("-i", source, t.dir / "photo.png")
    ffmpeg("-i", source, t.dir / "photo.webp")
    noise = random.Random(7).randbytes(20000)
    data = source.read_bytes()
    scan = data.index(b"\xff\xda")
    for name, head in (("start", data[:4]), ("head", data[:100]), ("frame", data[:scan])):
        t.refuse(BAD_PHOTO, "story", t.write(f"{name}.jpg", head + noise), "-o", t.dir / "out.mp4", what=f"JPEG {name}, then noise")
    png = (t.dir / "photo.png").read_bytes()
    webp = (t.dir / "photo.webp").read_bytes()
    t.refuse(BAD_PHOTO, "story", t.write("noise.png", png[:60] + noise), "-o", t.dir / "out.mp4", what="PNG head, then noise")
    t.refuse(BAD_PHOTO, "story", t.write("noise.webp", webp[:30] + noise), "-o", t.dir / "out.mp4", what="WebP head, then noise")
    broken = bytearray(png)
    broken[len(png) // 2] ^= 0x55
    t.refuse(BAD_PHOTO, "story", t.write("flipped.png", bytes(broken)), "-o", t.dir / "out.mp4", what="PNG with a wrong byte")


@case
def any_byte_wrong(t):
    """Whatever a flipped byte does, the answer is a video or a refusal."""
    source = random.Random(11)
    originals = [t.photo(width=192, height=96)]
    for ending in ("png", "webp"):
        ffmpeg("-i", originals[0], t.dir / f"photo.{ending}")
        originals.append(t.dir / f"photo.{ending}")
    for original in originals:
        data = original.read_bytes()
        for turn in range(2 if t.quick else 12):
            wrong = bytearray(data)
            for _ in range(3):
                wrong[source.randrange(min(len(data), 700)) if turn % 2 else source.randrange(len(data))] = source.randrange(256)
            path = t.write(f"wrong-{turn}{original.suffix}", bytes(wrong))
            result = t.run("look", path, limit=20)
            if t.check(result.code in (0, BAD_PHOTO), f"{path.name}: {result}") and result.code:
                t.sentence(result, path.name)


@case
def bombs(t):
    idat = pictures.chunk(b"IDAT", zlib.compress(bytes(1000)))
    end = pictures.chunk(b"IEND", b"")
    for width, height in ((30000, 30000), (65535, 65535), (2 ** 31 - 1, 2 ** 31 - 1), (16385, 3400), (0, 0), (0, 100), (8000, 8000)):
        path = t.write(f"bomb-{width}x{height}.png", pictures.png_head(width, height) + idat + end)
        refuse_everywhere(t, BAD_PHOTO, path, f"PNG of {width}x{height}")
    path = t.write("huge.jpg", b"\xff\xd8" + pictures.segment(0xDB, b"\0" + bytes([8] * 64)) +
                   pictures.segment(0xC0, struct.pack(">BHHB", 8, 65500, 65500, 1) + b"\x01\x11\0") + bytes(500))
    refuse_everywhere(t, BAD_PHOTO, path, "JPEG of 65500x65500")


@case
def bomb_of_pixels(t):
    """256 megapixels of black that are really there."""
    path = t.setting.made("black.png", lambda p: p.write_bytes(pictures.png_zeros(16000, 16000, 1, 0)))
    refuse_everywhere(t, BAD_PHOTO, path, "PNG of 16000x16000, whole")


@case(quick=False)
def bomb_of_scans(t):
    """A progressive JPEG of thousands of scans takes hours where nobody counts them."""
    path = t.write("scans.jpg", pictures.jpeg_scans(6400, 6400, 20000))
    t.refuse(BAD_PHOTO, "look", path, what=f"JPEG of {path.stat().st_size >> 10} KiB with thousands of scans")


@case
def bomb_of_text(t):
    """Comments and profiles that unpack to half a gigabyte: ignored or refused, and quickly."""
    path = t.write("text.png", pictures.png_text_bomb(128, 128, 512))
    result = t.run("look", path, limit=20)
    if t.check(result.code in (0, BAD_PHOTO), f"{result}") and result.code:
        t.sentence(result, "text bomb")


@case
def wrong_sizes(t):
    for width, height in ((1, 1), (63, 63), (20000, 10), (10, 20000), (64, 63), (2, 2000), (400, 64), (64, 321)):
        path = t.write(f"{width}x{height}.png", pictures.png_flat(width, height, (90, 120, 200)))
        refuse_everywhere(t, BAD_PHOTO, path, f"PNG of {width}x{height}")


@case
def too_many_bytes(t):
    path = t.dir / "sparse.jpg"
    path.write_bytes(t.photo().read_bytes())
    os.truncate(path, (256 << 20) + 1)
    refuse_everywhere(t, BAD_PHOTO, path, "257 MiB")
