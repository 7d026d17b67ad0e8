# SPDX-License-Identifier: MIT
"""What the tests of credentials share: the command, certificates, a time-stamp authority, files to sign."""
import http.server
import os
import shutil
import struct
import subprocess
import tempfile
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parents[1] / "samples"
TRUSTED, UNKNOWN_SIGNER, BROKEN, NO_CREDENTIALS = 0, 10, 11, 12  # what check exits with
USAGE, IO = 2, 4
ALGORITHMS = ("es256", "es384", "es512", "ps256", "ps384", "ps512", "ed25519")
BMFF = ("mp4", "mov", "m4a", "heic", "avif")
CONTAINERS = BMFF + ("jpg", "png", "webp", "gif", "wav")


def must(*words, **options):
    """A helper's output; the test cannot go on without it."""
    done = subprocess.run([str(w) for w in words], capture_output=True, stdin=subprocess.DEVNULL, **options)
    if done.returncode:
        raise RuntimeError(f"{words[0]} failed: {done.stderr.decode(errors='replace')[-400:]}")
    return done.stdout


def ffmpeg(*words):
    return must("ffmpeg", "-v", "error", "-nostdin", "-y", *words)


class Stamps:
    """A time-stamp authority on the loopback, at `url` while the block lasts: openssl ts behind a small server."""

    def __init__(self, pki):
        authority = self
        self.count = 0

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                query = self.rfile.read(int(self.headers["Content-Length"]))
                reply = authority.reply(pki, query)
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *words):
                pass

        self.lock = threading.Lock()  # openssl counts in a file
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def reply(self, pki, query):
        with self.lock, tempfile.NamedTemporaryFile() as file:
            file.write(query)
            file.flush()
            self.count += 1
            return must("openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", file.name, cwd=pki)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Setting:
    """A folder with certificates and files to sign; gone when the block ends."""

    def __init__(self, build):
        self.program = Path(build).resolve() / "enliven"
        self.deps = Path(build).resolve() / "deps"

    def __enter__(self):
        self.dir = Path(tempfile.mkdtemp(prefix="enliven-credential-"))
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("ENLIVEN_")}
        self.env["ENLIVEN_HOME"] = str(self.dir / "home")
        try:
            self.pki = self.dir / "pki"
            must(HERE / "pki.sh", self.pki)
            self.sources = self.dir / "sources"
            self.sources.mkdir()
            make_sources(self.sources)
        except BaseException:
            shutil.rmtree(self.dir)
            raise
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir)

    def run(self, *words, **options):
        return subprocess.run([str(self.program), *map(str, words)], capture_output=True, stdin=subprocess.DEVNULL,
                              env=self.env, timeout=120, **options)

    def source(self, container):
        return self.sources / f"lake.{container}"

    def key_words(self, name):
        return ("--sign-cert", self.pki / f"{name}.pem", "--sign-key", self.pki / f"{name}.key")

    def trust_words(self):
        return ("--trust", self.pki / "root.pem", "--tsa-trust", self.pki / "tsa-root.pem")

    def sign(self, source, out, key, *words):
        """None, or what went wrong."""
        done = self.run("sign", source, "-o", out, *self.key_words(key), *words)
        return None if done.returncode == 0 and not done.stderr else f"sign: {done.returncode} {done.stderr.decode()}"

    def check(self, *paths):
        """What check exits with; the worst of several."""
        codes = [self.run("check", *paths[i:i + 100], *self.trust_words()).returncode
                 for i in range(0, len(paths), 100)]
        order = (TRUSTED, UNKNOWN_SIGNER, NO_CREDENTIALS, BROKEN)  # any other is worse
        return max(codes, key=lambda code: order.index(code) if code in order else len(order))


def make_sources(folder):
    """lake.EXTENSION for every container: a second at most, small."""
    def at(name):
        return folder / f"lake.{name}"
    picture = ("-i", SAMPLES / "lake.jpg", "-vf", "scale=160:96", "-frames:v", "1")
    ffmpeg(*picture, at("png"))
    ffmpeg(*picture, "-q:v", "3", at("jpg"))
    ffmpeg(*picture, "-c:v", "libwebp", at("webp"))
    must("avifenc", "--speed", "9", at("png"), at("avif"))
    tone = ("-f", "lavfi", "-i", "sine=frequency=330:sample_rate=44100:duration=1")
    film = ("-f", "lavfi", "-i", "testsrc2=size=160x96:rate=12:duration=1", *tone, "-c:v", "libx264", "-c:a", "aac")
    ffmpeg(*film, at("mp4"))
    ffmpeg(*film, "-movflags", "faststart", at("mov"))
    ffmpeg(*tone, "-c:a", "aac", at("m4a"))
    ffmpeg(*tone, "-t", "0.2", at("wav"))
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=80x48:rate=6:duration=1", at("gif"))
    make_heic(folder)


def box(kind, *parts):
    content = b"".join(parts)
    return struct.pack(">I", 8 + len(content)) + kind + content


def make_heic(folder):
    """An HEVC picture that ffmpeg made, in the boxes of ISO 23008-12."""
    film = folder / "one.mp4"
    ffmpeg("-i", folder / "lake.png", "-c:v", "libx265", "-x265-params", "log-level=none", "-pix_fmt", "yuv420p",
           "-tag:v", "hvc1", "-frames:v", "1", film)
    data = film.read_bytes()
    at = data.index(b"hvcC") - 4
    settings = data[at:at + struct.unpack(">I", data[at:at + 4])[0]]
    at = data.index(b"mdat")
    picture = data[at + 4:at - 4 + struct.unpack(">I", data[at - 4:at])[0]]
    head = box(b"ftyp", b"heic", bytes(4), b"mif1heic")

    def meta(offset):
        full = bytes(4)
        return box(
            b"meta", full,
            box(b"hdlr", full, bytes(4), b"pict", bytes(13)),
            box(b"pitm", full, b"\0\1"),
            box(b"iloc", full, b"\x44\0\0\1", struct.pack(">HHHII", 1, 0, 1, offset, len(picture))),
            box(b"iinf", full, b"\0\1", box(b"infe", b"\2\0\0\0", b"\0\1\0\0", b"hvc1", b"\0")),
            box(b"iprp", box(b"ipco", settings, box(b"ispe", full, struct.pack(">II", 160, 96))),
                box(b"ipma", full, struct.pack(">IHBBB", 1, 1, 2, 0x81, 0x02))))
    content = head + meta(len(head) + len(meta(0)) + 8) + box(b"mdat", picture)
    (folder / "lake.heic").write_bytes(content)
    film.unlink()
