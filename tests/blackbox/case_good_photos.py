# SPDX-License-Identifier: MIT
"""Photos that are unusual and still photos: each gets a good video."""
import math

import pictures
from kit import SAMPLES, case, ffmpeg, psnr, show


def first_colours(t, video, width, height, points):
    """The first frame's colours at points (fractions)."""
    pixels = t.frame(video)
    if not t.check(len(pixels) == 3 * width * height, f"{video.name}: a frame of {len(pixels)} bytes"):
        return [(0, 0, 0)] * len(points)
    return [tuple(pixels[3 * (int(y * height) * width + int(x * width)) + c] for c in range(3)) for x, y in points]


def near(a, b, most=12):
    return all(abs(x - y) <= most for x, y in zip(a, b))


@case
def cmyk(t):
    """Adobe's CMYK is stored inverted: left cyan, right yellow."""
    data = pictures.jpeg_blocks(192, 128, lambda x, y: (20, 240, 240, 250) if x < 12 else (240, 240, 20, 250), adobe=0)
    if t.story(t.write("cmyk.jpg", data), size=(192, 128)):
        left, right = first_colours(t, t.dir / "out.mp4", 192, 128, [(.1, .5), (.9, .3)])
        t.check(left[2] > left[0] + 60 and right[0] > right[2] + 60, f"cyan became {left}, yellow {right}")


@case
def bit_depths(t):
    w, h = 160, 128
    rgb16 = [b"".join(bytes([x, 7, y * 2 % 256, 9, 255 - x, 200]) for x in range(w)) for y in range(h)]
    files = {"rgb16.png": pictures.png(w, h, rgb16, 16, 2), "grey16.png": pictures.png(w, h, pictures.grey_gradient(w, h, 16), 16, 0),
             "grey8.png": pictures.png(w, h, pictures.grey_gradient(w, h), 8, 0), "grey4.png": pictures.png(w, h, pictures.grey_gradient(w, h, 4), 4, 0),
             "grey1.png": pictures.png(w, h, pictures.grey_gradient(w, h, 1), 1, 0),
             "grey.jpg": pictures.jpeg_blocks(w, h, lambda x, y: (12 * x + 10,))}
    for name, data in files.items():
        if not t.story(t.write(name, data), out=name + ".mp4", size=(w, h)):
            continue
        left, right = first_colours(t, t.dir / (name + ".mp4"), w, h, [(.04, .5), (.95, .5)])
        if "grey" in name:
            t.check(max(left) < 60 and min(right) > 195, f"{name}: black to white became {left} to {right}")
            t.check(max(left) - min(left) < 6 and max(right) - min(right) < 6, f"{name}: grey is not grey: {left}, {right}")
        else:
            t.check(near(left, (6, 128, 249)) and near(right, (152, 128, 103)), f"{name}: colours became {left}, {right}")


@case
def transparency(t):
    """What is transparent shows white; left is transparent, right is not."""
    w, h = 160, 128
    palette = pictures.chunk(b"PLTE", bytes((0, 0, 0, 200, 40, 40))) + pictures.chunk(b"tRNS", b"\0\xff")
    half = w // 2
    files = {"palette.png": pictures.png(w, h, [b"\0" * half + b"\1" * half] * h, 8, 3, before=palette),
             "rgba.png": pictures.png(w, h, [b"\0\0\0\0" * half + b"\xc8\x28\x28\xff" * half] * h, 8, 6),
             "greya.png": pictures.png(w, h, [b"\0\0" * half + b"\x60\xff" * half] * h, 8, 4)}
    for name, data in files.items():
        if t.story(t.write(name, data), out=name + ".mp4", size=(w, h)):
            left, right = first_colours(t, t.dir / (name + ".mp4"), w, h, [(.06, .3), (.94, .3)])
            t.check(near(left, (255, 255, 255)), f"{name}: transparent became {left}")
            t.check(near(right, (96, 96, 96) if name == "greya.png" else (200, 40, 40), 16), f"{name}: opaque became {right}")


@case
def other_encodings(t):
    source = t.photo(width=256, height=128)
    made = {"photo.webp": ("-c:v", "libwebp"), "lossless.webp": ("-c:v", "libwebp", "-lossless", 1), "laced.png": ("-flags", "+ildct"),
            "photo.avif": ("-c:v", "libaom-av1", "-cpu-used", 8, "-still-picture", 1), "444.jpg": ("-pix_fmt", "yuvj444p")}
    for name, words in made.items():
        ffmpeg("-i", source, "-frames:v", 1, *words, t.dir / name)
        if t.story(t.dir / name, out=name + ".mp4", size=(256, 128)):
            likeness = psnr(t.frame(t.dir / (name + ".mp4")), t.frame(source))
            t.check(likeness > 22, f"{name}: the first frame is not the photo, {likeness:.1f} dB")
    # What is recognised is the content, whatever the name.
    t.story((t.dir / "photo.webp").rename(t.dir / "photo.gif"), out="name.mp4", size=(256, 128))
    t.story((t.dir / "laced.png").rename(t.dir / "no ending"), out="ending.mp4", size=(256, 128))


