# SPDX-License-Identifier: MIT
"""Arrows and freeze masks: what they do, how they go through plans, and what is no arrow and no mask."""
import json
import os

from kit import BAD_PHOTO, IO, USAGE, case, ffmpeg

SMALL = ("--seconds", 3, "--fps", 24, "--size", "192x144", "--json")


def mask(t, name, size="480x360", boxes=(), background="black"):
    """A PNG with white boxes (x, y, width, height)."""
    path = t.dir / name
    draw = "".join(f",drawbox={x}:{y}:{w}:{h}:white:fill" for x, y, w, h in boxes)
    ffmpeg("-f", "lavfi", "-i", f"color={background}:s={size},format=rgb24{draw}", "-frames:v", 1, path)
    return path


def told_plan(t, *words):
    result = t.accept("story", *words, *SMALL)
    return result.json() if result.code == 0 else {"plan": {"motions": [], "notes": "", "left_out": ""}, "frames_hash": ""}


@case
def arrows_flow(t):
    """An arrow stands in for the clouds; written by plan and read by story it makes the same frames."""
    photo = t.photo(sample="mountains", width=480, height=360)
    up = ("--arrow", "0.5,0.1,0.5,0.05")
    direct = told_plan(t, photo, *up, "-o", "direct.mp4")
    names = [m["motion"] for m in direct["plan"]["motions"]]
    t.check("arrows" in names and "clouds" not in names, f"moves {names}")
    t.check("Arrows take the place of clouds" in direct["plan"]["notes"], direct["plan"]["notes"])
    plan = t.accept("plan", photo, *up, "--json").json()
    t.check(plan["arrows"] == [{"from": [.5, .1], "to": [.5, .05], "speed": 1}], f"the plan's arrows: {plan.get('arrows')}")
    path = t.write("plan.json", json.dumps(plan))
    t.check(told_plan(t, photo, "--plan", path, "-o", "by-plan.mp4")["frames_hash"] == direct["frames_hash"],
            "a plan with an arrow makes other frames than the arrow")
    added = told_plan(t, photo, "--plan", path, "--arrow", "0.2,0.1,0.3,0.1", "-o", "added.mp4")
    t.check(len(added["plan"]["arrows"]) == 2 and added["frames_hash"] != direct["frames_hash"], "an arrow beside a plan is not added")
    down = told_plan(t, photo, "--arrow", "0.5,0.05,0.5,0.1", "-o", "down.mp4")
    plain = told_plan(t, photo, "-o", "plain.mp4")
    t.check(len({direct["frames_hash"], down["frames_hash"], plain["frames_hash"]}) == 3, "the arrow's direction makes no difference")
    one, four = (told_plan(t, photo, *up, "--threads", n, "-o", f"{n}.mp4")["frames_hash"] for n in (1, 4))
    t.check(one == four == direct["frames_hash"], "frames differ by threads")


@case
def arrows_that_cannot_be(t):
    """What is no arrow is refused; what points nowhere, at people or past the frame is left out and said."""
    photo = t.photo(sample="mountains", width=480, height=360)
    for wrong in ("", "1", "0.1,0.1,0.2", "0.1,0.1,0.2,0.2,0.3", "a,b,c,d", "0.1;0.1;0.2;0.2", "nan,0,1,1", "0x1,0,1,1", "0.1, 0.1, 0.2, 0.2",
                  "-0.1,0.5,0.5,0.5", "240,180,300,180", "0.5,1.2,0.5,0.5", "1e999,0,0,0", "0.1,0.1,0.2,1e300", "\x1b[2J"):
        t.refuse(USAGE, "plan", photo, "--arrow", wrong)
    t.refuse(USAGE, "plan", photo, "--arrow")
    t.refuse(USAGE, "story", photo, "-o", "out.mp4", "--arrow", "3,3,4,4")
    t.refuse(USAGE, "plan", photo, *(("--arrow", "0.5,0.1,0.6,0.1") * 33))
    t.accept("plan", photo, *(("--arrow", "0.5,0.1,0.6,0.1") * 32))
    for arrow, where, said in (("0.5,0.1,0.5,0.1", "left_out", "it points nowhere"), ("0.5,0.1,0.5,-3", "notes", "cut at the photo's edge"),
                               ("0.1,0.1,0.9,0.1", "notes", "too fast and was slowed")):
        plan = t.accept("plan", photo, "--arrow", arrow, "--json").json()
        t.check(said in plan[where], f"{arrow}: {where} is {plan[where]!r}")
    still = t.accept("plan", photo, "--arrow", "0.5,0.1,0.6,0.1", "--without", "sky", "--json").json()
    t.check("must not move" in still["left_out"] and "arrows" not in still, f"--without sky: {still['left_out']!r}")
    aside = told_plan(t, photo, "--arrow", "0.02,0.1,0.05,0.1", "-o", "aside.mp4")["plan"]  # 4:3 to 1:3 shows the middle
    t.check("left out" not in aside["left_out"], f"all is shown, but {aside['left_out']!r}")
    narrow = t.accept("story", photo, "--arrow", "0.01,0.1,0.02,0.1", "--arrow", "0.98,0.1,0.99,0.1", "-o", "narrow.mp4", "--seconds", 3, "--fps", 24,
                      "--size", "64x192", "--json").json()["plan"]
    t.check("outside the part that is shown" in narrow["left_out"], f"a narrow frame: {narrow['left_out']!r}")
    face = t.photo("face.jpg", "astronaut", 256, 256)
    plan = t.accept("plan", face, "--arrow", "0.44,0.22,0.5,0.22", "--json").json()
    t.check("people move by words" in plan["left_out"] or "hair" in str(plan["motions"]) or not plan["left_out"], plan["left_out"])


