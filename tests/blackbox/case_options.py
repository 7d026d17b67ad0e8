# SPDX-License-Identifier: MIT
"""Words on the command line: what makes no sense is told, and outputs never hurt a file."""
import os
import resource
import subprocess

import pictures
from kit import IO, NOBODY, ROOT, SAMPLES, USAGE, Skip, case


@case
def help_texts(t):
    for words, code, wanted in (((), USAGE, b"enliven story"), (("help",), 0, b"enliven look"), (("--help",), 0, b"Exit status"),
                                (("--version",), 0, b"enliven 0."), (("story", "--help"), 0, b"--seconds"),
                                (("look", "-h"), 0, b"--masks"), (("plan", "--help"), 0, b"--prompt")):
        result = t.run(*words, limit=5)
        told, other = (result.out, result.err) if code == 0 else (result.err, result.out)
        t.check(result.code == code and wanted in told and not other, f"enliven {' '.join(words)}: {result}")
    t.refuse(USAGE, "make")
    t.refuse(USAGE, "st\x1b[31mory\n")
    t.refuse(USAGE, b"\xff\xfe")
    for command in ("story", "look", "plan"):
        t.refuse(USAGE, command)
        t.refuse(USAGE, command, "")
    t.check(not list(t.dir.iterdir()), "help wrote a file")


@case
def help_is_a_word_too(t):
    """After -- a photo may be called -h, and words of a prompt are no options."""
    photo = t.photo("-h")
    t.accept("look", "--", "-h")
    result = t.accept("plan", photo, "--prompt", "-h")
    t.check(b"--prompt TEXT" not in result.out, "the prompt -h shows the help")


@case
def options_that_make_no_sense(t):
    photo, out = t.photo(), t.dir / "out.mp4"
    wrong = [("--unknown",), ("-x",), ("--Seconds", "5"), ("--second", "5"), ("---",), ("--=5",), ("--mute=yes",), ("--no-simd=1",),
             ("--color\x1b[31m",), ("extra.jpg",), ("-o5",)]
    for value in ("2", "16", "0x5", " 5", "+5", "abc", "nan", "inf", "1e309", "-5", "", " ", "5s", "5,0", "0", "2.999", "15.0001", "1e-400"):
        wrong.append(("--seconds", value))
    for value in ("29", "0", "-24", "24.5", "61", "1e9", "", "fps", "2147483672"):
        wrong.append(("--fps", value))
    for value in ("1x1", "99999x2", "101x101", "64x3840", "3840x64", "0x0", "-100x-100", "100", "100x", "x100", "100x100x100", "100x100 ",
                  "STORY", "", "1e2x100", "4000x4000", "100\u00d7100", "99999999999x100", "100x100\n", " 64x64", "+64x+64", "64x 64"):
        wrong.append(("--size", value))
    for value in ("-1", "1.5", "abc", "1e300", "", "18446744073709551616", "nan"):
        wrong.append(("--seed", value))
    for value in ("0", "65", "-1", "abc", "1.5", ""):
        wrong.append(("--threads", value))
    for value in ("xx", "", "EN", "e", "english", "../en", "en\n", "x" * 5000):
        wrong.append(("--lang", value))
    for option in ("--only", "--without"):
        for value in ("nonsense", "sky,nonsense", "x" * 5000, "\x1b[31m", "depth"):
            wrong.append((option, value))
    wrong += [("--only", ""), ("--only", ",")]  # only nothing must not mean everything
    wrong += [("--model", "sky"), ("--model", "nonsense=file"), ("--model", ""), ("--model", "sky=")]
    for words in wrong[::6] if t.quick else wrong:
        t.refuse(USAGE, "story", photo, "-o", out, *words, limit=5)
    for option in ("-o", "--prompt", "--seconds", "--fps", "--size", "--seed", "--plan", "--only", "--without", "--lang", "--threads", "--model"):
        t.refuse(USAGE, "story", photo, option, limit=5)
    t.refuse(IO, "story", photo, "-o", out, "--model", "sky=missing.onnx")
    t.refuse(USAGE, "look", photo, "--masks")
    t.refuse(USAGE, "look", photo, "--masks", "")
    t.refuse(USAGE, "look", photo, "--threads", "0")
    said = t.refuse(USAGE, "story", photo, "-o", out, "--fps", "23").err.decode()
    t.check("24, 25, 30 or 60" in said, f"--fps 23: {said}")
    said = t.refuse(USAGE, "story", photo, "-o", out, "--seed", "-1").err.decode()
    t.check("9007199254740991" in said, f"--seed -1: {said}")
    t.refuse(USAGE, "plan", photo, "--lang", "xx")
    t.refuse(USAGE, "plan", photo, "--seconds", "5")


