# SPDX-License-Identifier: MIT
"""What a video is, inside and out: format, marks, determinism, loops."""
import json
import xml.etree.ElementTree as xml

from kit import boxes, case, find_box, metadata, psnr_of_files

XMP_BOX = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")  # ISO 16684-1


@case
def lengths_and_rates(t):
    """Frame counts, durations and constant rates, exactly."""
    photo = t.photo(width=160, height=80)
    for seconds, fps in ((3, 24), (3, 25), (3, 30), (3, 60), (3.7, 30), (3.7, 24), (3.7, 25), (15, 24), (3.001, 60)):
        if t.quick and seconds not in (3, 3.7):
            continue
        for words in ((),) if t.quick and fps != 24 else ((), ("--mute",)):
            t.story(photo, *words, out=f"{seconds}-{fps}-{len(words)}.mp4", size=(160, 80), seconds=seconds, fps=fps, sound=not words)


@case
def default_length(t):
    """Five seconds of thirty frames when nothing else is said."""
    photo = t.photo(width=160, height=80)
    t.accept("story", photo, "-o", "out.mp4")
    t.movie(t.dir / "out.mp4", size=(160, 80), seconds=5, fps=30)


@case
def sizes(t):
    photo = t.photo(width=320, height=160)
    for size in ((64, 64), (640, 360), (100, 500), (500, 100), (66, 98)):
        t.story(photo, "--size", f"{size[0]}x{size[1]}", out=f"{size[0]}x{size[1]}.mp4", size=size)
    if not t.quick:
        t.story(photo, "--size", "3840x2160", out="4k.mp4", size=(3840, 2160), limit=180)
        t.story(photo, "--size", "story", out="story.mp4", size=(1080, 1920))


@case
def file_layout(t):
    """ftyp, credentials, moov, XMP, room, mdat: a player starts at once."""
    photo = t.photo()
    t.story(photo)
    data = (t.dir / "out.mp4").read_bytes()
    top = list(boxes(data))
    names = [kind for kind, _, _ in top]
    t.check(top and top[-1][2] == len(data), f"bytes behind the last box: {names}")
    t.check(names[0] == "ftyp" and names.count("moov") == 1 and names.count("mdat") == 1, f"boxes: {names}")
    t.check(names.index("moov") < names.index("mdat"), f"moov is not first: {names}")
    t.check(names[1:3] == ["uuid", "moov"], f"no credentials between ftyp and moov: {names}")
    t.check(data[8:12] in (b"mp42", b"isom", b"mp41"), f"brand {data[8:12]}")


@case
def marks(t):
    """XMP with IPTC's source type, and the one AIGC entry of GB 45438-2025."""
    photo = t.photo()
    t.story(photo)
    data = (t.dir / "out.mp4").read_bytes()
    packets = [data[start + 16:end] for kind, start, end in boxes(data) if kind == "uuid" and data[start:start + 16] == XMP_BOX]
    if t.check(len(packets) == 1, f"{len(packets)} XMP boxes"):
        text = packets[0].decode()
        root = xml.fromstring(text[text.index("?>") + 2:text.rindex("<?xpacket")])
        space = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"
        found = [e.attrib[space] for e in root.iter() if space in e.attrib] + [e.text for e in root.iter(space)]
        t.check(len(found) == 1 and found[0].startswith("http://cv.iptc.org/newscodes/digitalsourcetype/"), f"source types {found}")
    entries = [value for key, value in metadata(data) if key == "AIGC"]
    if t.check(len(entries) == 1, f"AIGC entries: {entries}"):
        mark = json.loads(entries[0])
        t.check(mark.get("Label") == "1", f"AIGC says {mark}")
        t.check({"ContentProducer", "ProduceID"} <= mark.keys() and all(isinstance(v, str) for v in mark.values()), f"AIGC says {mark}")
    t.check(data.count(b"AIGC") >= 1 and find_box(data, "moov.udta.meta.keys"), "no moov.udta.meta.keys")