@case
def masks_are_planned_with(t):
    """A plan knows what a mask or the words keep still: nothing of it is listed, heard, or moved by an arrow."""
    photo = t.photo(sample="lake", width=480, height=240)
    top, all_over = mask(t, "top.png", "480x240", [(0, 0, 480, 134)]), mask(t, "all.png", "480x240", background="white")
    for words in (("plan",), ("story", "-o", "top.mp4", *SMALL[:-1])):
        told = t.accept(words[0], photo, "--freeze", top, *words[1:], "--json").json()
        plan = told.get("plan", told)
        names = [m["motion"] for m in plan["motions"]]
        t.check("clouds" not in names and "waves" in names, f"{words[0]}: moves {names}")
        t.check("freeze mask covers all that would move by clouds" in plan["notes"], f"{words[0]}: {plan['notes']!r}")
    t.check(b"Holds: 56 % of the photo" in t.accept("plan", photo, "--freeze", top).out, "plan says nothing of the mask")
    still = t.accept("plan", photo, "--freeze", all_over, "--json").json()
    t.check(not still["motions"] and not still["sounds"] and "white all over" in still["notes"], f"all white: {still}")
    given = t.write("given.json", json.dumps({"motions": [{"motion": "clouds"}], "sounds": [{"sound": "wind"}], "freeze": str(top)}))
    plan = told_plan(t, photo, "--plan", given, "-o", "given.mp4")["plan"]
    t.check(not plan["motions"] and not plan["sounds"] and "lies under the freeze mask" in plan["left_out"], f"a given plan: {plan}")
    held = t.accept("plan", photo, "--prompt", "keep the water still", "--arrow", "0.5,0.6,0.6,0.6", "--json").json()
    t.check("arrows" not in held and "the words want" in held["left_out"], f"an arrow against the words: {held['left_out']!r}")


@case
def freeze_holds(t):
    """What is painted white stands still; what is not goes on; a mask follows its plan."""
    photo = t.photo(sample="mountains", width=480, height=360)
    half = mask(t, "half.png", boxes=[(0, 0, 240, 360)])
    t.accept("story", photo, "--prompt", "clouds", "--freeze", half, "-o", "half.mp4", *SMALL)
    t.accept("story", photo, "--prompt", "clouds", "-o", "free.mp4", *SMALL)

    def change(name, left):
        first, last = (t.frame(t.dir / name, k, "gray") for k in (24, 70))
        sums = [abs(first[y * 192 + x] - last[y * 192 + x]) for y in range(8, 40) for x in (range(8, 88) if left else range(104, 184))]
        return sum(sums) / len(sums)
    t.check(change("free.mp4", True) > 1, f"unfrozen clouds change by {change('free.mp4', True):.2f}")
    t.check(change("half.mp4", True) < .4, f"frozen clouds change by {change('half.mp4', True):.2f}")
    t.check(change("half.mp4", False) > .3, f"the other clouds change by {change('half.mp4', False):.2f}")
    # The plan keeps the name, and story finds the mask beside the plan.
    (t.dir / "sub").mkdir()
    plan = t.accept("plan", photo, "--prompt", "clouds", "--freeze", "half.png", "--json").json()
    t.check(plan["freeze"] == "half.png", f"the plan's freeze is {plan.get('freeze')}")
    t.write("sub/plan.json", json.dumps(plan))
    t.refuse((USAGE, IO), "story", photo, "--plan", "sub/plan.json", "-o", "out.mp4")
    os.rename(half, t.dir / "sub" / "half.png")
    beside = told_plan(t, photo, "--plan", "sub/plan.json", "-o", "beside.mp4")
    direct = told_plan(t, photo, "--prompt", "clouds", "--freeze", "sub/half.png", "-o", "direct.mp4")
    t.check(beside["frames_hash"] == direct["frames_hash"], "a mask beside the plan is another mask")
    large = mask(t, "large.png", "960x720", [(0, 0, 480, 720)])
    t.check(told_plan(t, photo, "--prompt", "clouds", "--freeze", large, "-o", "large.mp4")["frames_hash"] == direct["frames_hash"],
            "the same mask twice as large is another mask")


