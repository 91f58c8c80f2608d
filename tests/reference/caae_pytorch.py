"""Golden numbers for the PyTorch variant of CAAE, computed by ONNX Runtime on weights hashed from their names.

Needs numpy, onnx and onnxruntime. Usage: caae_pytorch.py > caae_pytorch.json

The layers and sizes are those of mattans/AgeProgression; the widths are smaller.
"""

import json

import numpy as np
from hashed import Network
from hashed_values import hashed, summary

CODE = 10
WIDTHS = [3, 4, 8, 16, 32, 64]


def encoder():
    network = Network()
    x = "x"
    for i in range(1, 6):
        # The published program never passes on its padding argument.
        x = network.conv(x, f"conv_layers.e_conv_{i}.0", WIDTHS[i - 1], WIDTHS[i], 5, 2, 0)
        x = network.add("Relu", [x])
    x = network.linear(network.add("Flatten", [x]), "fc_layer.e_fc_1", 64, CODE)
    return network.run(network.add("Tanh", [x]), {"x": hashed("input", (1, 3, 128, 128), 1.0)}, rank=2)


def generator(inputs):
    network = Network()
    network.tensors["shape"] = np.array([-1, 64, 4, 4], np.int64)
    x = network.add("Relu", [network.linear("x", "fc.0", CODE + 20, 64 * 16)])
    x = network.add("Reshape", [x, "shape"])
    widths = [64, 48, 40, 32, 24, 16]
    for i in range(1, 6):
        x = network.transposed(x, f"deconv_layers.g_deconv_{i}.0", widths[i - 1], widths[i], 5, 2, 2, 1)
        x = network.add("Relu", [x])
    x = network.add("Relu", [network.transposed(x, "deconv_layers.g_deconv_6.0", 16, 12, 5, 1, 2, 0)])
    x = network.transposed(x, "deconv_layers.g_deconv_7.0", 12, 3, 1, 1, 0, 0)
    return network.run(network.add("Tanh", [x]), {"x": inputs})


def labels(age, gender):
    values = -np.ones(20, np.float32)
    values[age] = 1
    values[10 + gender :: 2] = 1
    return values


def main():
    code = encoder()
    inputs = np.stack([np.concatenate([code[0], labels(*label)]) for label in ((0, 1), (7, 1))])
    faces = generator(inputs)
    indices = [(0, 0, 0, 0), (0, 1, 0, 127), (0, 2, 127, 0), (1, 0, 127, 127), (1, 1, 63, 64), (1, 2, 9, 90)]
    golden = {"code": summary(code, [(0, i) for i in range(CODE)]), "faces": summary(faces, indices)}
    print(json.dumps(golden, indent=1))


main()
