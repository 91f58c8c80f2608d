"""Writes small HDF5 files in the format of Keras weights, and their contents as JSON.

Needs numpy and h5py. Usage: make_keras_files.py FOLDER

`weights.h5` has the layout of the published files: old-style groups and contiguous values. One group is so large
that its B-tree has two levels.
"""

import json
import pathlib
import sys

import h5py
import numpy as np


def write_kinds(folder):
    """Numbers of every type and byte order in both layouts, and data sets without numbers."""
    kinds = {}
    with h5py.File(folder / "kinds.h5", "w", libver="earliest") as file:
        for kind in ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8"]:
            for order in "<>":
                values = np.array([[0, 1, 2], [100, 3, 127]]).astype(order + kind)
                if kind[0] == "u":
                    values[1, 0] = 2 ** (8 * int(kind[1]) - 2) + 1
                else:
                    values[1, 1] = -3
                name = ("big" if order == ">" else "little") + "_" + kind
                kinds[name] = " ".join(map(str, values.ravel().tolist()))
                file.create_dataset(name, data=values, track_times=False)
        kinds["truth"] = "1 0 1"
        file.create_dataset("truth", data=np.array([True, False, True]), track_times=False)
        kinds["compact"] = "1.5 -2.0"
        space, properties = h5py.h5s.create_simple((2,)), h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_layout(h5py.h5d.COMPACT)
        compact = h5py.h5d.create(file.id, b"compact", h5py.h5t.IEEE_F32LE, space, properties)
        compact.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([1.5, -2], "<f4"))
        file.create_dataset("too_large", data=np.array([2**63], "<u8"), track_times=False)
        file.create_dataset("null", data=h5py.Empty("f4"), track_times=False)
        file.create_dataset("complex", data=np.array([1 + 2j], "<c8"), track_times=False)
        file.create_dataset("text", data=np.array([b"abc"]), track_times=False)
        file.create_dataset("words", data="word", track_times=False)
    (folder / "kinds.json").write_text(json.dumps(kinds, sort_keys=True) + "\n")


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
    write_kinds(folder)
    with h5py.File(folder / "chunked.h5", "w", libver="earliest") as file:
        file.create_dataset("kernel:0", data=np.zeros((4, 4), np.float32), chunks=(2, 2), compression="gzip")
    with h5py.File(folder / "new.h5", "w", libver="latest") as file:
        file.create_dataset("kernel:0", data=np.zeros((2, 2), np.float32))


main()
