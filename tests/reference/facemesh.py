"""Golden numbers for the face mesh network, computed in NumPy from the published graph node by node.

It shares no code with the program. It reads the operations of the published TensorFlow graph
(the npm package `@vladmandic/human` 3.3.6, `facemesh.json`, written out as `{"nodes": [{name, op, input, attr}]}`)
and the bundled weights, computes in float64, and writes the numbers for the test of `face::mesh`.

    python facemesh.py facemesh.graph.json ../../weights/facemesh.safetensors facemesh_golden.json
"""

import json
import struct
import sys

import numpy as np

PREFIX = "StatefulPartitionedCall/model_1/"
DTYPES = {"F16": np.float16, "F32": np.float32}


def read_safetensors(path):
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        tensors[name] = np.frombuffer(data[start:end], DTYPES[entry["dtype"]]).reshape(entry["shape"]).astype(np.float64)
    return tensors


def shipped_name(graph_name):
    """`.../conv2d_1/Conv2D_weights` -> `conv2d_1.weight`, and so on for biases and slopes."""
    layer, rest = graph_name.removeprefix(PREFIX).split("/", 1)
    is_bias = "bn_offset" in rest or "BiasAdd" in rest
    return layer + (".bias" if is_bias else ".weight")


def same_padding(size, kernel, stride):
    """TensorFlow's SAME padding: an odd row or column goes to the bottom or right."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def windows(x, kernel, stride, padding):
    """[C, H, W] -> [C, kh, kw, OH, OW]"""
    kh, kw = kernel
    if padding == "SAME":
        x = np.pad(x, [(0, 0), same_padding(x.shape[1], kh, stride), same_padding(x.shape[2], kw, stride)])
    view = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(1, 2))[:, ::stride, ::stride]
    return view.transpose(0, 3, 4, 1, 2)


def prelu(x, slope):
    slope = slope.reshape(-1, 1, 1)
    return np.where(x >= 0, x, slope * x)


def run(nodes, weights, picture):
    """Returns every node's value by its short name, for `picture` [3, 192, 192] in 0..1."""
    values = {}

    def weight(name):
        return weights[shipped_name(name)]

    for node in nodes:
        op, inputs, attr = node["op"], node["input"], node["attr"]
        if op == "Placeholder":
            out = picture
        elif inputs[0] not in values:
            continue  # a branch that is not shipped
        elif op == "_FusedConv2D":
            x, kernel = values[inputs[0]], None
            if shipped_name(inputs[1]) not in weights:
                continue
            kernel = weight(inputs[1])
            view = windows(x, kernel.shape[2:], attr["strides"][1], attr["padding"])
            out = np.tensordot(kernel, view, axes=([1, 2, 3], [0, 1, 2])) + weight(inputs[2]).reshape(-1, 1, 1)
            if "Prelu" in attr["fused_ops"]:
                out = prelu(out, weight(inputs[3]))
        elif op == "DepthwiseConv2dNative":
            if shipped_name(inputs[1]) not in weights:
                continue
            kernel = weight(inputs[1])[:, 0]
            view = windows(values[inputs[0]], kernel.shape[1:], attr["strides"][1], attr["padding"])
            out = np.einsum("cijyx,cij->cyx", view, kernel)
        elif op == "MaxPool":
            out = windows(values[inputs[0]], attr["ksize"][1:3], attr["strides"][1], attr["padding"]).max(axis=(1, 2))
        elif op == "Pad":
            x = values[inputs[0]]  # each one doubles the channels by appending zeros
            out = np.concatenate([x, np.zeros_like(x)])
        elif op == "AddV2":
            if inputs[1] not in values:
                continue
            out = values[inputs[0]] + values[inputs[1]]
        elif op == "Prelu":
            out = prelu(values[inputs[0]], weight(inputs[1]))
        elif op == "Sigmoid":
            out = 1 / (1 + np.exp(-values[inputs[0]]))
        elif op in ("Reshape", "Identity"):
            out = values[inputs[0]].reshape(-1) if op == "Reshape" else values[inputs[0]]
        else:
            raise ValueError(f"unknown operation {op}")
        values[node["name"]] = out
    return values


def mesh_and_score(nodes, weights, picture):
    values = run(nodes, weights, picture)
    return values["Identity_2"].reshape(468, 3), float(values["Identity_1"].reshape(-1)[0])


def chequered():
    """Uses only integers, so that every language computes the same input."""
    c, y, x = np.meshgrid(np.arange(3), np.arange(192), np.arange(192), indexing="ij")
    return ((x * 7 + y * 13 + c * 29 + (x * y) % 31) % 256) / 255


def drawn_face():
    """An oval with two eyes and a mouth."""
    c, y, x = np.meshgrid(np.arange(3), np.arange(192), np.arange(192), indexing="ij")

    def oval(cx, cy, rx, ry):
        return ((x - cx) * ry) ** 2 + ((y - cy) * rx) ** 2 < (rx * ry) ** 2

    level = np.full(c.shape, 60)
    level[oval(96, 96, 50, 68)] = 200
    level[oval(76, 82, 10, 5) | oval(116, 82, 10, 5)] = 40
    level[oval(96, 108, 8, 4)] = 150
    level[oval(96, 130, 20, 5)] = 90
    return (level - 15 * c) / 255


def main():
    graph, weights, out = sys.argv[1:4]
    with open(graph) as file:
        nodes = json.load(file)["nodes"]
    tensors = read_safetensors(weights)
    golden = {}
    for name, picture in (("chequered", chequered()), ("drawn_face", drawn_face())):
        mesh, score = mesh_and_score(nodes, tensors, picture)
        points = [{"index": i, "xyz": [round(v, 4) for v in mesh[i]]} for i in range(0, 468, 13)]
        golden[name] = {"score": round(score, 6), "points": points}
    with open(out, "w") as file:
        json.dump(golden, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
