# SPDX-License-Identifier: MIT
"""What the black-box cases share: running the command, judging a refusal, looking into a video."""
import functools
import inspect
import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time
import unicodedata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
NOBODY = 65534
USAGE, BAD_PHOTO, IO, NO_MEMORY, STOPPED = 2, 3, 4, 5, 130  # exit codes as include/enliven/error.h has them

CASES = []


class Skip(Exception):
    """A case that cannot be tried here, and why."""


def case(function=None, *, quick=True):
    """Registers a case; quick ones run under sanitizers too."""
    if function is None:
        return functools.partial(case, quick=quick)
    function.quick = quick
    CASES.append(function)
    return function


def show(value, most=160):
    """A value, or the words of a command, short enough for a line."""
    if isinstance(value, tuple):
        text = " ".join(w.name if isinstance(w, Path) else w if isinstance(w, str) else repr(w) for w in value)
    else:
        text = repr(value)
    return text if len(text) <= most else text[:most] + "…"


class Result:
    def __init__(self, words, code, out, err, seconds):
        self.words, self.code, self.out, self.err, self.seconds = words, code, out, err, seconds

    def json(self):
        return json.loads(self.out)

    def __str__(self):
        return f"exit {self.code}, {self.seconds:.1f} s, stdout {show(self.out, 80)}, stderr {show(self.err, 240)}"


class Setting:
    """What all cases of one run have in common."""

    def __init__(self, build, quick):
        self.program = build / "enliven"
        self.build, self.quick = build, quick
        binary = self.program.read_bytes()
        self.sanitized = b"__asan_init" in binary or b"__ubsan_handle" in binary
        self.patience = 5 if self.sanitized else 1  # how much slower things may be
        self.folder = Path(tempfile.mkdtemp(prefix="enliven-blackbox-"))
        os.chmod(self.folder, 0o755)
        self.inputs = self.folder / "inputs"
        self.inputs.mkdir()
        self.home = self.folder / "home"  # of settings and the identity that signs
        self.home.mkdir(mode=0o777)
        os.chmod(self.home, 0o777)

    def made(self, name, make):
        """A file that several cases use, made once."""
        path = self.inputs / name
        if not path.exists():
            make(path)
        return path

    def sample(self, name, width, height):
        """A sample photo, scaled."""
        return self.made(f"{name}-{width}x{height}.jpg", lambda path: ffmpeg(
            "-i", SAMPLES / f"{name}.jpg", "-vf", f"scale={width}:{height}", "-q:v", 2, path))


def ffmpeg(*words, binary_output=False):
    done = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *map(str, words)], capture_output=True)
    if done.returncode:
        raise RuntimeError(f"ffmpeg {words}: {done.stderr.decode(errors='replace')}")
    return done.stdout if binary_output else None


