#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Judges the WAVs of bench-sound by other means than ours: ffmpeg's ebur128, numpy's FFT. Needs python3-numpy, ffmpeg.

    build/bench/bench-sound DIR && /usr/bin/python3 bench/sounds.py DIR
"""
import re
import subprocess
import sys
from pathlib import Path

import numpy as np

EDGES = [0, 60, 125, 250, 500, 1000, 2000, 4000, 8000, 24000]


def read(path):
    return np.frombuffer(path.read_bytes()[44:], "<f4").astype(float).reshape(-1, 2)


def ebur128(path):
    command = ["ffmpeg", "-hide_banner", "-nostats", "-i", path, "-af", "ebur128=peak=true", "-f", "null", "-"]
    text = subprocess.run(command, capture_output=True, text=True).stderr
    text = text[text.rfind("Summary"):]
    return float(re.search(r"I:\s+(\S+) LUFS", text)[1]), float(re.search(r"Peak:\s+(\S+) dBFS", text)[1])


def power(x):
    """Of the ring as it is: no window, since its end meets its start."""
    return np.sum(np.abs(np.fft.rfft(x, axis=0)) ** 2, axis=1), np.fft.rfftfreq(len(x), 1 / 48000)


def seam(x, size=512):
    """A click is broad: the energy over 10 kHz, and of the third difference, in windows about the seam, as the share of
    windows elsewhere that have less. 0.5 is the middle, 1 worse than everywhere."""
    ring = np.roll(x, len(x) // 2, axis=0)  # the seam is in the middle now
    third = np.sum(np.diff(ring, 3, axis=0) ** 2, axis=1)
    step = size // 4
    starts = np.arange(0, len(third) - size, step)
    energy = np.array([third[s:s + 64].max() for s in starts])
    window = np.hanning(size)[:, None]
    high = np.array([np.sum(np.abs(np.fft.rfft(ring[s:s + size] * window, axis=0)[107:]) ** 2) for s in starts])
    middle = len(x) // 2
    at = third[middle - 4:middle + 2].max()
    here = np.sum(np.abs(np.fft.rfft(ring[middle - size // 2:middle + size // 2] * window, axis=0)[107:]) ** 2)
    return np.mean(energy < at), np.mean(high < here)


print(f"{'sound':10}{'LUFS':>7}{'dBTP':>7}{'DC':>9}{'clip':>5}{'L/R dB':>7}{'corr':>6}{'seam':>12}"
      "  share of power by band up to so many Hz, %")
print(" " * 63 + "".join(f"{e:>6}" for e in EDGES[1:]))
for path in sorted(Path(sys.argv[1]).glob("*.wav")):
    x = read(path)
    loud, peak = ebur128(path)
    p, hz = power(x)
    share = [100 * p[(hz >= a) & (hz < b)].sum() / p.sum() for a, b in zip(EDGES, EDGES[1:])]
    left, right = np.sum(x ** 2, axis=0)
    corr = np.sum(x[:, 0] * x[:, 1]) / np.sqrt(left * right)
    step, high = seam(x)
    print(f"{path.stem:10}{loud:7.1f}{peak:7.1f}{np.abs(x.mean(axis=0)).max():9.1e}{np.sum(np.abs(x) >= 1):5}"
          f"{10 * np.log10(left / right):7.1f}{corr:6.2f}{step:6.2f}{high:6.2f}" + "".join(f"{s:6.1f}" for s in share))
