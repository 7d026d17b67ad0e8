# SPDX-License-Identifier: MIT
"""Plans in JSON: written, edited, and refused with the place of the mistake."""
import copy
import json
import os
import random

from kit import IO, SAMPLES, USAGE, case

SMALL = ("--seconds", 3, "--fps", 24, "--size", "96x96", "--json")


def plan_of(t, photo, *words):
    result = t.accept("plan", photo, "--json", *words)
    return result.json()


@case
def plan_edit_story(t):
    """plan --json, edited, story --plan: the edit is what is done."""
    photo = t.photo(sample="mountains", width=480, height=360)
    plan = plan_of(t, photo, "--prompt", "clouds drift to the left")
    if not t.check(any(m["motion"] == "clouds" for m in plan["motions"]), f"no clouds in the mountains' plan: {plan['motions']}"):
        return
    hashes = {}
    for name, speed in (("same", None), ("fast", 3.5), ("slow", .1)):
        edited = copy.deepcopy(plan)
        for motion in edited["motions"]:
            if speed and motion["motion"] == "clouds":
                motion["speed"] = speed
        path = t.write(f"{name}.json", json.dumps(edited))
        result = t.accept("story", photo, "--plan", path, "-o", f"{name}.mp4", *SMALL)
        told = result.json()
        hashes[name] = told["frames_hash"]
        clouds = [m for m in told["plan"]["motions"] if m["motion"] == "clouds"][0]
        t.check(speed is None or abs(clouds["speed"] - speed) < 1e-3, f"{name}: told speed is {clouds['speed']}")
    direct = t.accept("story", photo, "--prompt", "clouds drift to the left", "-o", "direct.mp4", *SMALL).json()
    t.check(direct["frames_hash"] == hashes["same"], "a plan that was not edited gives other frames than its prompt")
    t.check(len(set(hashes.values())) == 3, f"speeds make no difference: {hashes}")
    empty = t.write("still.json", json.dumps({"motions": [], "sounds": []}))
    t.accept("story", photo, "--plan", empty, "-o", "still.mp4", *SMALL)
    t.movie(t.dir / "still.mp4", size=(96, 96), sound=False)
    muted = t.accept("story", photo, "--plan", t.dir / "fast.json", "--mute", "-o", "mute.mp4", *SMALL).json()
    t.check(muted["frames_hash"] == hashes["fast"], "--mute changes the picture")
    t.movie(t.dir / "mute.mp4", size=(96, 96), sound=False)


@case
def plan_for_another_photo(t):
    """A plan may ask for what is not there."""
    motions = ["clouds", "waves", "stream", "sway", "hair", "smile", "blink", "breath", "head", "zoom_in"]
    sounds = ["ocean", "gurgle", "wind", "room"]
    plan = t.write("all.json", json.dumps({"motions": [{"motion": m, "amount": 3, "speed": 4} for m in motions],
                                           "sounds": [{"sound": s, "level": 2} for s in sounds]}))
    for sample in ("lake", "mountains", "astronaut"):
        photo = t.photo(f"{sample}.jpg", sample, 256, 192)
        if t.story(photo, "--plan", plan, "--loop", out=sample + ".mp4", size=(256, 192)):
            t.whole(t.dir / (sample + ".mp4"))


@case
def plan_tells_what_is_not_here(t):
    """What cannot be seen of a plan is left out by name, in words and in JSON; its language is the label's."""
    photo = t.photo(sample="mountains", width=480, height=360)
    plan = t.write("other.json", b"\xef\xbb\xbf" + json.dumps({"left_out": "The sky is not blue.", "motions": [
        {"motion": "smile"}, {"motion": "clouds"}, {"motion": "zoom_in", "start": 12}], "sounds": []}).encode())
    told = t.accept("story", photo, "--plan", plan, "-o", "out.mp4", *SMALL).json()["plan"]
    t.check([m["motion"] for m in told["motions"]] == ["clouds"], f"moves {told['motions']}")
    t.check("smile is left out" in told["left_out"] and "zoom_in is left out" in told["left_out"] and
            "blue" not in told["left_out"], f"left out: {told['left_out']}")
    said = t.accept("story", photo, "--plan", plan, "-o", "again.mp4", *SMALL[:-1]).out.decode()
    t.check("Left out: The motion smile" in said, f"the words: {said}")
    still = {"motions": [], "sounds": []}
    frames = {}
    for name, lang, words in (("english", "en", ()), ("german", "de", ()), ("forced", "de", ("--lang", "en"))):
        path = t.write(name + ".json", json.dumps({"lang": lang, **still}))
        frames[name] = t.accept("story", photo, "--plan", path, "-o", name + ".mp4", *words, *SMALL).json()["frames_hash"]
    t.check(frames["german"] != frames["english"] == frames["forced"], f"the label's language: {frames}")