class Test:
    """One case at work: its folder, and what went wrong so far."""

    def __init__(self, setting, name):
        self.setting, self.quick = setting, setting.quick
        self.dir = Path(tempfile.mkdtemp(prefix=name + "-", dir=setting.folder))
        os.chmod(self.dir, 0o777)
        self.failures = []

    def check(self, good, text):
        if not good:
            text = text.replace(str(self.dir) + "/", "")
            line = next((f.lineno for f in inspect.stack()[1:] if Path(f.filename).name.startswith("case")), 0)
            self.failures.append(f"line {line}: {text}")
        return bool(good)

    # Inputs

    def photo(self, name="photo.jpg", sample="lake", width=192, height=96):
        """A small real photo in the case's folder."""
        path = self.dir / name if isinstance(name, str) else Path(os.fsdecode(os.fsencode(self.dir) + b"/" + name))
        shutil.copyfile(self.setting.sample(sample, width, height), path)
        return path

    def write(self, name, data):
        path = self.dir / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    def unsigned(self, name):
        """The bytes of a file without its credentials: no two signatures are the same."""
        bare = self.dir / f"bare-{Path(name).name}"
        self.accept("credential", "strip", self.dir / name, "-o", bare, "--force")
        return bare.read_bytes()

    # Running

    def start(self, *words, cwd=None, env=None, set_env=None, out=subprocess.PIPE, err=subprocess.PIPE, user=None, before=None):
        full = [os.fsencode(self.setting.program), *[os.fsencode(w) if isinstance(w, (str, Path)) else w if
                isinstance(w, bytes) else str(w).encode() for w in words]]
        if env is None:
            env = {k: v for k, v in os.environ.items() if not k.startswith("ENLIVEN_")}
            env["ENLIVEN_HOME"] = str(self.setting.home)  # one identity for all, and not the tester's own
        options = {"user": user, "group": user, "extra_groups": []} if user is not None else {}
        return subprocess.Popen(full, cwd=cwd or self.dir, env={**env, **(set_env or {})}, stdin=subprocess.DEVNULL,
                                stdout=out, stderr=err, preexec_fn=before, umask=0o022, **options)

    def run(self, *words, limit=120, **options):
        began = time.monotonic()
        process = self.start(*words, **options)
        try:
            out, err = process.communicate(timeout=limit * self.setting.patience)
            code = process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            code = "timeout"
        return Result(words, code, out or b"", err or b"", time.monotonic() - began)

    def listing(self):
        """Every file below the case's folder with what would change if it were touched."""
        found = {}
        for folder, folders, files in os.walk(os.fsencode(self.dir)):
            for name in folders:
                found[os.path.join(folder, name)] = "folder"
            for name in files:
                info = os.lstat(os.path.join(folder, name))
                found[os.path.join(folder, name)] = (info.st_ino, info.st_size, info.st_mtime_ns)
        return found

    def sentence(self, result, what):
        """Standard error holds just one clear sentence."""
        try:
            text = result.err.decode()
        except UnicodeDecodeError:
            self.check(False, f"{what}: stderr is not UTF-8: {show(result.err, 400)}")
            text = result.err.decode(errors="replace")
        if not self.check(text.startswith("enliven: ") and text.endswith("\n") and text.count("\n") == 1,
                          f"{what}: not one line that starts with 'enliven: ': {result}"):
            return
        self.check(len(text) <= 330, f"{what}: a sentence of {len(text)} characters: {show(text, 400)}")
        odd = [c for c in text[:-1] if unicodedata.category(c) in ("Cc", "Cf", "Cs")]
        self.check(not odd, f"{what}: control or format characters {odd} in {show(text, 400)}")

    def refuse(self, code, *words, what=None, limit=20, **options):
        """The command must refuse, cleanly: the exit code, one sentence, nothing else written anywhere."""
        what = what or show(words)
        before = self.listing()
        result = self.run(*words, limit=limit, **options)
        codes = code if isinstance(code, tuple) else (code,)
        self.check(result.code in codes, f"{what}: expected exit {'/'.join(map(str, codes))}: {result}")
        self.sentence(result, what)
        self.check(not result.out, f"{what}: stdout is not empty: {result}")
        after = self.listing()
        changed = [show(os.path.basename(k)) for k in before.keys() | after.keys() if before.get(k) != after.get(k)]
        self.check(not changed, f"{what}: files appeared, went or changed: {', '.join(changed)}")
        for name in [k for k in after if k not in before and os.path.isfile(k)]:
            os.unlink(name)  # so that the next refusal is judged by itself
        return result

    def accept(self, *words, what=None, limit=120, **options):
        """The command must succeed and keep quiet on standard error."""
        what = what or show(words)
        result = self.run(*words, limit=limit, **options)
        self.check(result.code == 0, f"{what}: expected exit 0: {result}")
        self.check(not result.err, f"{what}: stderr is not empty: {result}")
        return result

    def story(self, photo, *words, out="out.mp4", size=None, seconds=3, fps=24, sound=True, **options):
        """A good video of the photo, checked; its facts, or None."""
        path = self.dir / out
        result = self.accept("story", photo, "-o", path, "--seconds", seconds, "--fps", fps, *words, **options)
        if result.code != 0 or not self.check(path.is_file(), f"{show(words)}: no file {path.name}"):
            return None
        return self.movie(path, size=size, seconds=seconds, fps=fps, sound=sound)

    def terminal(self, *words, until=None, **options):
        """Runs with standard error on a terminal; `until` (text, function) calls the function once the text was shown."""
        master, slave = pty.openpty()
        process = self.start(*words, err=slave, **options)
        os.close(slave)
        shown, ends = b"", time.monotonic() + 120 * self.setting.patience
        called = None
        while time.monotonic() < ends:
            if select.select([master], [], [], .05)[0]:
                try:
                    chunk = os.read(master, 65536)
                except OSError:  # the other side is closed
                    break
                if not chunk:
                    break
                shown += chunk
            if until and called is None and until[0] in shown:
                called = time.monotonic()
                until[1](process)
            if called and time.monotonic() > called + 20 * self.setting.patience:
                break
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
        ended = time.monotonic()
        out = process.stdout.read()
        process.stdout.close()
        os.close(master)
        if process.wait() in (-signal.SIGKILL,) and not until:
            self.check(False, f"{show(words)}: had to be killed")
        return Result(words, process.returncode, out, shown, ended - called if called else -1)

    # Looking at videos

    def probe(self, path):
        done = subprocess.run(["ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams", "-show_packets", path],
                              capture_output=True)
        if done.returncode or done.stderr:
            raise RuntimeError(f"ffprobe {path.name}: {done.stderr.decode(errors='replace')}")
        return json.loads(done.stdout)

    def frame(self, path, index=0, pixels="rgb24"):
        """A frame's bytes."""
        return ffmpeg("-i", path, "-vf", f"select=eq(n\\,{index})", "-frames:v", 1, "-f", "rawvideo", "-pix_fmt", pixels,
                      "-", binary_output=True)

    def whole(self, path):
        """Every frame and sample decodes without a word."""
        done = subprocess.run(["ffmpeg", "-v", "warning", "-nostdin", "-i", path, "-f", "null", "-"], capture_output=True)
        return self.check(done.returncode == 0 and not done.stderr, f"{path.name} does not decode cleanly: {show(done.stderr)}")

    def movie(self, path, size=None, seconds=3, fps=24, sound=True):
        """Checks what the README promises of every video."""
        facts = self.probe(path)
        streams = facts["streams"]
        video = [s for s in streams if s["codec_type"] == "video"]
        audio = [s for s in streams if s["codec_type"] == "audio"]
        if not self.check(len(video) == 1 and len(audio) == int(sound) and len(streams) == 1 + int(sound),
                          f"tracks: {[s['codec_type'] for s in streams]}"):
            return facts
        v = video[0]
        frames = int(seconds * fps + .5)
        want = {"codec_name": "h264", "profile": "High", "pix_fmt": "yuv420p", "color_space": "bt709", "color_primaries": "bt709",
                "color_transfer": "bt709", "color_range": "tv", "r_frame_rate": f"{fps}/1", "avg_frame_rate": f"{fps}/1",
                "nb_frames": str(frames)}
        if size:
            want |= {"width": size[0], "height": size[1]}
        for key, value in want.items():
            self.check(v.get(key) == value, f"{path.name}: {key} is {v.get(key)}, not {value}")
        self.check(v.get("sample_aspect_ratio", "1:1") == "1:1", f"{path.name}: pixels are not square")
        self.check(abs(float(v["duration"]) - frames / fps) < 1e-3, f"{path.name}: picture of {v['duration']} s")
        self.check(abs(float(facts["format"]["duration"]) - frames / fps) < .03, f"{path.name}: {facts['format']['duration']} s")
        packets = [p for p in facts["packets"] if p["stream_index"] == v["index"]]
        times = sorted(int(p["pts"]) for p in packets)
        steps = {b - a for a, b in zip(times, times[1:])} | {int(p["duration"]) for p in packets}
        self.check(len(packets) == frames and len(steps) == 1, f"{path.name}: {len(packets)} packets, steps {steps}")
        self.check(times and times[0] == 0, f"{path.name}: the picture starts at {times[:1]}")
        for a in audio:
            want = {"codec_name": "aac", "profile": "LC", "sample_rate": "48000", "channels": 2, "channel_layout": "stereo"}
            for key, value in want.items():
                self.check(a.get(key) == value, f"{path.name}: sound's {key} is {a.get(key)}, not {value}")
            self.check(abs(float(a["duration"]) - frames / fps) < .03, f"{path.name}: sound of {a['duration']} s")
            self.check(abs(float(a["start_time"])) < .001, f"{path.name}: sound starts at {a['start_time']} s")
        return facts