@case
def animated(t):
    """The first picture counts: red, and never the blue one after it."""
    for name, words in (("moving.webp", ("-c:v", "libwebp_anim", "-lossless", 1)), ("moving.apng", ("-f", "apng", "-plays", 0))):
        ffmpeg("-f", "lavfi", "-i", "color=red:s=160x128:d=0.2:r=10", "-f", "lavfi", "-i", "color=blue:s=160x128:d=1:r=10",
               "-lavfi", "[0][1]concat", *words, t.dir / name)
        if t.story(t.dir / name, out=name + ".mp4", size=(160, 128)):
            seen = first_colours(t, t.dir / (name + ".mp4"), 160, 128, [(.05, .2)])[0]
            t.check(seen[0] > 180 and seen[2] < 70, f"{name}: the first picture is red, the video {seen}")


@case
def bytes_behind(t):
    """A JPEG with a zip behind it is a JPEG, and nothing of the zip gets into the video."""
    photo = t.photo()
    photo.write_bytes(photo.read_bytes() + b"PK\3\4" + b"ZIPPED-SECRET" * 50 + b"PK\5\6" + bytes(18))
    if t.story(photo, size=(192, 96)):
        t.check(b"ZIPPED-SECRET" not in (t.dir / "out.mp4").read_bytes(), "what stands behind the photo is in the video")


@case
def plain_pictures(t):
    w, h = 256, 192
    files = {"white": pictures.png_flat(w, h, (255, 255, 255)), "black": pictures.png_flat(w, h), "sky": pictures.png_flat(w, h, (110, 170, 240)),
             "green": pictures.png_flat(w, h, (40, 120, 30)), "noise": pictures.png_noise(w, h)}
    for name, data in files.items():
        for words in (("--loop", "--size", "64x320"),) if t.quick else ((), ("--loop", "--size", "64x320")):
            out = f"{name}{len(words)}.mp4"
            if t.story(t.write(name + ".png", data), *words, out=out, size=(64, 320) if words else (w, h)):
                t.whole(t.dir / out)


@case
def least_sizes(t):
    for width, height in ((64, 64), (65, 67), (64, 320), (320, 64), (101, 99)):
        path = t.write(f"{width}x{height}.png", pictures.png(width, height, pictures.quadrants(width, height)))
        t.story(path, out=f"{width}x{height}.mp4", size=(width & ~1, height & ~1))


@case(quick=False)
def most_pixels(t):
    """Just within the limits: 49 megapixels, square and five times as wide as high."""
    black = t.write("black.png", pictures.png_zeros(7000, 7000, 3, 2))
    t.story(black, "--size", "640x640", size=(640, 640), limit=60)
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=15800x3160", "-frames:v", 1, "-q:v", 8, t.dir / "wide.jpg")
    result = t.accept("look", t.dir / "wide.jpg", "--json", limit=60)
    if result.code == 0:
        seen = result.json()
        t.check((seen["width"], seen["height"]) == (15800, 3160), f"look says {seen['width']}x{seen['height']}")


@case
def orientations(t):
    """Exif's eight orientations give upright videos."""
    w, h = 192, 128
    plain = t.write("plain.png", pictures.png(w, h, pictures.quadrants(w, h)))
    ffmpeg("-i", plain, "-q:v", 2, "-pix_fmt", "yuvj444p", t.dir / "plain.jpg")
    data = (t.dir / "plain.jpg").read_bytes()
    turns = {1: "null", 2: "hflip", 3: "hflip,vflip", 4: "vflip", 5: "transpose=0", 6: "transpose=1", 7: "transpose=3", 8: "transpose=2"}
    for number, turn in [(n, v) for n, v in turns.items() if n in (3, 5, 6) or not t.quick]:
        path = t.write(f"turned{number}.jpg", pictures.jpeg_with_exif(data, number))
        size = (h, w) if number >= 5 else (w, h)
        out = f"turned{number}.mp4"
        if t.story(path, "--without", "all", "--mute", out=out, size=size, sound=False):
            upright = ffmpeg("-i", plain, "-vf", turn, "-frames:v", 1, "-f", "rawvideo", "-pix_fmt", "rgb24", "-", binary_output=True)
            likeness = psnr(t.frame(t.dir / out), upright)
            t.check(likeness > 18, f"orientation {number} is not upright: {likeness:.1f} dB")
        if number in (1, 6) or not t.quick:
            seen = t.accept("look", path, "--json")
            t.check(seen.code == 0 and (seen.json()["width"], seen.json()["height"]) == size, f"look, orientation {number}: size")
    for number in (9,) if t.quick else (0, 9, 65535):  # no orientation at all
        t.story(t.write(f"odd{number}.jpg", pictures.jpeg_with_exif(data, number)), out=f"odd{number}.mp4", size=(w, h))


