"""Writes small checkpoints of CAAE and IPCGAN with TensorFlow, and what TensorFlow computes with them.

python3 -m pip install tensorflow-cpu==2.15.1
python3 tests/reference/tensorflow_networks.py tests/checkpoints/tensorflow > tests/reference/tensorflow_networks.json

Layers and variable names are those of the published systems; the widths are smaller, and the weights are hashed
from their names. Inputs and outputs are in the order batch, channels, rows, columns.
"""
import json
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf
from hashed_values import hashed, summary

# CAAE: length of the code, channels after each layer of the encoder, of the generator's input and layers.
CODE = 20
ENCODER = [2, 4, 6, 8, 8]
GENERATOR = [8, 8, 6, 4, 4, 3, 3, 3]
# IPCGAN: channels after the first layer.
BASE = 2
EPSILON = 1e-3


class Weights:
    """Weights by name, scaled so that activations keep their magnitude through a ReLU."""

    def __init__(self):
        self.tensors = {}

    def put(self, name, values):
        self.tensors[name] = np.asarray(values, np.float32)
        return self.tensors[name]

    def kernel(self, name, shape, inputs):
        return self.put(name, hashed(name, shape, np.sqrt(6.0 / inputs)))

    def bias(self, name, outputs):
        return self.put(name, hashed(name, (outputs,), 0.1))

    def save(self, folder, prefix):
        """A V2 bundle, and a V1 file in the folder beside it whose name ends in `_v1`."""
        old = folder.with_name(folder.name + "_v1")
        for out in (folder, old):
            out.mkdir(parents=True, exist_ok=True)
            (out / "checkpoint").write_text(f'model_checkpoint_path: "{prefix}"\n')
        names, values = list(self.tensors), [tf.constant(value) for value in self.tensors.values()]
        slices = [""] * len(names)
        tf.raw_ops.SaveV2(prefix=str(folder / prefix), tensor_names=names, shape_and_slices=slices, tensors=values)
        tf.raw_ops.Save(filename=str(old / prefix), tensor_names=names, data=values)
        return facts(str(folder / prefix))


def facts(path):
    """What TensorFlow reads: the shape, sum, first and last value of each tensor."""
    reader = tf.compat.v1.train.NewCheckpointReader(path)
    read = {}
    for name, shape in sorted(reader.get_variable_to_shape_map().items()):
        values = reader.get_tensor(name).astype(np.float64).reshape(-1)
        read[name] = {"shape": shape, "sum": values.sum(), "first": values[0], "last": values[-1]}
    return read


def channels_last(x):
    return tf.constant(x.transpose(0, 2, 3, 1))


def channels_first(x):
    return x.numpy().transpose(0, 3, 1, 2)


def spread(batch):
    """Positions that cover every picture, channel, corner and the middle."""
    sides = [(0, 0), (0, 127), (127, 0), (127, 127), (63, 64), (20, 101)]
    return [(n, (n + i) % 3, *side) for n in range(batch) for i, side in enumerate(sides[n % 2 :: 2])]


def caae(out):
    weights = Weights()
    x = channels_last(hashed("input", (1, 3, 128, 128), 1.0))
    channels = 3
    for i, width in enumerate(ENCODER):
        w = weights.kernel(f"E_conv{i}/w", (5, 5, channels, width), 25 * channels)
        b = weights.bias(f"E_conv{i}/b", width)
        x = tf.nn.relu(tf.nn.conv2d(x, w, 2, "SAME") + b)
        channels = width
    inputs = 16 * channels
    w, b = weights.kernel("E_fc/w", (inputs, CODE), 4 * inputs), weights.bias("E_fc/b", CODE)
    code = tf.tanh(tf.reshape(x, (1, inputs)) @ w + b)

    tiles = CODE // 10, CODE // 2
    labels = []
    for gender in range(2):
        for age in range(10):
            ages, genders = -np.ones(10), -np.ones(2)
            ages[age], genders[gender] = 1, 1
            labels.append(np.concatenate([np.tile(ages, tiles[0]), np.tile(genders, tiles[1])]))
    x = tf.concat([tf.tile(code, (20, 1)), tf.constant(np.array(labels, np.float32))], 1)
    inputs, channels = x.shape[1], GENERATOR[0]
    w, b = weights.kernel("G_fc/w", (inputs, 16 * channels), inputs), weights.bias("G_fc/b", 16 * channels)
    x = tf.nn.relu(tf.reshape(x @ w + b, (20, 4, 4, channels)))
    for i, width in enumerate(GENERATOR[1:]):
        stride = 2 if i < 5 else 1
        side = x.shape[1] * stride
        w = weights.kernel(f"G_deconv{i}/w", (5, 5, width, channels), 25 * channels / stride**2)
        b = weights.bias(f"G_deconv{i}/b", width)
        x = tf.nn.conv2d_transpose(x, w, (20, side, side, width), stride, "SAME") + b
        x = tf.tanh(x) if i == 6 else tf.nn.relu(x)
        channels = width
    golden = {
        "tensors": weights.save(out / "caae", "model-236"),
        "code": summary(code.numpy(), [(0, i) for i in range(CODE)]),
        "faces": summary(channels_first(x), spread(20)),
    }
    return golden


