#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""page.py: writes README.md of this folder out of stories.tsv, failures.tsv and what is known of the photos."""
import csv
import os
import shlex

HERE = os.path.dirname(os.path.abspath(__file__))
PHOTOS = os.path.join(HERE, "..", "..", "tools", "scene_net", "photos.tsv")
CC = "https://creativecommons.org/"
LICENCES = {
    "public-domain": "public domain",
    "CC0-1.0": f"[CC0 1.0]({CC}publicdomain/zero/1.0/)",
    "CC-BY-4.0": f"[CC BY 4.0]({CC}licenses/by/4.0/)",
    "CC-BY-SA-3.0": f"[CC BY-SA 3.0]({CC}licenses/by-sa/3.0/)",
    "CC-BY-SA-4.0": f"[CC BY-SA 4.0]({CC}licenses/by-sa/4.0/)",
    "MIT": "[MIT](https://opensource.org/license/mit)",
}
SAMPLES = {  # as samples/CREDITS.md says
    "samples/lake.jpg": "Ian Hex, *Evening Glow*, LGPL-3.0, Debian package plasma-workspace-wallpapers",
    "samples/mountains.jpg": f"Aitzol Berasategi, *Picos de Europa*, {LICENCES['CC-BY-4.0']}, Debian package "
                             "lomiri-wallpapers-16.04",
    "samples/astronaut.jpg": "NASA (S99-00001), public domain, Debian package python3-skimage",
}
TOP = """\
# Gallery

Twenty photos of many kinds, each with the words that moved it, a loop of three seconds, and one sentence on what is to
be seen, good or not. Under each loop: four frames by Enliven in the first row; in the second the same photo by FFmpeg's
[zoompan](https://ffmpeg.org/ffmpeg-filters.html#zoompan), which is what one has without a program of this kind.
Frame 0 is the photo. At the end are [three failures](#three-failures), enlarged.

Zoompan's filter is the same for all twenty:

    zoompan=z='min(zoom+0.0008,1.1)':x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2':d=72:fps=24

It is the camera and nothing else: clouds, water and faces come nearer as a print would, what is far grows as much as
what is near, and at the end it jumps back. It also never does what the failures show: what does not move cannot go
wrong.

To keep this folder small the loops are AVIF and at most 320 pixels long, which hides as much as it shows;
`--size photo` is what to judge by. In the commands `--seconds 3 --fps 24 --size WxH --loop --mute` is left out.
All of it is made again by

    tools/scene_net/fetch.py PHOTOS && docs/gallery/make.sh PHOTOS

A sheet or loop is under its photo's licence; what was changed is that it moves, and its size.
"""


def rows(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.reader((line for line in file if line[0] != "#"), delimiter="\t", quoting=csv.QUOTE_NONE))


def whose():
    known = dict(SAMPLES)
    for name, package, _, _, _, licence, author in rows(PHOTOS):
        if licence in LICENCES:
            known[name] = f"{author}, {LICENCES[licence]}, Debian package {package}"
    return known


def command(name, photo, prompt, options):
    words = ["enliven", "story", photo if photo.startswith("samples/") else f"PHOTOS/{photo}.jpg"]
    shown = " ".join(words) + (f' --prompt "{prompt}"' if prompt else "")
    return shown + (f" {options}" if options else "") + f" -o {shlex.quote(name)}.avif"


def main():
    known = whose()
    page = [TOP]
    for name, photo, title, prompt, options, _, sentence in rows(os.path.join(HERE, "stories.tsv")):
        page.append(f"## {title}\n\n![{title}: the loop]({name}.avif)\n\n![{title}: four frames, and four by zoompan]"
                    f"({name}.jpg)\n\n    {command(name, photo, prompt, options)}\n\n{sentence}\n\n"
                    f"*Photo: {known[photo]}.*\n")
    page.append("## Three failures\n\nLeft the photo, right the same part of a later frame, at the photo's own size.\n")
    for name, frame, _, _, _, _, title, reason in rows(os.path.join(HERE, "failures.tsv")):
        page.append(f"### {title}\n\n![{title}](failure-{name}.jpg)\n\nFrame {frame} of `{name}`. {reason}\n")
    with open(os.path.join(HERE, "README.md"), "w", encoding="utf-8") as file:
        file.write("\n".join(page))


if __name__ == "__main__":
    main()