@case
def small_frames_see_the_same(t):
    """What is seen does not depend on the size of the video."""
    photo = t.photo(sample="mountains", width=1200, height=900)
    seen = [t.accept("story", photo, "-o", f"{size}.mp4", *SMALL[:4], "--size", size, "--json").json()["scene"]
            for size in ("photo", "64x64")]
    t.check(seen[0] == seen[1], "the scene of a small video is another")


@case
def plans_refused(t):
    photo = t.photo(sample="mountains", width=320, height=240)
    good = json.dumps(plan_of(t, photo))
    motion, sound = '{"motion":"clouds"}', '{"sound":"wind"}'
    wrong = {"empty": "", "spaces": "  \n ", "text": "clouds to the left", "a number": "5", "null": "null", "a list": "[]", "an object": "{}",
             "no motions": '{"sounds":[]}', "a NUL": good + "\0", "two objects": good + good, "a comment": "// hi\n" + good,
             "duplicate": '{"motions":[],"motions":[],"sounds":[]}', "not UTF-8": good.encode() + b"\xff", "half UTF-8": b'{"prompt":"\xe2\x82"}',
             "UTF-16": good.encode("utf-16"), "a lone surrogate": '{"prompt":"\\ud800","motions":[],"sounds":[]}',
             "an escaped NUL": '{"prompt":"\\u0000","motions":[],"sounds":[]}', "a control": '{"prompt":"\\u001b[31m","motions":[],"sounds":[]}',
             "motions as text": '{"motions":"clouds","sounds":[]}', "a motion as text": '{"motions":["clouds"],"sounds":[]}',
             "a speed as text": '{"motions":[{"motion":"clouds","speed":"fast"}],"sounds":[]}', "a null speed": '{"motions":[{"motion":"clouds","speed":null}],"sounds":[]}',
             "unknown motion": '{"motions":[{"motion":"fly"}],"sounds":[]}', "unknown sound": '{"motions":[],"sounds":[{"sound":"jazz"}]}',
             "unknown field": '{"motions":[],"sounds":[],"music":1}', "unknown motion field": '{"motions":[{"motion":"clouds","colour":1}],"sounds":[]}',
             "wrong region": '{"motions":[{"motion":"clouds","region":"face"}],"sounds":[]}', "huge name": '{"motions":[{"motion":"%s"}],"sounds":[]}' % ("x" * 9000),
             "escapes as a name": '{"motions":[{"motion":"\\u001b[2J\\n"}],"sounds":[]}', "unknown lang": '{"lang":"xx","motions":[],"sounds":[]}',
             "another version": '{"enliven_plan":2,"motions":[],"sounds":[]}', "version as float": '{"enliven_plan":1.5,"motions":[],"sounds":[]}',
             "49 motions": '{"motions":[%s],"sounds":[]}' % ",".join([motion] * 49), "9 sounds": '{"motions":[],"sounds":[%s]}' % ",".join([sound] * 9),
             "a long prompt": '{"prompt":"%s","motions":[],"sounds":[]}' % ("x" * 2001), "a long lang": '{"lang":"%s","motions":[],"sounds":[]}' % ("x" * 500),
             "deep": "[" * 100000, "deep objects": '{"a":' * 50000, "2 MB": good + " " * (2 << 20), "2 MB of text": '"' + "x" * (2 << 20) + '"'}
    for field, values in {"speed": ("1e999", "-1e999", "NaN", "9" * 400), "direction": ("361", "-361", "1e30")}.items():
        for value in values:
            wrong[f"{field} {value[:20]}"] = '{"motions":[{"motion":"clouds","%s":%s}],"sounds":[]}' % (field, value)
    for cut in range(1, len(good) - 1, max(1, len(good) // 12)):
        wrong[f"cut at {cut}"] = good[:cut]
    items = list(wrong.items())
    for what, text in items[::3] if t.quick else items:
        t.refuse(USAGE, "story", photo, "-o", t.dir / "out.mp4", "--plan", t.write("plan.json", text), what=f"plan: {what}", limit=10)


@case
def absurd_numbers_are_tamed(t):
    """A speed, amount, start or level beyond its limits is set to the nearest one, and said with its field."""
    photo = t.photo(sample="mountains", width=320, height=240)
    for field, values in {"speed": {"0": .1, "-1": .1, "4.01": 4, "1e308": 4}, "amount": {"-0.1": 0, "3.1": 3, "1e40": 3},
                          "start": {"-1": 0, "15.5": 15, "1e9": 15}}.items():
        for value, taken in list(values.items())[:1] if t.quick else values.items():
            plan = t.write("plan.json", '{"motions":[{"motion":"clouds","%s":%s}],"sounds":[]}' % (field, value))
            told = t.accept("story", photo, "-o", "out.mp4", "--force", "--plan", plan, *SMALL).json()["plan"]
            t.check(f"motions[0].{field} is" in told["notes"] and f"was taken as {taken:g}" in told["notes"], f"{field} {value}: {told['notes']!r}")
            t.check(all(abs(m[field] - taken) < 1e-3 for m in told["motions"]), f"{field} {value}: {told['motions']}")
    plan = t.write("plan.json", '{"motions":[],"sounds":[{"sound":"wind","level":1e99}]}')
    told = t.accept("story", photo, "-o", "out.mp4", "--force", "--plan", plan, *SMALL).json()["plan"]
    t.check("sounds[0].level is" in told["notes"] and told["sounds"][0]["level"] == 2, f"level: {told}")


@case
def plan_files_that_cannot_be(t):
    photo = t.photo()
    (t.dir / "folder").mkdir()
    out = ("-o", t.dir / "out.mp4")
    t.refuse(IO, "story", photo, *out, "--plan", "missing.json")
    t.refuse(IO, "story", photo, *out, "--plan", "folder")
    t.refuse((USAGE, IO), "story", photo, *out, "--plan", "/dev/zero")
    t.refuse((USAGE, IO), "story", photo, *out, "--plan", "")
    t.refuse((USAGE, IO), "story", photo, *out, "--plan", "/dev/null")
    t.refuse(USAGE, "story", photo, *out, "--plan", photo)
    os.mkfifo(t.dir / "fifo")
    t.refuse((USAGE, IO), "story", photo, *out, "--plan", "fifo", limit=5)
    said = t.refuse(USAGE, "story", photo, *out, "--plan", t.write("list.json", "[]")).err.decode()
    t.check("the whole must be an object" in said, said)
    good = t.write("good.json", json.dumps(plan_of(t, photo)))
    for words in (("--prompt", "clouds"), ("--only", "sky"), ("--without", "sky")):
        t.refuse(USAGE, "story", photo, *out, "--plan", good, *words)
    t.refuse(3, "story", t.write("bad.jpg", "x"), *out, "--plan", good)


@case
def plans_from_pipes(t):
    """A plan may come through a pipe, as shells make them of <(...)."""
    photo = t.photo()
    plan = json.dumps(plan_of(t, photo)).encode()
    read, write = os.pipe()
    os.write(write, plan)
    os.close(write)
    os.set_inheritable(read, True)
    process = t.start("story", photo, "-o", "out.mp4", "--plan", f"/proc/{os.getpid()}/fd/{read}", *SMALL)
    _, err = process.communicate(timeout=30 * t.setting.patience)
    os.close(read)
    t.check(process.returncode == 0, f"a plan from a pipe: exit {process.returncode}, {err}")


@case(quick=False)
def plans_with_wrong_bytes(t):
    """Whatever is in a plan, the answer is a video or a refusal."""
    photo = t.photo()
    plan = json.dumps(plan_of(t, photo)).encode()
    source = random.Random(5)
    for turn in range(60):
        wrong = bytearray(plan)
        for _ in range(source.randrange(1, 4)):
            wrong[source.randrange(len(wrong))] = source.choice(b'{}[]",:0-9eE.\\\xff\x00az \n')
        result = t.run("story", photo, "-o", "out.mp4", "--force", "--plan", t.write("plan.json", bytes(wrong)), "--seconds", 3, "--fps", 24,
                       "--size", "64x64", limit=20)
        if t.check(result.code in (0, USAGE), f"turn {turn}: {result}") and result.code:
            t.sentence(result, f"turn {turn}")


@case
def only_and_without(t):
    """Elements and motions by name; leaving all out leaves the photo still."""
    photo = t.photo(sample="mountains", width=320, height=240)
    sky = plan_of(t, photo, "--only", "sky")
    t.check({m["region"] for m in sky["motions"]} <= {"sky"}, f"--only sky moves {sky['motions']}")
    none = plan_of(t, photo, "--without", "sky", "--prompt", "clouds")
    t.check(not any(m["region"] == "sky" for m in none["motions"]), f"--without sky moves {none['motions']}")
    still = plan_of(t, photo, "--without", "all")
    t.check(not still["motions"], f"--without all moves {still['motions']}")
    quiet = plan_of(t, photo, "--mute")
    t.check(not quiet["sounds"], f"--mute sounds like {quiet['sounds']}")
    t.check(plan_of(t, photo, "--prompt", "no sound")["sounds"] == [], "'no sound' has a sound")


@case
def plan_tells_its_words(t):
    """What was understood, and what was not."""
    photo = t.photo(sample="mountains", width=480, height=360)
    plan = plan_of(t, photo, "--prompt", "clouds drift quickly to the left, xyzzyish")
    t.check("xyzzyish" in plan["not_understood"], f"not understood: {plan['not_understood']!r}")
    t.check("clouds" in plan["understood"], f"understood: {plan['understood']!r}")
    text = t.accept("plan", photo, "--prompt", "clouds, xyzzyish").out.decode()
    t.check("Understood:" in text and "Not understood: xyzzyish" in text, f"plan says {text!r}")
    if not t.quick:
        for sample in sorted(SAMPLES.glob("*.jpg")):
            t.check(plan_of(t, sample)["motions"], f"{sample.name}: nothing moves")
