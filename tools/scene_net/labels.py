#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Labels of photos: outlines in a text file, painted in their order.

A label file holds a line a region, from back to front:

    CLASS all                    the whole photo
    CLASS below x,y x,y ...      what lies below a line from left to right (the line is
                                 carried on level to both sides)
    CLASS above x,y x,y ...      what lies above it
    CLASS x,y x,y x,y ...        a closed outline

x and y are per cent of the width and height, from the top left. CLASS is one of CLASSES, or
`unsure`, which is not learned from. `#` starts a remark. A band about each border is not learned from either.

    labels.py grid PHOTO OUT.png            the photo with lines every 10 per cent
    labels.py show PHOTO LABEL.txt OUT.png  the photo with its label in colours
"""
import sys

import cv2
import numpy as np

CLASSES = ["other", "sky", "still", "waves", "stream", "fall", "plants", "building", "ground", "person", "animal"]
UNSURE = 255
COLOURS = [(128, 128, 128), (255, 180, 80), (255, 60, 0), (255, 0, 160), (255, 255, 0), (255, 255, 255), (0, 200, 0),
           (0, 0, 220), (0, 130, 200), (0, 255, 255), (200, 0, 255)]


def outline(words):
    points = [tuple(float(v) for v in w.split(",")) for w in words]
    if any(len(p) != 2 for p in points):
        raise ValueError("a point is x,y")
    return points


def read(path):
    """The lines of a label file: (class number, kind of outline, points)."""
    regions = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            words = line.split("#")[0].split()
            if not words:
                continue
            try:
                k = UNSURE if words[0] == "unsure" else CLASSES.index(words[0])
                if words[1:] == ["all"]:
                    regions.append((k, "all", []))
                elif words[1] in ("below", "above"):
                    regions.append((k, words[1], outline(words[2:])))
                else:
                    regions.append((k, "outline", outline(words[1:])))
            except (ValueError, IndexError) as error:
                raise SystemExit(f"{path}:{number}: {error}")
    return regions


def paint(regions, width, height, band=0.0):
    """A label picture, height x width, 8 bits; `band` (share of the longer side) about borders is UNSURE."""
    label = np.full((height, width), UNSURE, np.uint8)
    for k, kind, points in regions:
        if kind == "all":
            label[:] = k
            continue
        if kind != "outline":
            edge = 150.0 if kind == "below" else -50.0
            points = [(-10, points[0][1])] + points + [(110, points[-1][1])]
            points = points + [(110, edge), (-10, edge)]
        at = np.array([(x * width / 100, y * height / 100) for x, y in points])
        cv2.fillPoly(label, [np.round(at).astype(np.int32)], int(k))
    if band > 0:
        size = 2 * int(round(band * max(width, height))) + 1
        kernel = np.ones((size, size), np.uint8)
        label = np.where(cv2.dilate(label, kernel) != cv2.erode(label, kernel), UNSURE, label).astype(np.uint8)
    return label


def grid(photo):
    height, width = photo.shape[:2]
    for i in range(1, 10):
        strong = 2 if i == 5 else 1
        x, y = i * width // 10, i * height // 10
        cv2.line(photo, (x, 0), (x, height), (0, 255, 255), strong)
        cv2.line(photo, (0, y), (width, y), (0, 255, 255), strong)
        cv2.putText(photo, str(i * 10), (x + 2, 12), 0, .42, (0, 0, 255), 1)
        cv2.putText(photo, str(i * 10), (2, y - 2), 0, .42, (0, 0, 255), 1)
    return photo


def show(photo, regions):
    height, width = photo.shape[:2]
    label = paint(regions, width, height, .008)
    colour = np.zeros_like(photo)
    for k, value in enumerate(COLOURS):
        colour[label == k] = value
    mixed = np.where((label == UNSURE)[..., None], photo, photo * .5 + colour * .5).astype(np.uint8)
    for k in np.unique(label):
        if k != UNSURE:
            cv2.putText(mixed, CLASSES[k], (6, 22 + 20 * int(k)), 0, .6, COLOURS[k], 2)
    return np.hstack([photo, mixed]) if height > width else np.vstack([photo, mixed])


def main(args):
    if len(args) == 3 and args[0] == "grid":
        cv2.imwrite(args[2], grid(cv2.imread(args[1])))
    elif len(args) == 4 and args[0] == "show":
        cv2.imwrite(args[3], show(cv2.imread(args[1]), read(args[2])))
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
