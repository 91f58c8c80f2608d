"""Writes small files with torch.save, in the format before PyTorch 1.6 and in the current one, and the values that
PyTorch reads from them.

Written with PyTorch 1.13.1. Usage: make_torch_files.py FOLDER
"""

import argparse
import collections
import json
import pathlib
import sys
import warnings

import torch


class Net(torch.nn.Module):
    """A network with a submodule, a buffer and a parameter."""

    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(2, 3, 3)
        self.norm = torch.nn.BatchNorm2d(3)
        self.scale = torch.nn.Parameter(torch.tensor([1.5, -2.0]))
        self.register_buffer("kernel", torch.arange(4.0).reshape(2, 2))


def numbers(*shape):
    count = 1
    for side in shape:
        count *= side
    return torch.arange(count, dtype=torch.float32).reshape(shape) * 0.37 - 1.1


def training_checkpoint():
    """The structure of AgeTransGAN's training checkpoint: state dictionaries, an optimiser, and other objects."""
    net = Net()
    optimiser = torch.optim.Adam(net.parameters())
    sum(p.sum() for p in net.parameters()).backward()
    optimiser.step()
    return {
        "g": torch.nn.DataParallel(net).state_dict(),
        "g_ema": net.state_dict(),
        "g_optim": optimiser.state_dict(),
        "iteration": 820000,
        "settings": argparse.Namespace(lr=0.002, name="toy", groups=[10, 4]),
    }


def views():
    """Tensors of every kind that share storages, are strided or transposed, or have an offset."""
    base = numbers(4, 6)
    double = torch.arange(5, dtype=torch.float64) / 3
    return collections.OrderedDict(
        base=base,
        transposed=base.t(),
        middle=base[1:3, 2:5],
        every_second=base[::2, 1::3],
        permuted=numbers(2, 3, 4).permute(2, 0, 1),
        expanded=torch.tensor([[7.0], [8.0]]).expand(2, 3),
        channels_last=numbers(1, 2, 3, 2).contiguous(memory_format=torch.channels_last),
        half=numbers(3).half(),
        bfloat=numbers(3).bfloat16(),
        double=double,
        double_tail=double[2:],
        bytes=torch.tensor([0, 1, 255], dtype=torch.uint8),
        truth=torch.tensor([True, False]),
        signed=torch.tensor([-128, 0, 127], dtype=torch.int8),
        short=torch.tensor([-32768, 5], dtype=torch.int16),
        whole=torch.tensor([[-2147483648, 6]], dtype=torch.int32),
        long=torch.tensor([-(2**62), 2**53 + 1], dtype=torch.int64),
        scalar=torch.tensor(3.25),
        empty=torch.zeros(0, 3),
        parameter=torch.nn.Parameter(numbers(2)),
        listed=[numbers(2), {"deep": numbers(1)}],
        nothing=None,
        text="no tensor",
    )


def flatten(value, name=""):
    """The program's tensor names: keys and indices, joined by dots."""
    if isinstance(value, torch.Tensor):
        yield name, value.detach()
        return
    if isinstance(value, argparse.Namespace):
        value = vars(value)
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, (list, tuple)) else ()
    for key, inner in items:
        yield from flatten(inner, f"{name}.{key}" if name else str(key))


def described(tensor):
    whole = not tensor.is_floating_point()
    values = tensor.to(torch.int64 if whole else torch.float64).flatten().tolist()
    # As text, because not every JSON parser preserves the last bit of a number.
    return {"type": str(tensor.dtype), "shape": list(tensor.shape), "values": " ".join(map(repr, values))}


def no_text(*_):
    raise OSError


def main():
    folder = pathlib.Path(sys.argv[1])
    torch.manual_seed(0)
    # The old format would contain the source text of every class of a network.
    torch.serialization.get_source_lines_and_file = no_text
    warnings.simplefilter("ignore")
    net = Net()
    contents = {
        "training": (training_checkpoint(), None),
        "views": (views(), None),
        "network": (net, net.state_dict()),
        "bound_method": (net.state_dict, net.state_dict()),
    }
    golden = {}
    for name, (value, tensors) in contents.items():
        torch.save(value, folder / f"{name}_legacy.pth", _use_new_zipfile_serialization=False)
        torch.save(value, folder / f"{name}_zip.pth")
        tensors = value if tensors is None else tensors
        golden[name] = {name: described(tensor) for name, tensor in flatten(tensors)}
    (folder / "golden.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


main()
