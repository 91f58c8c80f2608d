"""Writes small HDF5 files as Keras writes its weights, and what is in them.

Needs numpy and h5py. Usage: make_keras_files.py FOLDER

`weights.h5` is laid out as the published files are: old groups, values in one piece. One group is so large
that its table is a tree of two levels.
"""

import json
import pathlib
import sys

import h5py
import numpy as np


def main():
    folder = pathlib.Path(sys.argv[1])
    tensors = {}

    def write(group, name, values):
        dataset = group.create_dataset(name, data=values, track_times=False)
        tensors[dataset.name[1:]] = {
            "shape": list(values.shape),
            "values": values.astype(np.float64).ravel().tolist(),
        }

    with h5py.File(folder / "weights.h5", "w", libver="earliest") as file:
        file.attrs["layer_names"] = [f"conv2d_{i}".encode() for i in range(1, 4)]
        file.attrs["backend"] = "tensorflow"
        for i in range(1, 4):
            group = file.create_group(f"conv2d_{i}")
            group.attrs["weight_names"] = [f"conv2d_{i}/kernel:0".encode()]
            for name, shape, kind in [("kernel:0", (1, 2, 1, 2), "f4"), ("bias:0", (2,), "f8"), ("step:0", (), "i8")]:
                values = np.arange(np.prod(shape, dtype=int)).reshape(shape) * 0.5 + i
                write(group, f"conv2d_{i}/{name}", values.astype(kind))
        many = file.create_group("many")
        for i in range(170):
            write(many, f"b{i}", np.array(i, "f2"))
    (folder / "golden.json").write_text(json.dumps(tensors, sort_keys=True) + "\n")
    with h5py.File(folder / "chunked.h5", "w", libver="earliest") as file:
        file.create_dataset("kernel:0", data=np.zeros((4, 4), np.float32), chunks=(2, 2), compression="gzip")
    with h5py.File(folder / "new.h5", "w", libver="latest") as file:
        file.create_dataset("kernel:0", data=np.zeros((2, 2), np.float32))


main()
