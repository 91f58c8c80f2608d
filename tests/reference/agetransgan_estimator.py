"""Golden numbers for AgeTransGAN's age estimator, computed by ONNX Runtime on hashed weights.

Needs numpy, onnx and onnxruntime. Usage: agetransgan_estimator.py > agetransgan_estimator.json

The layers are those of the published network in order; batch normalisation is not folded.
"""

import json

import numpy as np

from hashed import Network


class Estimator(Network):
    def normal(self, x, name, channels):
        parts = [
            self.weight(f"{name}.weight", (channels,), 0.2, 1.0),
            self.weight(f"{name}.bias", (channels,), 0.1),
            self.weight(f"{name}.running_mean", (channels,), 0.2, 1.0),
            self.weight(f"{name}.running_var", (channels,), 0.2, 1.0),
        ]
        return self.add("BatchNormalization", [x, *parts], epsilon=1e-5)

    def layer(self, x, name, outputs, inputs, size, stride):
        weight = self.kernel(name, (outputs, inputs, size, size), inputs)
        x = self.add("Conv", [x, weight], strides=[stride] * 2, pads=[size // 2] * 4)
        return self.normal(x, f"{name}_bn", outputs)

    def relu(self, x):
        return self.add("Relu", [x])


def main():
    net = Estimator()
    x = net.relu(net.layer("bgr", "conv1_7x7_s2", 64, 3, 7, 2))
    x = net.add("MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    inputs = 64
    for stage, blocks, width in [(2, 3, 64), (3, 4, 128), (4, 6, 256), (5, 3, 512)]:
        for block in range(1, blocks + 1):
            name, stride = f"conv{stage}_{block}", 2 if block == 1 and stage > 2 else 1
            straight = net.layer(x, f"{name}_1x1_proj", 4 * width, inputs, 1, stride) if block == 1 else x
            y = net.relu(net.layer(x, f"{name}_1x1_reduce", width, inputs, 1, stride))
            y = net.relu(net.layer(y, f"{name}_3x3", width, width, 3, 1))
            y = net.layer(y, f"{name}_1x1_increase", 4 * width, width, 1, 1)
            x = net.relu(net.add("Add", [y, straight]))
            inputs = 4 * width
    x = net.add("AveragePool", [x], kernel_shape=[7, 7])
    logits = net.conv(x, "classage", inputs, 101, 1, 1, 0)
    y, x = np.indices((224, 224))
    rgb = np.stack([x * 7 + y * 3, x * y, x + 2 * y]) % 256
    bgr = rgb[::-1].astype(np.float32)[None]
    out = net.run(logits, {"bgr": np.ascontiguousarray(bgr)})[0, :, 0, 0].astype(np.float64)
    chances = np.exp(out - out.max())
    chances /= chances.sum()
    age = float((chances * np.arange(101)).sum())
    print(json.dumps({"logits": [float(f"{value:.7g}") for value in out], "age": round(age, 5)}))


main()
