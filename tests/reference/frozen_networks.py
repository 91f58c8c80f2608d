"""Golden numbers for the frozen networks, computed by ONNX Runtime from the same weights.

Needs numpy, onnx and onnxruntime. Usage: frozen_networks.py FOLDER_WITH_WEIGHTS > frozen_networks.json

The age network is built operation by operation from its published graph, the identity network from the
layers of dlib's ResNet-29; nothing is folded, and the input is prepared as dlib does it.
"""

import json
import pathlib
import struct
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

MEAN = np.array([122.782, 117.001, 104.298]).reshape(1, 3, 1, 1)


def read_safetensors(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    types = {"F16": np.float16, "F32": np.float32, "I64": np.int64}
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name != "__metadata__":
            start, end = (8 + length + offset for offset in entry["data_offsets"])
            values = np.frombuffer(data[start:end], types[entry["dtype"]]).reshape(entry["shape"])
            tensors[name] = values if values.dtype == np.int64 else values.astype(np.float32)
    return tensors


def picture(side):
    """Two pictures in [-1, 1] that any language can compute in a few lines."""
    n, c, y, x = np.indices((2, 3, side, side)).astype(np.float64)
    return np.sin(0.13 * x + 0.7 * c + 0.3 * n) * np.cos((0.09 - 0.02 * n) * y - 0.4 * c)


def run(nodes, tensors, output, side):
    initializers = [numpy_helper.from_array(values, name) for name, values in tensors.items()]
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [2, 3, side, side])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, [2, None])],
        initializers,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    scaled = ((picture(side) + 1) * 127.5 - MEAN) / 256
    return session.run([output], {"images": scaled.astype(np.float32)})[0]


def age(folder):
    graph = json.loads((folder / "dlib_age_v1.graph.json").read_text())
    nodes = []
    for node in graph["nodes"]:
        attributes = {name: 0 if value == "" else value for name, value in node["attr"].items()}
        nodes.append(helper.make_node(node["op"], node["input"], node["output"], node["name"], **attributes))
    return run(nodes, read_safetensors(folder / "dlib_age_v1.safetensors"), "logits", 64)


class Identity:
    def __init__(self, folder):
        self.tensors = read_safetensors(folder / "faceapi_face_recognition_model.safetensors")
        self.nodes = []

    def add(self, op, inputs, **attributes):
        name = f"node{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name], name, **attributes))
        return name

    def convolution(self, x, name, stride):
        pad = 1 if stride == 1 else 0
        x = self.add(
            "Conv", [x, f"{name}/conv/filters", f"{name}/conv/bias"], pads=[pad] * 4, strides=[stride] * 2
        )
        for part in ("weights", "biases"):
            key = f"{name}/scale/{part}"
            self.tensors[key] = self.tensors[key].reshape(1, -1, 1, 1)
        return self.add("Add", [self.add("Mul", [x, f"{name}/scale/weights"]), f"{name}/scale/biases"])

    def pads(self, values):
        name = f"pads{len(self.nodes)}"
        self.tensors[name] = np.array([0, 0, 0, 0, *values], np.int64)
        return name

    def block(self, x, name, side, channels, down):
        """Returns the new map and its side; the shortcut lacks `channels` channels."""
        y = self.add("Relu", [self.convolution(x, f"{name}/conv1", 2 if down else 1)])
        y = self.convolution(y, f"{name}/conv2", 1)
        if down:
            x = self.add("AveragePool", [x], kernel_shape=[2, 2], strides=[2, 2])
            x = self.add("Pad", [x, self.pads([0, channels, 0, 0])])
            lacking = side // 2 - ((side - 3) // 2 + 1)
            y = self.add("Pad", [y, self.pads([0, 0, lacking, lacking])])
            side //= 2
        return self.add("Relu", [self.add("Add", [y, x])]), side

    def descriptors(self):
        x = self.add("Relu", [self.convolution("images", "conv32_down", 2)])
        x = self.add("MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2])
        side, before = 35, 32
        for channels, names in [
            (32, ["1", "2", "3"]),
            (64, ["down", "1", "2", "3"]),
            (128, ["down", "1", "2"]),
            (256, ["down", "1", "2", "down_out"]),
        ]:
            for name in names:
                x, side = self.block(x, f"conv{channels}_{name}", side, channels - before, "down" in name)
                before = channels
        x = self.add("Flatten", [self.add("GlobalAveragePool", [x])])
        x = self.add("Gemm", [x, "fc"], transB=1)
        return run(self.nodes, self.tensors, x, 150)


def main():
    folder = pathlib.Path(sys.argv[1])
    logits = age(folder).astype(np.float64)
    chances = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    golden = {
        "logits": logits.round(5).tolist(),
        "expected_age": (chances @ np.array([0.25, *range(1, 81)])).round(4).tolist(),
        "descriptors": Identity(folder).descriptors().astype(np.float64).round(6).tolist(),
    }
    print(json.dumps(golden))


main()
