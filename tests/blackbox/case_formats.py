# SPDX-License-Identifier: MIT
"""The formats beside MP4, each read back by programs that are not ours: ffmpeg, ImageMagick, libavif's, libwebp's, ExifTool."""
import json
import os
import re
import resource
import shutil
import signal
import statistics
import subprocess

from kit import IO, STOPPED, USAGE, Skip, boxes, case, ffmpeg, find_box, psnr

LOOPS = {"webp": 24, "gif": 20, "avif": 24}  # and their frames a second here
SIZE = (320, 160)
PARTS = {"webp": ("out.webp",), "gif": ("out.gif",), "avif": ("out.avif",), "jpg": ("out.jpg",), "mov": ("out.mov", "out.jpg")}


def tool(*words):
    """What a program says; the case is skipped where it is not installed."""
    if not shutil.which(words[0]):
        raise Skip(f"{words[0]} is not here")
    done = subprocess.run([str(w) for w in words], capture_output=True)
    if done.returncode:
        raise RuntimeError(f"{words}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def facts_of(path, *words):
    return json.loads(tool("exiftool", "-j", "-G1", "-struct", "-a", *words, path))[0]


def pictures_of(path, size):
    """Every frame in greys."""
    if path.suffix == ".webp":
        data = tool("convert", path, "-coalesce", "-depth", 8, "gray:-")
    else:
        data = ffmpeg("-i", path, "-f", "rawvideo", "-vsync", 0, "-pix_fmt", "gray", "-", binary_output=True)
    each = size[0] * size[1]
    return [data[i:i + each] for i in range(0, len(data), each)]


def grey(path, size):
    return ffmpeg("-i", path, "-frames:v", 1, "-vf", f"scale={size[0]}:{size[1]}", "-f", "rawvideo", "-pix_fmt", "gray", "-", binary_output=True)


def step(a, b):
    return sum(abs(x - y) for x, y in zip(a, b)) / len(a)


def marked(t, name, facts, *aigc):
    """XMP that says a machine made it, AIGC in these places, and nothing of where, when and with what the photo was taken."""
    types = [v for k, v in facts.items() if k.endswith(":DigitalSourceType")]
    t.check(types == ["http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicallyEnhanced"], f"{name}: source types {types}")
    said = [v for k, v in facts.items() if k.lower().endswith(":aigc")]
    t.check([k for k in facts if k.lower().endswith(":aigc")] == list(aigc), f"{name}: AIGC in {[k for k in facts if 'aigc' in k.lower()]}")
    for entry in said:
        entry = entry if isinstance(entry, dict) else json.loads(entry)
        t.check(entry["Label"] == "1" and entry["ContentProducer"] == "Enliven", f"{name}: AIGC says {entry}")
    private = [k for k in facts if re.search(r"gps|serial|lens|ownername|artist|:make$|:model$|datetimeoriginal", k, re.I)]
    t.check(not private, f"{name}: tells {private}")


def telling_photo(t, size=SIZE):
    """A photo with what must not leave."""
    photo = t.photo("photo.jpg", "lake", *size)
    tool("exiftool", "-q", "-overwrite_original", "-GPSLatitude=48.1", "-GPSLatitudeRef=N", "-SerialNumber=1234", "-Make=Maker", "-Model=Model",
         "-Artist=Somebody", "-DateTimeOriginal=2020:01:02 03:04:05", photo)
    return photo


@case
def loops_of_pictures(t):
    """WebP, GIF and AVIF: frames, size, length, for ever, the photo first, a seam like any step, marks."""
    photo = telling_photo(t)
    for ending, fps in LOOPS.items():
        out = t.dir / f"out.{ending}"
        told = t.accept("story", photo, "-o", out, "--prompt", "clouds race, stormy waves", "--seconds", 3, "--fps", fps, "--json").json()
        t.check((told["width"], told["height"], told["fps"], told["frames"]) == (*SIZE, fps, 3 * fps), f"{ending}: told {told['width']}x{told['height']}")
        t.check(not told["plan"]["sounds"], f"{ending}: told of sound")
        pictures = pictures_of(out, SIZE)
        # libwebp makes one longer frame of several that look the same to it.
        if not t.check((10 if ending == "webp" else 3 * fps) <= len(pictures) <= 3 * fps and len(pictures[-1]) == SIZE[0] * SIZE[1], f"{ending}: {len(pictures)} frames"):
            continue
        like = psnr(pictures[0], grey(photo, SIZE))
        t.check(like > (26 if ending == "gif" else 29), f"{ending}: the first frame is {like:.1f} dB from the photo")
        steps = [step(a, b) for a, b in zip(pictures, pictures[1:])]
        seam, usual = step(pictures[-1], pictures[0]), statistics.median(steps)
        t.check(max(step(p, pictures[0]) for p in pictures) > max(.1, 3 * usual), f"{ending}: nothing moves, {usual:.3f} a step")
        t.check(seam < max(1.6 * max(steps), 1), f"{ending}: from last to first {seam:.2f}, on the way {usual:.2f}, at most {max(steps):.2f}")
        facts = facts_of(out)
        length = next(v for k, v in facts.items() if k.endswith(":Duration"))
        t.check(abs(float(str(length).split()[0]) - 3) < .01, f"{ending}: {length}")
        marked(t, ending, facts, "XMP-TC260:Aigc")
        t.check(plays_for_ever(out, facts), f"{ending}: is not said to repeat")


def plays_for_ever(path, facts):
    if path.suffix == ".gif":
        return facts.get("GIF:AnimationIterations") == "Infinite"
    if path.suffix == ".webp":
        return bool(re.search(r"Loop count\s*: 0\b", tool("webpinfo", path).decode()))
    return avif_repeats(path) in (None, True)


def avif_repeats(path):
    """The edit list's flag that it repeats; None without a list, which players take for the same."""
    data = path.read_bytes()
    found = find_box(data, "moov.trak.edts.elst")
    return bool(data[found[0] + 3] & 1) if found else None


@case
def loops_are_whole(t):
    """What their own readers say."""
    photo = t.photo(width=SIZE[0], height=SIZE[1])
    for ending in LOOPS:
        t.accept("story", photo, "-o", t.dir / f"out.{ending}", "--seconds", 3)
    t.check(b"No error detected" in tool("webpinfo", t.dir / "out.webp"), "webpinfo finds errors")
    said = tool("avifdec", "--info", t.dir / "out.avif").decode()
    t.check("90 expected frames" in said and "320x160" in said and said.count("Decoded frame") == 90, f"avifdec says {said[-300:]}")
    t.whole(t.dir / "out.gif")
    t.whole(t.dir / "out.avif")
    t.check((t.dir / "out.gif").read_bytes()[-1] == 0x3B, "the GIF has no end")
    size = (t.dir / "out.gif").stat().st_size
    t.check(size < 2 << 20, f"the GIF has {size} bytes")


@case(quick=False)
def default_sizes(t):
    """What fits a chat: GIF 480 pixels at 20 a second, WebP and AVIF 1280; each from the whole photo."""
    photo = t.photo("photo.jpg", "lake", 1600, 800)
    for ending, size, fps, most in (("gif", (480, 240), 20, 8), ("webp", (1280, 640), 30, 8), ("avif", (1280, 640), 30, 4)):
        out = t.dir / f"out.{ending}"
        told = t.accept("story", photo, "-o", out, "--seconds", 3, "--json").json()
        t.check((told["width"], told["height"], told["fps"]) == (*size, fps), f"{ending}: {told['width']}x{told['height']}, {told['fps']} a second")
        t.check(out.stat().st_size < most << 20, f"{ending}: {out.stat().st_size} bytes")
    t.accept("story", photo, "-o", "large.webp", "--seconds", 3, "--fps", 24, "--size", "1400x700")


@case
def previews(t):
    """Half a second of the same story, small, named after the photo, in any format; never instead of the story."""
    photo = t.photo("photo.jpg", "lake", 640, 480)
    told = t.accept("story", photo, "--preview", "--json").json()
    out = photo.with_name("photo.preview.mp4")
    t.check(told["video"] == str(out) and out.exists() and not photo.with_name("photo.story.mp4").exists(), f"named {told['video']}")
    t.check((told["width"], told["height"], told["frames"]) == (160, 120, 15), f"{told['width']}x{told['height']}, {told['frames']} frames")
    t.check(told["plan"]["motions"] == t.accept("plan", photo, "--json").json()["motions"], "it is of another plan")
    narrow = t.accept("story", photo, "--preview", "--size", "200x800", "-o", "narrow.mp4", "--json").json()
    t.check((narrow["width"], narrow["height"]) == (64, 256), f"200x800 becomes {narrow['width']}x{narrow['height']}")
    t.refuse(IO, "story", photo, "--preview")
    t.accept("story", photo, "--preview", "-o", "x.webp", "--size", "100x80", "--seconds", 15, "--loop")
    t.whole(out)


@case
def played_once(t):
    """--no-loop: neither the frames nor the file say that it repeats."""
    photo = t.photo(width=SIZE[0], height=SIZE[1])
    for ending in ("webp", "gif", "avif"):
        hashes = [t.accept("story", photo, "-o", f"{n}.{ending}", "--seconds", 3, "--size", "128x64", "--json", *words).json()["frames_hash"]
                  for n, words in enumerate(((), ("--no-loop",)))]
        t.check(hashes[0] != hashes[1], f"{ending}: --no-loop makes no difference")
    t.check(re.search(r"Loop count\s*: 1\b", tool("webpinfo", t.dir / "1.webp").decode()), "the WebP repeats")
    t.check("GIF:AnimationIterations" not in facts_of(t.dir / "1.gif"), "the GIF repeats")
    t.check(avif_repeats(t.dir / "1.avif") is not True, "the AVIF repeats")
    t.refuse(USAGE, "story", photo, "-o", "x.webp", "--loop", "--no-loop")


@case
def motion_photo(t):
    """A JPEG for all, and the MP4 for those who know: found by its length, which the XMP tells."""
    photo = telling_photo(t)
    for words, sound in (((), True), (("--mute",), False)):
        out = t.dir / f"out{len(words)}.jpg"
        t.accept("story", photo, "-o", out, "--seconds", 3, "--fps", 24, *words)
        facts = facts_of(out)
        marked(t, "motion", facts, "XMP-TC260:Aigc")
        want = {"XMP-GCamera:MotionPhoto": 1, "XMP-GCamera:MotionPhotoVersion": 1, "XMP-GCamera:MotionPhotoPresentationTimestampUs": 0}
        t.check(all(facts.get(k) == v for k, v in want.items()), f"XMP: {[facts.get(k) for k in want]}")
        items = [entry["Item"] for entry in facts["XMP-Container:Directory"]] if "XMP-Container:Directory" in facts else \
            [entry["Item"] for entry in facts["XMP-GContainer:ContainerDirectory"]]
        t.check([(i["Mime"], i["Semantic"]) for i in items] == [("image/jpeg", "Primary"), ("video/mp4", "MotionPhoto")], f"items {items}")
        data, length = out.read_bytes(), int(items[1]["Length"])
        film = t.write(f"film{len(words)}.mp4", data[len(data) - length:])
        t.check(data[-length - 2:-length] == b"\xff\xd9", "the film does not follow the picture's end")
        t.movie(film, size=SIZE, seconds=3, fps=24, sound=sound)
        t.whole(film)
        t.check([k for k, _, _ in boxes(film.read_bytes())][0] == "ftyp", "the film has no ftyp")
        still = t.write("still.jpg", data[:len(data) - length])
        pixels, first = grey(still, SIZE), pictures_of(film, SIZE)[0]
        t.check(psnr(pixels, grey(photo, SIZE)) > 29, f"the still is {psnr(pixels, grey(photo, SIZE)):.1f} dB from the photo")
        t.check(psnr(pixels, first) > 34, f"the still is {psnr(pixels, first):.1f} dB from the film's first frame")
        t.check("GIF" not in str(facts_of(out, "-validate", "-warning").get("ExifTool:Warning", "")), "ExifTool warns")


@case
def live_photo(t):
    """A film and its still with one content identifier, and the time of the still in the film."""
    photo = telling_photo(t)
    told = t.accept("story", photo, "-o", "out.mov", "--fps", 24, "--json").json()
    t.check(told["second"] == "out.jpg" and told["seconds"] == 3, f"told {told.get('second')}, {told['seconds']} s")
    film, still = t.dir / "out.mov", t.dir / "out.jpg"
    facts, facts_of_still = facts_of(film, "-ee"), facts_of(still)
    ids = [v for k, v in facts.items() if k.endswith(":ContentIdentifier")], \
        [v for k, v in facts_of_still.items() if k in ("Apple:MediaGroupUUID", "Apple:ContentIdentifier")]
    t.check(ids[0] == ids[1] and re.fullmatch(r"[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}", "".join(ids[0])), f"identifiers {ids}")
    t.check([v for k, v in facts.items() if k.endswith(":StillImageTime")] == [-1], "the film does not tell the still's time")
    marked(t, "film", facts, "Keys:AIGC", "XMP-TC260:Aigc")
    marked(t, "still", facts_of_still, "XMP-TC260:Aigc")
    probed = t.probe(film)
    kinds = [(s["codec_type"], s.get("codec_name"), s["codec_tag_string"]) for s in probed["streams"]]
    t.check([k[0] for k in kinds] == ["video", "audio", "data"] and kinds[2][2] == "mebx", f"tracks {kinds}")
    t.check(probed["format"]["tags"]["major_brand"] == "qt  ", "the film is no QuickTime")
    t.check(probed["format"]["tags"].get("com.apple.quicktime.content.identifier") == ids[0][0], "ffprobe reads another identifier")
    t.check(probed["streams"][0]["nb_frames"] == "72" and abs(float(probed["format"]["duration"]) - 3) < .03, f"{probed['format']['duration']} s")
    t.whole(film)
    top = [kind for kind, _, _ in boxes(film.read_bytes())]
    t.check(top.index("moov") < top.index("mdat"), f"boxes {top}")
    first = pictures_of(film, SIZE)[0]
    t.check(psnr(grey(still, SIZE), first) > 34, f"the still is {psnr(grey(still, SIZE), first):.1f} dB from the film's first frame")
    t.accept("story", photo, "-o", "mute.mov", "--mute", "--seconds", 3, "--fps", 24)
    t.check(len(t.probe(t.dir / "mute.mov")["streams"]) == 2, "a mute film has sound")
    other = facts_of(t.dir / "mute.mov")
    t.check(other["Keys:ContentIdentifier"], "a mute film has no identifier")


@case
def formats_same_again(t):
    """The same file on any number of threads, with no clock in it."""
    photo = t.photo(width=192, height=96)
    for ending, names in PARTS.items():
        files = []
        for threads in (1, 4):
            t.accept("story", photo, "-o", f"out.{ending}", "--seconds", 3, "--threads", threads, "--force")
            files.append([t.unsigned(name) for name in names])
        t.check(files[0] == files[1], f"{ending}: another file on four threads")


@case
def endings(t):
    """The ending or --format tells the format; anything else is refused in one sentence."""
    photo = t.photo(width=128, height=64)
    for name in ("out.mkv", "out", "out.mp4.", "out.mp3", ".webp", "out.heic"):
        said = t.refuse(USAGE, "story", photo, "-o", name, limit=5).err.decode()
        t.check(".webp" in said and ".mov" in said, f"-o {name}: the endings are not told: {said}")
    for words in (("--format", "betamax"), ("--format", ""), ("--format", "MP4")):
        t.refuse(USAGE, "story", photo, "-o", "out.mp4", *words, limit=5)
    for words in (("-o", "out.gif", "--size", "640x320"), ("-o", "out.gif", "--fps", 30), ("-o", "out.webp", "--fps", 20), ("-o", "out.mp4", "--fps", 10),
                  ("-o", "out.jpg", "--format", "live"), ("-o", "out.gif", "--size", "story")):
        t.refuse(USAGE, "story", photo, *words, limit=5)
    quick = ("--seconds", 3, "--size", "64x64")
    for words, name, start in ((("-o", "OUT.GIF"), "OUT.GIF", b"GIF89a"), (("-o", "odd", "--format", "webp"), "odd", b"RIFF"),
                               (("--format", "motion"), "photo.story.MP.jpg", b"\xff\xd8\xff"), (("--format", "gif"), "photo.story.gif", b"GIF89a")):
        t.accept("story", photo, *words, *quick)
        t.check((t.dir / name).read_bytes().startswith(start), f"{words}: {name} is something else")


@case
def second_files(t):
    """Of a pair both appear or none does; what is there stays without --force, and the photo always."""
    photo = t.photo("photo.jpg", "lake", 128, 64)
    quick = ("--seconds", 3, "--fps", 24, "--size", "64x64")
    for force in ((), ("--force",)):
        said = t.refuse(USAGE, "story", photo, "-o", "photo.mov", *quick, *force).err.decode()
        t.check("photo" in said, f"{said}")
    os.symlink("photo.jpg", t.dir / "link.jpg")
    t.refuse(USAGE, "story", photo, "-o", "link.mov", *quick, "--force")
    still = t.write("out.jpg", "precious")
    said = t.refuse(IO, "story", photo, "-o", "out.mov", *quick).err.decode()
    t.check("out.jpg exists" in said, f"{said}")
    (t.dir / "dir.jpg").mkdir()
    for force in ((), ("--force",)):
        t.refuse(IO, "story", photo, "-o", "dir.mov", *quick, *force)
    still.unlink()
    t.write("out.mov", "precious too")
    t.refuse(IO, "story", photo, "-o", "out.mov", *quick)
    still.write_text("precious")
    result = t.terminal("story", photo, "-o", "out.mov", "--force", "--seconds", 15, "--fps", 60, until=(b"render", lambda p: p.send_signal(signal.SIGINT)))
    t.check(result.code == STOPPED, f"stopped: {result}")
    t.check(still.read_text() == "precious" and (t.dir / "out.mov").read_text() == "precious too", "stopped, and a file was changed")
    t.accept("story", photo, "-o", "out.mov", *quick, "--force")
    t.check(still.read_bytes()[:2] == b"\xff\xd8" and (t.dir / "out.mov").read_bytes()[4:8] == b"ftyp", "--force replaced not both")
    t.check(sorted(p.name for p in t.dir.iterdir()) == ["dir.jpg", "link.jpg", "out.jpg", "out.mov", "photo.jpg"],
            f"left behind: {sorted(p.name for p in t.dir.iterdir())}")


@case
def formats_stopped_and_full(t):
    """A signal or a full disk: one sentence and no file, in every format."""
    photo = t.photo("photo.jpg", "mountains", 320, 240)
    small = t.dir / "small"
    small.mkdir()
    for ending in PARTS:
        result = t.terminal("story", photo, "-o", f"out.{ending}", "--seconds", 15, until=(b"render", lambda p: p.send_signal(signal.SIGTERM)))
        t.check(result.code == STOPPED and b"Cancelled" in result.err, f"{ending}: {result}")
        limited = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (30000, 30000))  # noqa: E731
        t.refuse(IO, "story", photo, "-o", f"out.{ending}", "--seconds", 3, before=limited, what=f"{ending} and a limit on file sizes")
    t.check(sorted(p.name for p in t.dir.iterdir()) == ["photo.jpg", "small"],
            f"left behind: {[p.name for p in t.dir.iterdir()]}")
    if os.getuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", small], capture_output=True).returncode:
        return  # the limit above is what can be tried without a mount
    try:
        for ending in PARTS:
            t.refuse(IO, "story", photo, "-o", small / f"out.{ending}", "--seconds", 3, what=f"{ending} and a full disk")
    finally:
        subprocess.run(["umount", small], check=True)