def psnr(a, b):
    """Of two equally long byte strings; enough for small pictures."""
    import math
    if len(a) != len(b) or not a:
        return -1.0
    error = sum((x - y) ** 2 for x, y in zip(a, b)) / len(a)
    return 99.0 if error == 0 else 10 * math.log10(255 * 255 / error)


def psnr_of_files(left, right, filters="[0:v][1:v]"):
    """ffmpeg's PSNR of the luma, of each frame pair."""
    report = subprocess.run(
        ["ffmpeg", "-v", "error", "-nostdin", "-i", left, "-i", right, "-lavfi", f"{filters}psnr=stats_file=-:shortest=1",
         "-f", "null", "/dev/null"], capture_output=True, text=True, check=True).stdout
    return [99.0 if value == "inf" else float(value) for value in re.findall(r"psnr_y:(\S+)", report)]


# MP4 boxes

def boxes(data, start=0, end=None):
    """(type, start of contents, end) of each box."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        size, kind, head = int.from_bytes(data[start:start + 4], "big"), data[start + 4:start + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[start + 8:start + 16], "big"), 16
        if size == 0:
            size = end - start
        if size < head or start + size > end:
            raise ValueError(f"a box {kind} of {size} bytes at {start} does not fit")
        yield kind.decode("latin-1"), start + head, start + size
        start += size


def find_box(data, path):
    """Contents' (start, end) of the first box at a path such as 'moov.udta.meta', or None."""
    start, end = 0, len(data)
    for name in path.split("."):
        for kind, at, stop in boxes(data, start, end):
            if kind == name:
                start, end = at + (4 if kind == "meta" else 0), stop
                break
        else:
            return None
    return start, end


def metadata(data):
    """The (key, value) pairs of moov.udta.meta."""
    keys, items = find_box(data, "moov.udta.meta.keys"), find_box(data, "moov.udta.meta.ilst")
    if not keys or not items:
        return []
    names, at = [], keys[0] + 8
    while at < keys[1]:
        size = int.from_bytes(data[at:at + 4], "big")
        names.append(data[at + 8:at + size].decode())
        at += size
    pairs, at = [], items[0]
    while at < items[1]:
        size, index = (int.from_bytes(data[at + i:at + i + 4], "big") for i in (0, 4))
        for kind, start, end in boxes(data, at + 8, at + size):
            if kind == "data":
                pairs.append((names[index - 1], data[start + 8:end].decode()))
        at += size
    return pairs
