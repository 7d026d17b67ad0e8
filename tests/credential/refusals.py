# SPDX-License-Identifier: MIT
"""What sign must refuse: one sentence, the right exit code, the original as it was, and nothing left behind."""
import os
import resource
import signal
import subprocess

import kit

NOBODY = 65534
BAD_FILE = 3


class Folder:
    """A folder of one case with a photo in it."""

    def __init__(self, setting, name):
        self.setting = setting
        self.dir = setting.dir / f"refuse-{name}"
        self.dir.mkdir()
        os.chmod(self.dir, 0o777)
        self.photo = self.dir / "photo.jpg"
        self.photo.write_bytes(setting.source("jpg").read_bytes())
        self.big = self.dir / "film.mp4"
        self.big.write_bytes(setting.source("mp4").read_bytes())
        self.wrong = []

    def listing(self):
        return {str(p): (p.lstat().st_ino, p.lstat().st_size, p.read_bytes() if p.is_file() else None)
                for p in self.dir.rglob("*")}

    def refuse(self, code, *words, prefix=(), key="es256", **options):
        signer = self.setting.key_words(key) if isinstance(key, str) else key
        before = self.listing()
        done = subprocess.run([*map(str, prefix), str(self.setting.program), "sign", *map(str, words),
                               *map(str, signer)], capture_output=True, stdin=subprocess.DEVNULL, env=self.setting.env,
                              cwd=self.dir, timeout=60, **options)
        text = done.stderr.decode(errors="replace")
        if done.returncode != code:
            self.wrong.append(f"exit {done.returncode}, not {code}: {text.strip()}")
        if not text.startswith("enliven: ") or text.count("\n") != 1 or len(text) > 400 or done.stdout:
            self.wrong.append(f"no single sentence: {done.stdout!r} {text!r}")
        if self.listing() != before:
            self.wrong.append(f"files came, went or changed: {set(self.listing()) ^ set(before)}")


CASES = []


def case(function):
    CASES.append(function)
    return function


@case
def key_of_somebody_else(folder, pki):
    folder.refuse(kit.USAGE, "photo.jpg", "-o", "out.jpg",
                  key=("--sign-cert", pki / "es256.pem", "--sign-key", pki / "other.key"))
    folder.refuse(kit.USAGE, "photo.jpg", "-o", "out.jpg",
                  key=("--sign-cert", pki / "es256.pem", "--sign-key", pki / "ps256.key"))


@case
def certificate_that_may_not_sign(folder, _):
    for name in ("expired", "early", "unfit", "general", "weak"):
        folder.refuse(kit.USAGE, "photo.jpg", "-o", "out.jpg", key=name)


@case
def certificate_that_is_none(folder, pki):
    (folder.dir / "junk.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\njunk\n-----END CERTIFICATE-----\n")
    (folder.dir / "empty.pem").write_bytes(b"")
    good = pki / "es256"
    for code, names in ((kit.USAGE, ("junk.pem", "empty.pem", "photo.jpg")), (kit.IO, ("absent.pem", "."))):
        for name in names:
            for chain, key in ((name, f"{good}.key"), (f"{good}.pem", name)):
                folder.refuse(code, "photo.jpg", "-o", "out.jpg", key=("--sign-cert", chain, "--sign-key", key))


@case
def signing_command_that_does_not_sign(folder, pki):
    for code, command in ((kit.IO, "exit 3"), (kit.IO, "kill -9 $$"), (kit.IO, "cat /dev/zero"), (kit.USAGE, "true"),
                          (kit.USAGE, "echo junk"), (kit.USAGE, "head -c 64 /dev/zero")):
        folder.refuse(code, "photo.jpg", "-o", "out.jpg",
                      key=("--sign-cert", pki / "es256.pem", "--sign-command", command))


@case
def source_that_is_no_file(folder, _):
    for name in ("absent.jpg", ".", "/dev/zero", "/dev/null"):
        folder.refuse(kit.IO, name, "-o", "out.jpg")


@case
def source_that_is_broken(folder, _):
    (folder.dir / "empty.jpg").write_bytes(b"")
    (folder.dir / "text.jpg").write_bytes(b"A photo of a lake.\n")
    (folder.dir / "head.mp4").write_bytes(folder.big.read_bytes()[:20])
    for name in ("empty.jpg", "text.jpg", "head.mp4"):
        folder.refuse(BAD_FILE, name, "-o", "out.jpg")
        folder.refuse(BAD_FILE, name, "-o", name, "--force")


