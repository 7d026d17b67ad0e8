#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes the mean of networks that began alike (the weights that train.py leaves beside its ONNX) as ONNX.

    mean.py OUT.onnx STATE.pt...

Trained apart from one beginning, they lie in one valley, and its middle sees better than its sides (Wortsman et al.
2022)."""
import sys

import torch

import labels
import net as nets
from export import export


def main(out, paths):
    states = [torch.load(path) for path in paths]
    mean = {name: sum(s[name] for s in states) / len(states) if first.dtype.is_floating_point else first
            for name, first in states[0].items()}
    net = nets.SceneNet(len(labels.CLASSES))
    net.load_state_dict(mean)
    export(net, out)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    main(sys.argv[1], sys.argv[2:])
