# SPDX-License-Identifier: MIT
"""Writes the network as ONNX with half-precision weights, the norms folded into the convolutions before them."""
import torch

import net as nets


class Halved(torch.nn.Module):
    """The network whose weights are kept as halves and widened where they are used."""

    def __init__(self, net):
        super().__init__()
        self.net = net
        self.halves = {}
        for module in net.modules():
            for name, parameter in list(module._parameters.items()):
                if parameter is None:
                    continue
                del module._parameters[name]
                key = f"w{len(self.halves)}"
                self.register_buffer(key, parameter.detach().half())
                self.halves[key] = (module, name)

    def forward(self, x):
        for key, (module, name) in self.halves.items():
            object.__setattr__(module, name, getattr(self, key).float())
        return torch.softmax(self.net(x), 1)


def fold(net):
    for mix in net.mixes:
        mix.across = torch.nn.utils.fusion.fuse_conv_bn_eval(mix.across, mix.norm)
        mix.norm = torch.nn.Identity()


def export(net, path):
    net.eval()
    fold(net)
    halved = Halved(net).eval()
    example = torch.zeros(1, 3, nets.SIDE, nets.SIDE)
    with torch.no_grad():
        torch.onnx.export(halved, example, path, opset_version=13, do_constant_folding=False,
                          input_names=["image"], output_names=["classes"])
