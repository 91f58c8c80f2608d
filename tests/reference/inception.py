"""Golden numbers for Inception-v3, computed by ONNX Runtime on hashed weights.

Needs numpy, onnx and onnxruntime. Usage: inception.py > inception.json

The layers are those of the paper in the variants of the three common sets of weights: "2015" leaves the padding out
of its average pooling and uses max pooling in its last block, "torchvision" counts the padding, "keras" leaves it out
and has no scale in its normalisations. Nothing is folded.
"""

import json

import numpy as np

from hashed import Network
from hashed_values import hashed, summary

SIDE = 299


class Inception(Network):
    def __init__(self, origin):
        super().__init__()
        self.origin = origin

    def layer(self, x, name, outputs, inputs, size, stride=1, padded=True):
        height, width = size if isinstance(size, tuple) else (size, size)
        weight = self.kernel(f"{name}.conv", (outputs, inputs, height, width), inputs)
        pads = [height // 2, width // 2] * 2 if padded else [0] * 4
        x = self.add("Conv", [x, weight], strides=[stride] * 2, pads=pads)
        parts = [
            self.weight(f"{name}.bn.weight", (outputs,), 0.2, 1.0),
            self.weight(f"{name}.bn.bias", (outputs,), 0.1),
            self.weight(f"{name}.bn.running_mean", (outputs,), 0.1),
            self.weight(f"{name}.bn.running_var", (outputs,), 0.2, 1.0),
        ]
        if self.origin == "keras":
            self.tensors[parts[0]] = np.ones(outputs, np.float32)
        return self.add("Relu", [self.add("BatchNormalization", [x, *parts], epsilon=1e-3)])

    def largest(self, x):
        return self.add("MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2])

    def mean(self, x):
        count = 1 if self.origin == "torchvision" else 0
        return self.add("AveragePool", [x], kernel_shape=[3, 3], pads=[1] * 4, count_include_pad=count)

    def cat(self, *parts):
        return self.add("Concat", list(parts), axis=1)

    def block35(self, x, n, inputs, pooled):
        five = self.layer(self.layer(x, f"{n}.branch5x5_1", 48, inputs, 1), f"{n}.branch5x5_2", 64, 48, 5)
        three = self.layer(x, f"{n}.branch3x3dbl_1", 64, inputs, 1)
        three = self.layer(three, f"{n}.branch3x3dbl_2", 96, 64, 3)
        three = self.layer(three, f"{n}.branch3x3dbl_3", 96, 96, 3)
        one = self.layer(x, f"{n}.branch1x1", 64, inputs, 1)
        return self.cat(one, five, three, self.layer(self.mean(x), f"{n}.branch_pool", pooled, inputs, 1))

    def block17(self, x, n, c):
        one = self.layer(x, f"{n}.branch1x1", 192, 768, 1)
        a = self.layer(x, f"{n}.branch7x7_1", c, 768, 1)
        a = self.layer(a, f"{n}.branch7x7_2", c, c, (1, 7))
        a = self.layer(a, f"{n}.branch7x7_3", 192, c, (7, 1))
        b = self.layer(x, f"{n}.branch7x7dbl_1", c, 768, 1)
        for number, outputs, size in [(2, c, (7, 1)), (3, c, (1, 7)), (4, c, (7, 1)), (5, 192, (1, 7))]:
            b = self.layer(b, f"{n}.branch7x7dbl_{number}", outputs, c, size)
        return self.cat(one, a, b, self.layer(self.mean(x), f"{n}.branch_pool", 192, 768, 1))

    def block8(self, x, n, inputs):
        one = self.layer(x, f"{n}.branch1x1", 320, inputs, 1)
        a = self.layer(x, f"{n}.branch3x3_1", 384, inputs, 1)
        b = self.layer(x, f"{n}.branch3x3dbl_1", 448, inputs, 1)
        b = self.layer(b, f"{n}.branch3x3dbl_2", 384, 448, 3)
        if self.origin == "2015" and n == "Mixed_7c":
            pooled = self.add("MaxPool", [x], kernel_shape=[3, 3], pads=[1] * 4)
        else:
            pooled = self.mean(x)
        return self.cat(
            one,
            self.layer(a, f"{n}.branch3x3_2a", 384, 384, (1, 3)),
            self.layer(a, f"{n}.branch3x3_2b", 384, 384, (3, 1)),
            self.layer(b, f"{n}.branch3x3dbl_3a", 384, 384, (1, 3)),
            self.layer(b, f"{n}.branch3x3dbl_3b", 384, 384, (3, 1)),
            self.layer(pooled, f"{n}.branch_pool", 192, inputs, 1),
        )

    def whole(self):
        x = self.layer("rgb", "Conv2d_1a_3x3", 32, 3, 3, 2, False)
        x = self.layer(x, "Conv2d_2a_3x3", 32, 32, 3, 1, False)
        x = self.largest(self.layer(x, "Conv2d_2b_3x3", 64, 32, 3))
        x = self.layer(x, "Conv2d_3b_1x1", 80, 64, 1)
        x = self.largest(self.layer(x, "Conv2d_4a_3x3", 192, 80, 3, 1, False))
        for n, inputs, pooled in [("5b", 192, 32), ("5c", 256, 64), ("5d", 288, 64)]:
            x = self.block35(x, f"Mixed_{n}", inputs, pooled)
        a = self.layer(x, "Mixed_6a.branch3x3", 384, 288, 3, 2, False)
        b = self.layer(x, "Mixed_6a.branch3x3dbl_1", 64, 288, 1)
        b = self.layer(b, "Mixed_6a.branch3x3dbl_2", 96, 64, 3)
        b = self.layer(b, "Mixed_6a.branch3x3dbl_3", 96, 96, 3, 2, False)
        x = self.cat(a, b, self.largest(x))
        for n, c in [("6b", 128), ("6c", 160), ("6d", 160), ("6e", 192)]:
            x = self.block17(x, f"Mixed_{n}", c)
        a = self.layer(x, "Mixed_7a.branch3x3_1", 192, 768, 1)
        a = self.layer(a, "Mixed_7a.branch3x3_2", 320, 192, 3, 2, False)
        b = self.layer(x, "Mixed_7a.branch7x7x3_1", 192, 768, 1)
        b = self.layer(b, "Mixed_7a.branch7x7x3_2", 192, 192, (1, 7))
        b = self.layer(b, "Mixed_7a.branch7x7x3_3", 192, 192, (7, 1))
        b = self.layer(b, "Mixed_7a.branch7x7x3_4", 192, 192, 3, 2, False)
        x = self.cat(a, b, self.largest(x))
        x = self.block8(self.block8(x, "Mixed_7b", 1280), "Mixed_7c", 2048)
        return self.add("GlobalAveragePool", [x])


def picture():
    y, x = np.indices((SIDE, SIDE))
    rgb = np.stack([x * 7 + y * 3, x * y, x + 2 * y]) % 256
    return (rgb.astype(np.float32) / np.float32(127.5) - 1)[None]


def main():
    found = {}
    for origin in ["2015", "torchvision", "keras"]:
        network = Inception(origin)
        pooled = network.run(network.whole(), {"rgb": picture()})[:, :, 0, 0]
        indices = [(0, i) for i in (0, 319, 320, 1000, 1500, 1856, 2047)]
        found[origin] = {"pooled": summary(pooled, indices)}
        if origin != "keras":
            classes = 1008 if origin == "2015" else 1000
            weight = hashed("fc.weight", (classes, 2048), float(np.sqrt(6 / 2048)))
            bias = 0 if origin == "2015" else hashed("fc.bias", (classes,), 0.1)
            logits = pooled.astype(np.float64) @ weight.T.astype(np.float64) + bias
            found[origin]["logits"] = summary(logits, [(0, 0), (0, 7), (0, 999)])
    print(json.dumps(found))


main()