@case
def source_that_ends_early(folder, _):
    """What there is may be signed; then that holds."""
    for name, whole, size in (("cut.jpg", folder.photo, 1500), ("cut.mp4", folder.big, 2000)):
        cut, signed = folder.dir / name, folder.dir / f"signed-{name}"
        cut.write_bytes(whole.read_bytes()[:size])
        wrong = folder.setting.sign(cut, signed, "es256", "--made-by", "camera")
        if wrong or folder.setting.check(signed) != kit.TRUSTED:
            folder.wrong.append(f"{name}: {wrong or 'does not hold'}")


@case
def origin_that_is_broken(folder, _):
    for code, name in ((kit.IO, "absent.jpg"), (kit.IO, "."), (kit.IO, "/dev/zero")):
        folder.refuse(code, "photo.jpg", "-o", "out.jpg", "--from", name)


@case
def target_that_cannot_be(folder, _):
    (folder.dir / "there.jpg").write_bytes(b"mine")
    (folder.dir / "folder").mkdir()
    folder.refuse(kit.IO, "photo.jpg", "-o", "there.jpg")
    folder.refuse(kit.IO, "photo.jpg", "-o", "folder", "--force")
    folder.refuse(kit.IO, "photo.jpg", "-o", "absent/out.jpg")
    folder.refuse(kit.IO, "photo.jpg", "-o", "photo.jpg")
    folder.refuse(kit.IO, "photo.jpg", "-o", "photo.jpg/out.jpg")


@case
def target_in_a_folder_of_others(folder, pki):
    locked = folder.dir / "locked"
    locked.mkdir()
    (locked / "there.jpg").write_bytes(b"theirs")
    os.chmod(locked, 0o555)
    somebody = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    for parent in (folder.setting.dir, pki):
        os.chmod(parent, 0o755)
    os.chmod(pki / "es256.key", 0o644)
    if somebody and subprocess.run(["test", "-x", str(folder.setting.program)], **somebody).returncode:
        print("     left out: a folder of others, since nobody but root can run what was built here")
        return
    folder.refuse(kit.IO, "photo.jpg", "-o", "locked/out.jpg", **somebody)
    folder.refuse(kit.IO, "photo.jpg", "-o", "locked/there.jpg", "--force", **somebody)
    os.chmod(locked, 0o755)


def small_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))


@case
def files_that_may_not_grow(folder, _):
    def deaf():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        small_files()
    for before in (small_files, deaf):
        folder.refuse(kit.IO, "film.mp4", "-o", "out.mp4", preexec_fn=before)
        folder.refuse(kit.IO, "film.mp4", "-o", "film.mp4", "--force", preexec_fn=before)
        folder.refuse(kit.IO, "film.mp4", "-o", "out.mp4", "--merkle", "1024", preexec_fn=before)


@case
def full_disk(folder, pki):
    disk = folder.dir / "disk"
    disk.mkdir()
    alone = ("unshare", "-rm")
    if subprocess.run([*alone, "mount", "-t", "tmpfs", "none", str(disk)], capture_output=True).returncode:
        print("     left out: a full disk, which cannot be made here")
        return
    # What stands on the small disk afterwards is told by its own listing, in the same breath.
    script = 'mount -t tmpfs -o size=24k none disk && "$@"; code=$?; ls -A disk >&2; exit $code'
    folder.refuse(kit.IO, "film.mp4", "-o", "disk/out.mp4", prefix=(*alone, "sh", "-c", script, "sh"))
    room = folder.big.stat().st_size // 1024 + 12  # for it, and hardly more
    script = f'mount -t tmpfs -o size={room}k none disk && cp film.mp4 disk && "$@"; code=$?; ' \
             'cmp film.mp4 disk/film.mp4 >&2; ls -A disk | grep -v "^film.mp4$" >&2; exit $code'
    folder.refuse(kit.IO, "disk/film.mp4", "-o", "disk/film.mp4", "--force", prefix=(*alone, "sh", "-c", script, "sh"))


@case
def words_that_make_no_sense(folder, _):
    folder.refuse(kit.USAGE, "photo.jpg")
    folder.refuse(kit.USAGE, "-o", "out.jpg")
    for words in (("--made-by", "magic"), ("--human", "maybe"), ("--merkle", "7"), ("--merkle", "lots"),
                  ("--tsa", "junk"), ("--threads", "-1"), ("--trust", "photo.jpg"), ("--nonsense",)):
        folder.refuse(kit.USAGE, "photo.jpg", "-o", "out.jpg", *words)


def run(setting):
    """(passed, failed)"""
    failed = 0
    for function in CASES:
        folder = Folder(setting, function.__name__)
        function(folder, setting.pki)
        print(f"{'FAIL' if folder.wrong else 'ok  '} {function.__name__}")
        for text in folder.wrong[:12]:
            print(f"     {text}")
        failed += bool(folder.wrong)
    return len(CASES) - failed, failed
