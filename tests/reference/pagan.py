"""Golden numbers for PAGAN's generator, computed by ONNX Runtime on weights hashed from their names.

Needs numpy, onnx and onnxruntime. Usage: pagan.py > pagan.json

The layers and widths are those of the published PyTorch program; the picture is smaller.
"""

import json

from hashed import Network
from hashed_values import hashed, summary

SIDE = 48


class Pagan(Network):
    def norm(self, x, key, channels):
        gain = self.weight(f"{key}.weight", (channels,), 0.2, 1.0)
        return self.add("InstanceNormalization", [x, gain, self.bias(key, channels)], epsilon=1e-5)

    def relu(self, x):
        return self.add("Relu", [x])

    def generator(self, x):
        x = self.conv(x, "encoder.0", 3, 32, 9, 1, 4)
        x = self.relu(self.norm(x, "encoder.1", 32))
        for i, inputs in ((3, 32), (4, 64)):
            x = self.conv(x, f"encoder.{i}.0", inputs, 2 * inputs, 3, 2, 1)
            x = self.relu(self.norm(x, f"encoder.{i}.1", 2 * inputs))
        for i in range(4):
            key = f"residual.{i}.block"
            y = self.conv(x, f"{key}.0", 128, 128, 3, 1, 1)
            y = self.relu(self.norm(y, f"{key}.1", 128))
            y = self.norm(self.conv(y, f"{key}.3", 128, 128, 3, 1, 1), f"{key}.4", 128)
            x = self.relu(self.add("Add", [y, x]))
        for i, inputs in ((0, 128), (1, 64)):
            x = self.transposed(x, f"decoder.{i}.0", inputs, inputs // 2, 3, 2, 1, 1)
            x = self.relu(self.norm(x, f"decoder.{i}.1", inputs // 2))
        return self.add("Tanh", [self.transposed(x, "decoder.2", 32, 3, 9, 1, 4, 0)])


def main():
    network = Pagan()
    output = network.generator("x")
    # Two pictures, which would reveal a normalisation over the batch.
    y = network.run(output, {"x": hashed("input", (2, 3, SIDE, SIDE), 1.0)})
    last = SIDE - 1
    indices = [(0, 0, 0, 0), (0, 1, 0, last), (0, 2, last, 0), (0, 0, last, last), (0, 1, 23, 24), (0, 2, 7, 31)]
    indices += [(1, 0, 0, 0), (1, 1, 46, 1), (1, 2, 24, 23), (1, 0, 13, last)]
    print(json.dumps(summary(y, indices), indent=1))


main()