@case
def masks_white_and_black(t):
    photo = t.photo(sample="mountains", width=480, height=360)
    white, black = mask(t, "white.png", background="white"), mask(t, "black.png")
    all_still = told_plan(t, photo, "--prompt", "clouds", "--freeze", white, "-o", "white.mp4")
    t.check("white all over" in all_still["plan"]["notes"], f"notes: {all_still['plan']['notes']!r}")
    first, last = (t.frame(t.dir / "white.mp4", k, "gray") for k in (40, 70))  # the label has come in by then
    t.check(max(abs(a - b) for a, b in zip(first, last)) <= 6, "something moves under a white mask")
    plain = told_plan(t, photo, "--prompt", "clouds", "-o", "plain.mp4")["frames_hash"]
    t.check(told_plan(t, photo, "--prompt", "clouds", "--freeze", black, "-o", "black.mp4")["frames_hash"] == plain,
            "a black mask changes something")
    clear = t.dir / "clear.png"  # transparent everywhere: nothing is painted
    ffmpeg("-f", "lavfi", "-i", "color=white@0:s=480x360,format=rgba", "-frames:v", 1, clear)
    t.check(told_plan(t, photo, "--prompt", "clouds", "--freeze", clear, "-o", "clear.mp4")["frames_hash"] == plain,
            "a transparent mask changes something")


@case
def masks_that_cannot_be(t):
    photo = t.photo(sample="mountains", width=480, height=360)
    (t.dir / "folder").mkdir()
    out = ("-o", t.dir / "out.mp4")
    for broken in (t.write("notes.png", "hello"), mask(t, "speck.png", size="48x36")):
        said = t.refuse(BAD_PHOTO, "plan", photo, "--freeze", broken)
        t.check(b"mask" in said.err and b"a photo" not in said.err, f"a mask that is none: {said.err}")
    for name, code in (("missing.png", IO), ("folder", IO), ("", USAGE), (t.write("empty.png", ""), BAD_PHOTO), (t.write("text.png", "hello"), BAD_PHOTO),
                       (t.write("cut.png", mask(t, "whole.png").read_bytes()[:60]), BAD_PHOTO)):
        for words in (("plan", photo), ("story", photo, *out)):
            t.refuse(code, *words, "--freeze", name, what=f"{words[0]} --freeze {name}")
    said = t.refuse(USAGE, "story", photo, *out, "--freeze", mask(t, "wide.png", "480x200")).err.decode()
    t.check("480x200" in said and "480x360" in said, said)
    t.refuse((USAGE, IO), "story", photo, *out, "--freeze", "x" * 3000)
    for value in ('1', '["a.png"]', '"\\u001b[2J"', '"%s"' % ("x" * 1100), '"missing.png"'):
        plan = t.write("plan.json", '{"motions":[],"sounds":[],"freeze":%s}' % value)
        t.refuse((USAGE, IO), "story", photo, *out, "--plan", plan, what=f"freeze {value[:30]}")


@case
def plans_with_wrong_arrows(t):
    photo = t.photo(sample="mountains", width=320, height=240)
    good = '{"from":[0.5,0.1],"to":[0.5,0.2]}'
    for wrong in ("1", "{}", "[1]", "[[0,0,1,1]]", "[{}]", '[{"from":[0.5,0.1]}]', '[{"from":[0.5],"to":[0.5,0.2]}]', '[{"from":[0.5,0.1,0],"to":[0.5,0.2]}]',
                  '[{"from":[0.5,"a"],"to":[0.5,0.2]}]', '[{"from":null,"to":[0.5,0.2]}]', '[{"from":[5,5],"to":[0.5,0.2]}]',
                  '[{"from":[0.5,0.1],"to":[0.5,0.2],"speed":"fast"}]', '[{"from":[0.5,0.1],"to":[0.5,0.2],"width":3}]', f"[{good},{good}",
                  "[%s]" % ",".join([good] * 33)):
        plan = t.write("plan.json", '{"motions":[],"sounds":[],"arrows":%s}' % wrong)
        said = t.refuse(USAGE, "story", photo, "-o", t.dir / "out.mp4", "--plan", plan, what=f"arrows {wrong[:60]}", limit=10).err.decode()
        t.check("arrows" in said or "line 1" in said, f"{wrong[:60]}: {said}")
    plan = t.write("plan.json", '{"motions":[{"motion":"clouds","speed":1e30},{"motion":"clouds"}],"sounds":[],"arrows":[{"from":[0.5,0.1],"to":[0.6,0.1],"speed":99}]}')
    told = t.accept("story", photo, "-o", "out.mp4", "--plan", plan, *SMALL).json()["plan"]
    for said in ("motions[0].speed is 1e+30", "was taken as 4", "clouds a second time", "arrows[0].speed is 99", "Arrows take the place of clouds"):
        t.check(said in told["notes"], f"{said!r} is not in {told['notes']!r}")
    t.check([m["motion"] for m in told["motions"]] == ["arrows"], f"moves {told['motions']}")