@case
def label_is_there(t):
    """In the first frame already, in the language asked for; no option hides it."""
    photo = t.photo(width=320, height=160)
    hashes = {}
    for lang in ("en", "de"):
        result = t.accept("story", photo, "--without", "all", "--lang", lang, "-o", f"{lang}.mp4", "--seconds", 3, "--fps", 24, "--json")
        hashes[lang] = result.json()["frames_hash"]
    t.check(hashes["en"] != hashes["de"], "the label's language makes no difference")
    first = t.frame(t.dir / "en.mp4", 0, "gray"), t.frame(t.dir / "de.mp4", 0, "gray")
    rows = [i // 320 for i, (a, b) in enumerate(zip(*first)) if abs(a - b) > 24]
    # Both labels stand where a centred square keeps them, and at least 5 % of the shortest side high.
    if t.check(rows, "the first frame has no label"):
        t.check(max(rows) - min(rows) + 1 >= 8, f"the label is {max(rows) - min(rows) + 1} rows high")
    for word in ("--no-label", "--label=no", "--clean", "--no-mark"):
        t.refuse(2, "story", photo, "-o", "x.mp4", word)


@case
def same_again(t):
    """Same photo, words and seed: the same frames on any number of threads, without SIMD, and the same file."""
    for sample, size in (("mountains", (320, 240)), ("astronaut", (256, 256)))[1 if t.quick else 0:]:
        photo = t.photo(f"{sample}.jpg", sample, *size)
        hashes, files = {}, {}
        runs = {"one": ("--threads", 1), "two": ("--threads", 2), "four": ("--threads", 4), "plain": ("--no-simd",), "again": (), "other": ("--seed", 2),
                "loop": ("--loop",), "loop4": ("--loop", "--threads", 4, "--no-simd")}
        for name, words in runs.items():
            result = t.accept("story", photo, "-o", "out.mp4", "--force", "--seconds", 3, "--fps", 24, "--json", *words)
            if result.code == 0:
                hashes[name], files[name] = result.json()["frames_hash"], t.unsigned("out.mp4")
        if not t.check(len(hashes) == len(runs), "some runs failed"):
            continue
        same = {name: hashes[name] for name in ("one", "two", "four", "plain", "again")}
        t.check(len(set(same.values())) == 1, f"{sample}: frames differ: {same}")
        t.check(len({files[n] for n in same}) == 1, f"{sample}: same frames, other files")
        t.check(hashes["loop"] == hashes["loop4"], f"{sample}: looped frames differ")
        t.check(hashes["other"] != hashes["one"], f"{sample}: another seed gives the same frames")
        t.check(hashes["loop"] != hashes["one"], f"{sample}: --loop makes no difference")


@case
def first_frame(t):
    """The first frame is the photo."""
    for sample, size in (("lake", (640, 320)), ("mountains", (640, 480)), ("astronaut", (512, 512)))[:1 if t.quick else 3]:
        photo = t.photo(f"{sample}.jpg", sample, *size)
        out = f"{sample}.mp4"
        if t.story(photo, out=out, size=size):
            likeness = psnr_of_files(t.dir / out, photo, "[0:v]trim=end_frame=1,format=yuv420p[v];[1:v]scale=out_color_matrix=bt709:out_range=tv,"
                                     "format=yuv420p,setpts=PTS-STARTPTS[p];[v][p]")
            t.check(likeness and likeness[0] > 32, f"{sample}: the first frame is {likeness} dB from the photo")


@case(quick=False)
def loops(t):
    """The last frame leads to the first as any frame leads to the next."""
    for sample, size in (("mountains", (640, 480)), ("astronaut", (512, 512)), ("lake", (640, 320))):
        photo = t.photo(f"{sample}.jpg", sample, *size)
        out = t.dir / f"{sample}.mp4"
        if not t.story(photo, "--loop", out=out.name, size=size, seconds=4):
            continue
        steps = psnr_of_files(out, out, "[0:v]trim=start_frame=1,setpts=PTS-STARTPTS[a];[1:v]trim=end_frame=95,setpts=PTS-STARTPTS[b];[a][b]")
        seam = psnr_of_files(out, out, "[0:v]trim=start_frame=95,setpts=PTS-STARTPTS[a];[1:v]trim=end_frame=1,setpts=PTS-STARTPTS[b];[a][b]")[0]
        # Key frames are the largest steps on the way; the seam is one too.
        t.check(len(steps) == 95 and seam > min(steps) - 3, f"{sample}: from last to first {seam:.1f} dB, on the way at least {min(steps):.1f} dB")


@case(quick=False)
def something_moves(t):
    """A video is no still: the middle differs from the first frame where something can move."""
    for sample, size in (("mountains", (640, 480)), ("astronaut", (512, 512)), ("lake", (640, 320))):
        photo = t.photo(f"{sample}.jpg", sample, *size)
        out = t.dir / f"{sample}.mp4"
        if t.story(photo, out=out.name, size=size):
            later = psnr_of_files(out, out, "[0:v]trim=start_frame=50:end_frame=51,setpts=PTS-STARTPTS[a];[1:v]trim=end_frame=1,setpts=PTS-STARTPTS[b];[a][b]")[0]
            t.check(later < 45, f"{sample}: frame 50 is {later:.1f} dB from the first")


@case
def json_facts(t):
    """story --json tells the truth about the file."""
    photo = t.photo(width=320, height=160)
    told = t.accept("story", photo, "-o", "out.mp4", "--seconds", 3.7, "--fps", 25, "--json").json()
    facts = t.movie(t.dir / "out.mp4", size=(told["width"], told["height"]), seconds=told["seconds"], fps=told["fps"])
    t.check(str(told["frames"]) == facts["streams"][0]["nb_frames"], f"told {told['frames']} frames")
    t.check(len(told["frames_hash"]) == 16 and told["video"] == "out.mp4", f"told {told['frames_hash']}, {told['video']}")
    t.check(all(0 <= c <= 1 for c in told["crop"]), f"crop {told['crop']}")
    t.check({"scene", "plan", "stages"} <= told.keys(), f"told only {sorted(told)}")