class Ipcgan:
    """The generator; `mode` is "batch" or "moving", or "measure", which sets the moving averages."""

    def __init__(self, mode, weights):
        self.mode, self.weights = mode, weights

    def norm(self, x, name):
        key, width = f"generator/{name}", x.shape[3]
        gamma = self.weights.put(f"{key}/gamma", hashed(f"{key}/gamma", (width,), 0.2, 1.0))
        beta = self.weights.put(f"{key}/beta", hashed(f"{key}/beta", (width,), 0.1))
        mean, variance = tf.nn.moments(x, [0, 1, 2])
        if self.mode == "measure":
            self.weights.put(f"{key}/moving_mean", mean.numpy())
            self.weights.put(f"{key}/moving_variance", variance.numpy())
        if self.mode == "moving":
            mean, variance = (self.weights.tensors[f"{key}/moving_{part}"] for part in ("mean", "variance"))
        return tf.nn.batch_normalization(x, mean, variance, beta, gamma, EPSILON)

    def conv(self, x, name, size, width, stride=1):
        w = self.weights.kernel(
            f"generator/{name}/weights", (size, size, x.shape[3], width), size * size * x.shape[3]
        )
        return tf.nn.conv2d(x, w, stride, "SAME") + self.weights.bias(f"generator/{name}/biases", width)

    def deconv(self, x, name, width):
        n, side, _, channels = x.shape
        w = self.weights.kernel(f"generator/{name}/weights", (3, 3, width, channels), 9 * channels / 4)
        y = tf.nn.conv2d_transpose(x, w, (n, 2 * side, 2 * side, width), 2, "SAME")
        return y + self.weights.bias(f"generator/{name}/biases", width)

    def run(self, x):
        x = tf.nn.relu(self.norm(self.conv(x, "conv1", 7, BASE), "bn1"))
        x = tf.nn.relu(self.norm(self.conv(x, "conv2", 3, 2 * BASE, 2), "bn2"))
        x = tf.nn.relu(self.norm(self.conv(x, "conv3", 3, 4 * BASE, 2), "bn3"))
        for unit in range(6):
            y = self.norm(self.conv(x, f"unit_{unit}/sub1/conv1", 3, 4 * BASE), f"unit_{unit}/sub1/bn1")
            y = self.conv(tf.nn.relu(y), f"unit_{unit}/sub2/conv2", 3, 4 * BASE)
            x = x + self.norm(y, f"unit_{unit}/sub2/bn2")
        x = tf.nn.relu(self.norm(self.deconv(x, "deconv1", 2 * BASE), "bn4"))
        x = tf.nn.relu(self.norm(self.deconv(x, "deconv2", BASE), "bn5"))
        return channels_first(tf.tanh(self.conv(x, "conv4", 7, 3)))


def ipcgan(out):
    weights = Weights()

    def faces(name):
        classes = np.zeros((4, 5, 128, 128), np.float32)
        classes[:, 3] = 1
        # The range of a picture minus the mean of its channels.
        return channels_last(np.concatenate([hashed(name, (4, 3, 128, 128), 137.5, 13.5), classes], 1))

    Ipcgan("measure", weights).run(faces("earlier"))
    outputs = {mode: Ipcgan(mode, weights).run(faces("input")) for mode in ("batch", "moving")}
    golden = {mode: summary(output, spread(4)) for mode, output in outputs.items()}
    return {"tensors": weights.save(out / "ipcgan", "acgan.model-399999")} | golden


def main():
    out = Path(sys.argv[1])
    print(json.dumps({"caae": caae(out), "ipcgan": ipcgan(out)}, separators=(",", ":")))


main()