@case
def options_that_do(t):
    """Other ways to write the same are understood; the last one counts."""
    photo = t.photo()
    t.story(photo, "--seed=7", "--size=64x64", "--only=sky", "--lang=de", "--seed", 2 ** 53 - 1, out="a.mp4", size=(64, 64))
    t.accept("story", "--size", "64x64", "--seconds=3", "--fps=24", "-o", "b.mp4", "--", photo.name)
    t.accept("story", "--size", "64x64", "--seconds", "9", "--seconds", "3.0", "--fps", "60", "--fps", "24", photo, "-o", "c.mp4")
    facts = t.movie(t.dir / "c.mp4", size=(64, 64))
    t.check(facts, "no facts")


@case
def default_names(t):
    """PHOTO's name with .story.mp4, beside the photo."""
    (t.dir / "album").mkdir()
    for name, video in (("photo.jpg", "photo.story.mp4"), ("a.b.jpg", "a.b.story.mp4"), ("plain", "plain.story.mp4"), (".hidden", ".hidden.story.mp4"),
                        ("album/photo.jpg", "album/photo.story.mp4"), ("album/plain", "album/plain.story.mp4")):
        t.photo(name)
        t.accept("story", name, "--seconds", 3, "--fps", 24, "--size", "64x64")
        t.check((t.dir / video).is_file(), f"{name}: no {video}")
    t.refuse(IO, "story", "photo.jpg", "--seconds", 3, "--fps", 24)  # it exists by now


@case
def outputs_that_cannot_be(t):
    photo = t.photo()
    (t.dir / "folder").mkdir()
    (t.dir / "file").write_text("x")
    os.mkfifo(t.dir / "fifo")
    os.symlink("nowhere/at/all", t.dir / "dangling")
    t.refuse(USAGE, "story", photo, "-o", "")
    for out in ("missing/out.mp4", "folder", "folder/", ".", "/", "file/out.mp4", "fifo", "/dev/full", "/dev/null", "/dev/stdout", "/proc/out.mp4",
                "x" * 256, "y/" * 3000 + "out.mp4", "missing/\x1b[31m\n.mp4", "dangling"):
        for force in ((), ("--force",)):
            if out == "dangling" and force:
                continue  # the link is replaced, as mv would
            t.refuse(IO, "story", photo, "-o", out, "--seconds", 3, "--fps", 24, "--size", "64x64", *force, what=f"-o {out[:40]!r} {force}", limit=10)


@case
def never_the_photo(t):
    photo = t.photo()
    content = photo.read_bytes()
    os.symlink("photo.jpg", t.dir / "link.jpg")
    os.link(photo, t.dir / "hard.jpg")
    (t.dir / "folder").mkdir()
    words = ("--seconds", 3, "--fps", 24, "--size", "64x64", "--force")
    for source, out in (("photo.jpg", "photo.jpg"), ("photo.jpg", "./photo.jpg"), ("photo.jpg", "folder/../photo.jpg"), ("photo.jpg", photo),
                        ("photo.jpg", "link.jpg"), ("link.jpg", "photo.jpg"), ("link.jpg", "link.jpg"), ("hard.jpg", "hard.jpg")):
        for force in ((), ("--force",)):
            t.refuse((USAGE, IO), "story", source, "-o", out, *words[:6], *force, what=f"story {source} -o {out} {force}")
    t.refuse((USAGE, IO), "story", "photo.jpg", "-o", "hard.jpg", *words[:6])
    t.run("story", "photo.jpg", "-o", "hard.jpg", *words)  # refused, or the other name alone gets the video
    t.check(photo.read_bytes() == content, "the photo was changed through a hard link")
    t.check((t.dir / "link.jpg").is_symlink(), "the link to the photo was replaced")


@case
def existing_outputs(t):
    """Kept without --force, replaced whole with it, kept when the story fails."""
    photo, out = t.photo(), t.write("out.mp4", "precious")
    t.refuse(IO, "story", photo, "-o", out, "--seconds", 3, limit=5)
    bad = t.write("bad.jpg", "no photo")
    t.refuse(3, "story", bad, "-o", out, "--force")
    t.refuse(USAGE, "story", photo, "-o", out, "--force", "--only", "nonsense")
    t.check(out.read_text() == "precious", "the existing file was changed")
    before = os.stat(out).st_ino
    with open(out, "rb") as held:
        t.story(photo, "--force", "--size", "64x64", size=(64, 64))
        t.check(held.read() == b"precious" and os.stat(out).st_ino != before, "the file was overwritten in place")
    target = t.write("target.mp4", "target")
    os.symlink("target.mp4", t.dir / "link.mp4")
    t.accept("story", photo, "-o", "link.mp4", "--force", "--seconds", 3, "--fps", 24, "--size", "64x64")
    t.check(target.stat().st_size > 6 or not (t.dir / "link.mp4").is_symlink(), "neither the link nor its target is the video")
    left = [p.name for p in t.dir.iterdir() if "part" in p.name]
    t.check(not left, f"left behind: {left}")