@case
def privacy(t):
    """Where, when, with which camera and by whom stays with the photo."""
    photo = t.photo(width=256, height=128)
    photo.write_bytes(pictures.jpeg_with_exif(photo.read_bytes(), 1, private=True))
    data = photo.read_bytes()
    t.check(all(secret in data for secret in pictures.SECRETS), "the test's photo lacks a secret")
    result = t.accept("story", photo, "-o", t.dir / "out.mp4", "--seconds", 3, "--fps", 24, "--json")
    seen = t.accept("look", photo, "--json", "--masks", t.dir / "masks")
    plan = t.accept("plan", photo, "--json")
    places = {"the video": (t.dir / "out.mp4").read_bytes(), "story --json": result.out, "look --json": seen.out, "plan --json": plan.out}
    places |= {f"masks/{p.name}": p.read_bytes() for p in (t.dir / "masks").iterdir()}
    for place, content in places.items():
        found = [s for s in pictures.SECRETS if s in content]
        t.check(not found, f"{place} tells {show(found)}")
    packed = pictures.png_flat(128, 128, (90, 120, 200))
    packed = packed[:33] + pictures.chunk(b"eXIf", pictures.exif(1, True)) + pictures.chunk(b"tEXt", b"Author\0Olga Ownerova") + packed[33:]
    if t.story(t.write("tagged.png", packed), out="png.mp4", size=(128, 128)):
        found = [s for s in pictures.SECRETS if s in (t.dir / "png.mp4").read_bytes()]
        t.check(not found, f"a PNG's video tells {show(found)}")


@case(quick=False)
def samples(t):
    """Every sample, in the photo's shape and as a story, starts as the photo."""
    for photo in sorted(SAMPLES.glob("*.jpg")):
        facts = t.probe(photo)["streams"][0]
        w, h = facts["width"], facts["height"]
        share = min(1, 1920 / max(w, h))
        size = (math.ceil(w * share) & ~1, math.ceil(h * share) & ~1)
        out = photo.stem + ".mp4"
        if t.story(photo, out=out, size=size):
            t.whole(t.dir / out)
            crop = f"crop={size[0]}:{size[1]}:0:0"
            still = psnr_first(t.dir / out, photo, crop if share == 1 else f"scale={size[0]}:{size[1]}:flags=area")
            t.check(still > 30, f"{photo.name}: the first frame is {still:.1f} dB from the photo")
        if t.story(photo, "--size", "story", out="story-" + out, size=(1080, 1920)):
            t.whole(t.dir / ("story-" + out))
            rate = 8 * (t.dir / ("story-" + out)).stat().st_size / 3 / 1e6
            t.check(rate < 13, f"{photo.name}: {rate:.1f} Mbit/s")


def psnr_first(video, photo, shape):
    from kit import psnr_of_files
    return psnr_of_files(video, photo, f"[0:v]trim=end_frame=1[v];[1:v]{shape},format=yuv420p,setpts=PTS-STARTPTS[p];[v]format=yuv420p[u];[u][p]")[0]


@case
def pages_are_no_landscapes(t):
    """A scan, be it grey and noisy, a line drawing and a filled one: no sky, no plants, and none of their sounds."""
    scan = pictures.png_page(480, 640, (205, 205, 208), noise=4)
    yellow = pictures.png_page(640, 480, (235, 225, 200), noise=3)
    clean = pictures.png_page(480, 480, (255, 255, 255), noise=0)
    for name, page in (("scan.png", scan), ("yellow.png", yellow), ("clean.png", clean)):
        plan = t.accept("plan", t.write(name, page), "--json").json()
        motions, sounds = [m["motion"] for m in plan["motions"]], [s["sound"] for s in plan["sounds"]]
        t.check(motions == ["zoom_in"] and sounds == ["room"], f"{name}: moves {motions}, sounds like {sounds}")
