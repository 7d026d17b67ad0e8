# SPDX-License-Identifier: MIT
"""Writes the network as ONNX: the norms folded into the convolutions before them, most weights in a byte each."""
import torch

import net as nets

MANY = 9000  # fewer are kept as halves: on bytes, those of the depthwise kernels made six times the error of all others


class Packed(torch.nn.Module):
    """The network whose large weights are bytes, with one scale for each channel they make, and whose small ones are
    halves; they are widened where they are used."""

    def __init__(self, net):
        super().__init__()
        self.net = net
        self.kept = []
        for module in net.modules():
            for name, parameter in list(module._parameters.items()):
                if parameter is None:
                    continue
                del module._parameters[name]
                self.keep(module, name, parameter.detach())

    def keep(self, module, name, weight):
        key = f"w{len(self.kept)}"
        scaled = weight.numel() >= MANY
        if scaled:
            scale = weight.abs().amax(tuple(range(1, weight.dim())), keepdim=True).clamp_min(1e-12) / 127
            self.register_buffer(key, torch.round(weight / scale).to(torch.int8))
            self.register_buffer(key + "s", scale)
        else:
            self.register_buffer(key, weight.half())
        self.kept.append((key, module, name, scaled))

    def forward(self, x):
        for key, module, name, scaled in self.kept:
            weight = getattr(self, key).float()
            object.__setattr__(module, name, weight * getattr(self, key + "s") if scaled else weight)
        return torch.softmax(self.net(x), 1)


def fold(net):
    for mix in net.mixes:
        mix.across = torch.nn.utils.fusion.fuse_conv_bn_eval(mix.across, mix.norm)
        mix.norm = torch.nn.Identity()


def export(net, path):
    net.eval()
    fold(net)
    packed = Packed(net).eval()
    example = torch.zeros(1, 3, nets.SIDE, nets.SIDE)
    with torch.no_grad():
        torch.onnx.export(packed, example, path, opset_version=13, do_constant_folding=False,
                          input_names=["image"], output_names=["classes"])