@case
def full_disks(t):
    photo = t.photo(sample="mountains", width=320, height=240)
    small = t.dir / "small"
    small.mkdir()
    limited = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))  # noqa: E731
    t.refuse(IO, "story", photo, "-o", t.dir / "out.mp4", "--seconds", 3, "--fps", 24, before=limited, what="a limit on file sizes")
    if os.getuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160k", "tmpfs", small], capture_output=True).returncode:
        return  # the limit above is what can be tried without a mount
    try:
        for words in (("-o", small / "out.mp4"), ("-o", small / "out.mp4", "--mute"), ("-o", small / "out.mp4", "--force")):
            t.refuse(IO, "story", photo, *words, "--seconds", 3, "--fps", 24, what=f"a full disk {words[2:]}")
        (small / "fill").write_bytes(bytes(120 << 10))
        result = t.run("look", photo, "--masks", small / "masks")
        if t.check(result.code == IO, f"masks onto a full disk: {result}"):
            t.sentence(result, "masks onto a full disk")
        for mask in (small / "masks").glob("*"):
            t.check(mask.suffix == ".png" and mask.read_bytes().endswith(b"IEND\xaeB`\x82"), f"a part of a mask was left: {mask.name}")
    finally:
        subprocess.run(["umount", small], check=True)


@case
def read_only_folders(t):
    photo = t.photo()
    locked = t.dir / "locked"
    locked.mkdir()
    locked.chmod(0o555)
    if os.getuid() == 0:
        if os.spawnvp(os.P_WAIT, "setpriv", ["setpriv", f"--reuid={NOBODY}", "--clear-groups", "test", "-x", str(t.setting.program)]):
            raise Skip("nobody else may run the program where it was built")
    user = NOBODY if os.getuid() == 0 else None
    for words in (("story", photo, "-o", locked / "out.mp4"), ("look", photo, "--masks", locked), ("look", photo, "--masks", locked / "masks")):
        t.refuse(IO, *words, user=user)


@case
def odd_names(t):
    """Any name is a name: of the photo, of the video, in sentences and in JSON."""
    names = ["two words.jpg", "it's \"quoted\".jpg", "-dash.jpg", "new\nline.jpg", "Übung-日本-🌊.jpg", "%s%n%d.jpg", "a:b=c.jpg", "tab\there.jpg",
             "[strip=1].jpg", "\u202egpj.exe.jpg", "*.jpg", "x" * 238 + ".jpg", "~", "$HOME.jpg", "#.jpg", "file:photo.jpg", "http:x.jpg", b"\xff\xfe.jpg"]
    for name in names[::3] + names[-1:] if t.quick else names:
        photo = t.photo(name)
        result = t.accept("story", "--seconds", 3, "--fps", 24, "--size", "64x64", "--json", "--", name)
        raw = os.fsencode(name)
        out = os.path.join(os.fsencode(t.dir), (raw[:raw.rindex(b".")] if b"." in raw[1:] else raw) + b".story.mp4")
        t.check(os.path.exists(out), f"{name!r}: no video")
        try:
            t.check(result.code != 0 or result.json()["frames"] == 72, f"{name!r}: JSON lacks the facts")
        except (ValueError, UnicodeDecodeError) as why:
            t.check(False, f"{name!r}: story --json is no JSON ({why}): {result}")
        os.unlink(photo)
        t.refuse(IO, "look", "--", name, what=f"missing {name!r}"[:60])


@case
def longest_names(t):
    """A name may be as long as the file system takes, with and without --force."""
    photo = t.photo()
    for length in (255,) if t.quick else (230, 250, 255):
        name = "n" * (length - 4) + ".mp4"
        words = ("story", photo, "-o", name, "--seconds", 3, "--fps", 24, "--size", "64x64")
        t.accept(*words, what=f"a name of {length}")
        t.accept(*words, "--force", what=f"a name of {length}, with --force")


@case
def prompts(t):
    photo = t.photo()
    wrong = {"empty": "", "spaces": "   \t ", "10000 characters": "waves " * 1667, "2001 characters": "x" * 2001, "a control character": "waves\x07",
             "an escape": "\x1b[31mwaves", "delete": "waves\x7f", "invalid UTF-8": b"waves \xff\xfe", "half a character": b"waves \xe2\x82",
             "overlong": b"\xc0\xaf", "a surrogate": b"\xed\xa0\x80"}
    for what, prompt in list(wrong.items())[::3 if t.quick else 1]:
        t.refuse(USAGE, "story", photo, "-o", t.dir / "out.mp4", "--prompt", prompt, what=f"prompt: {what}", limit=10)
        if not t.quick:
            t.refuse(USAGE, "plan", photo, "--prompt", prompt, what=f"plan's prompt: {what}", limit=10)
    good = {"2000 characters": "waves, " * 285 + "waves", "2000 wide characters": "波" * 2000, "right to left": "\u202ewaves\u202c slowly", "Arabic": "أمواج بطيئة",
            "emoji": "🌊🌊🌊", "family": "👨‍👩‍👧‍👦", "one letter": "a", "marks alone": "!?…,.;", "combining": "e" + "\u0301" * 1500, "percent": "%s %n 100%",
            "German": "Wolken langsam nach links, kein Ton", "upper case": "CLOUDS FASTER", "quotes": "\"clouds\" 'fast'", "two lines": "clouds\nfast",
            "zero width": "clo\u200buds\ufeff", "long word": "a" * 2000, "numbers": "1e999 clouds -5 times 99999999999999999999"}
    for what, prompt in list(good.items())[::2 if t.quick else 1]:
        result = t.accept("plan", photo, "--prompt", prompt, "--json", what=f"prompt: {what}")
        if result.code == 0:
            try:
                plan = result.json()
                t.check(plan["prompt"] == prompt, f"{what}: the plan has another prompt: {plan['prompt'][:80]!r}")
                again = t.write("again.json", result.out)
                if what in ("emoji", "2000 wide characters", "combining", "two lines"):
                    t.story(photo, "--plan", again, "--force", "--size", "64x64", out="p.mp4", size=(64, 64))
            except ValueError as why:
                t.check(False, f"{what}: the plan is no JSON: {why}")
    result = t.accept("plan", photo, "--prompt", "clouds \u202etfel ot\u202c and \u2066dance\u2069")
    t.check(not any(c in result.out.decode() for c in "\u202e\u2066"), "plan prints bidi controls of the prompt to the terminal")


@case
def standard_outputs(t):
    """What cannot be told is an error; what is closed harms nothing."""
    photo = t.photo()
    words = ("story", photo, "--seconds", 3, "--fps", 24, "--size", "64x64", "-o")
    full = open("/dev/full", "wb")
    for command in (("look", photo, "--json"), ("look", photo), ("plan", photo, "--json"), ("story", "--help"), ("--version",), ("help",)):
        result = t.run(*command, out=full)
        t.check(result.code == IO, f"{command[0]} > /dev/full: {result}")
        if result.code == IO:
            t.sentence(result, f"{command[0]} > /dev/full")
    result = t.run(*words, "full.mp4", "--json", out=full)
    t.check(result.code == IO, f"story --json > /dev/full: {result}")
    closed = {"stdout": (1,), "stderr": (2,), "both": (1, 2), "all": (0, 1, 2)}
    for name, numbers in closed.items():
        def close(numbers=numbers):
            for number in numbers:
                os.close(number)
        result = t.run(*words, name + ".mp4", before=close)
        t.check(result.code == (IO if 1 in numbers else 0), f"{name} closed: {result}")
        path = t.dir / (name + ".mp4")
        if path.exists() or 1 not in numbers:
            t.movie(path, size=(64, 64))
            t.whole(path)
        result = t.run("look", photo, "--json", before=close)
        t.check(result.code == (IO if 1 in numbers else 0), f"look, {name} closed: {result}")
        bad = t.write("bad.jpg", "no photo")
        result = t.run("story", bad, "-o", "bad.mp4", before=close)
        t.check(result.code == 3, f"bad photo, {name} closed: {result}")
    result = t.run("look", t.write("b.jpg", "x"), err=full)
    t.check(result.code == 3, f"a bad photo with stderr to /dev/full: {result}")
    read, write = os.pipe()
    os.close(read)
    result = t.run("look", photo, "--json", out=write)
    os.close(write)
    t.check(result.code == IO, f"look --json to a reader that went away: {result}")


@case
def masks(t):
    """Nine grey PNGs of the upright photo's size; or a sentence."""
    photo = t.photo(width=300, height=150)
    turned = t.write("turned.jpg", pictures.jpeg_with_exif(photo.read_bytes(), 6))
    names = {f"{n}.png" for n in ("sky", "water", "plants", "person", "hair", "face", "flames", "animal", "depth")}
    for path, size in ((photo, (300, 150)), (turned, (150, 300))):
        folder = t.dir / f"masks-{path.stem}"
        for force in ((), ("--force",)):  # again over the old ones
            t.accept("look", path, "--masks", folder, *force)
            t.check({p.name for p in folder.iterdir()} == names, f"masks: {sorted(p.name for p in folder.iterdir())}")
        for mask in folder.iterdir():
            head = mask.read_bytes()[:33]
            facts = (int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big"), head[24], head[25])
            t.check(facts == (*size, 8, 0), f"{mask.name}: {facts}")
            t.check(mask.stat().st_mode & 0o777 == 0o644, f"{mask.name}: mode {mask.stat().st_mode:o}")
    (t.dir / "file").write_text("x")
    t.refuse(IO, "look", photo, "--masks", "file")
    t.refuse(IO, "look", photo, "--masks", "file/masks")
    t.refuse((USAGE, IO), "look", photo, "--masks", "missing/parent")
    t.refuse(3, "look", t.write("bad.jpg", "x"), "--masks", "new")
    busy = t.dir / "busy"
    (busy / "sky.png").mkdir(parents=True)
    t.refuse(IO, "look", photo, "--masks", busy)


@case
def masks_never_hurt(t):
    """Not the photo, not an older mask without --force, and never some without the others."""
    photo = t.photo("sky.png")
    for words in ((), ("--force",)):
        t.refuse(USAGE, "look", photo, "--masks", ".", *words)
    os.symlink("sky.png", t.dir / "link.jpg")
    t.refuse(USAGE, "look", "link.jpg", "--masks", ".", "--force")
    old = t.dir / "old"
    old.mkdir()
    (old / "depth.png").write_text("precious")
    t.refuse(IO, "look", photo, "--masks", old)
    t.check((old / "depth.png").read_text() == "precious", "an older mask was replaced")
    noisy = t.write("noise.png", pictures.png_noise(600, 400))
    for words in ((), ("--force",)):
        t.refuse(IO, "look", noisy, "--masks", "full", *words, what="masks where the disk is full",
                 before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)))


@case
def long_paths_and_odd_ones(t):
    """A path keeps its reason, however long, and does not speak to the terminal."""
    photo = t.photo()
    for length in (600, 3000, 5000):
        path = "/".join(["d" * 100] * (length // 100)) + "/photo.jpg"
        reason = "name too long" if length > 4096 else "No such file"
        for words in (("look", path), ("story", photo, "-o", path), ("story", photo, "-o", "out.mp4", "--plan", path),
                      ("look", photo, "--masks", path)):
            said = t.refuse(IO, *words, what=f"{words[0]} with a path of {length}").err.decode()
            t.check(reason in said, f"{words[0]}, {length}: no reason in {said}")
    for name in ("a\x1b[31mb\nc.mp4", "x\u202egpj.mp4", "c1\x9b.mp4", b"bad\xff.mp4"):
        out = t.accept("story", photo, "-o", name, "--seconds", 3, "--fps", 24, "--size", "64x64").out
        line = out[out.index(b"Wrote: "):].decode()
        t.check(line.count("\n") == 1 and not any(c in line for c in "\x1b\x9b\u202e\ufffd"), f"Wrote says {line!r}")


@case
def outputs_checked_first(t):
    """What is wrong with -o is told before the photo is even looked at."""
    bad = t.write("bad.jpg", "no photo")
    os.symlink("nowhere", t.dir / "dangling")
    for out in ("dangling", "x" * 256, "missing/out.mp4"):
        t.refuse(IO, "story", bad, "-o", out)


@case
def looks(t):
    """look tells what stands in its help, for people and as JSON."""
    result = t.accept("look", t.photo("face.jpg", "astronaut", 512, 512), "--json")
    if result.code == 0:
        seen = result.json()
        t.check(len(seen["faces"]) == 1, f"{len(seen['faces'])} faces on the portrait")
        t.check((seen["width"], seen["height"]) == (512, 512), "the photo's size")
    text = t.accept("look", t.dir / "face.jpg").out.decode()
    t.check("1 face" in text and "person" in text, f"look at the portrait: {text}")
    if not t.quick:
        for sample in sorted(SAMPLES.glob("*.jpg")):
            t.check(t.accept("look", sample).out.count(b"\n") >= 2, f"{sample.relative_to(ROOT)}: too few words")
