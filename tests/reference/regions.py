"""Golden numbers for the network of regions, computed by numpy on weights made from their names.

Needs numpy. Usage: regions.py > regions.json
"""

import json

import numpy as np
from hashed_values import hashed

STEM = 32
# Blocks, kernel, stride, expansion, channels, and whether the decoder adds the result.
STAGES = [
    (1, 3, 1, 1, 16, True),
    (2, 3, 2, 6, 24, True),
    (2, 5, 2, 6, 40, True),
    (3, 3, 2, 6, 80, False),
    (2, 5, 1, 6, 112, False),
]
WIDTHS = [16, 24, 48]
REGIONS = 11
SIDE = 64


def conv(x, name, outputs, kernel, stride=1, depthwise=False):
    """A convolution of (channels, height, width) with TensorFlow's padding SAME."""
    inputs = 1 if depthwise else x.shape[0]
    scale = float(np.sqrt(6.0 / (inputs * kernel * kernel)))
    weight = hashed(f"{name}.weight", (outputs, inputs, kernel, kernel), scale).astype(np.float64)
    bias = hashed(f"{name}.bias", (outputs,), 0.1).astype(np.float64)
    sizes = [-(-length // stride) for length in x.shape[1:]]
    zeros = [max((o - 1) * stride + kernel - n, 0) for o, n in zip(sizes, x.shape[1:])]
    x = np.pad(x, [(0, 0)] + [(z // 2, z - z // 2) for z in zeros])
    y = np.zeros((outputs, *sizes))
    for i in range(kernel):
        for j in range(kernel):
            part = x[:, i : i + (sizes[0] - 1) * stride + 1 : stride, j : j + (sizes[1] - 1) * stride + 1 : stride]
            taps = weight[:, :, i, j]
            y += taps[:, :, None] * part if depthwise else np.einsum("oc,chw->ohw", taps, part)
    return y + bias[:, None, None]


def relu(x):
    return np.maximum(x, 0)


def leaky(x):
    return np.where(x > 0, x, 0.2 * x)


def up(x):
    """(1, 3, 3, 1) / 4 along each axis between zeros, zeros around."""
    for axis in (1, 2):
        pads = [(0, 0)] * 3
        pads[axis] = (1, 1)
        p, n = np.moveaxis(np.pad(x, pads), axis, 0), x.shape[axis]
        here, before, behind = p[1 : n + 1], p[:n], p[2:]
        pairs = np.stack([0.75 * here + 0.25 * before, 0.75 * here + 0.25 * behind], 1)
        x = np.moveaxis(pairs.reshape(2 * n, *pairs.shape[2:]), 0, axis)
    return x


def spread(x):
    c, h, w = x.shape
    return x.reshape(2, 2, c // 4, h, w).transpose(2, 3, 0, 4, 1).reshape(c // 4, 2 * h, 2 * w)


def block(x, name, kernel, stride, expansion, outputs, shortcut):
    wide = x.shape[0] * expansion
    y = relu(conv(x, f"{name}.expand", wide, 1)) if expansion > 1 else x
    y = relu(conv(y, f"{name}.depthwise", wide, kernel, stride, depthwise=True))
    y = conv(y, f"{name}.project", outputs, 1)
    return x + y if shortcut else y


def probabilities(x):
    x = relu(conv(x, "encoder.stem", STEM, 3, 2))
    joined, index = [], 0
    for blocks, kernel, stride, expansion, outputs, joins in STAGES:
        for number in range(blocks):
            first = number == 0
            x = block(x, f"encoder.{index}", kernel, stride if first else 1, expansion, outputs, not first)
            index += 1
        if joins:
            joined.append(x)
    for level in reversed(range(len(WIDTHS))):
        skip = conv(joined[level], f"skip.{level}", WIDTHS[level], 1)
        x = up(conv(x, f"up.{level}", WIDTHS[level], 1)) + skip
        x = leaky(conv(x, f"join.{level}", WIDTHS[level], 3))
    y = spread(conv(x, "logits", 4 * REGIONS, 1))
    y = np.exp(y - y.max(0))
    return y / y.sum(0)


y = probabilities(hashed("input", (1, 3, SIDE, SIDE), 1.0)[0].astype(np.float64))[None]
places = [(0, c, r, s) for c, r, s in ((0, 0, 0), (3, 63, 5), (1, 31, 40), (10, 20, 63), (8, 9, 9), (4, 63, 63), (7, 50, 2))]
print(
    json.dumps(
        {
            "shape": list(y.shape),
            "mean": round(float(y.mean()), 6),
            "deviation": round(float(y.std()), 6),
            "values": [{"at": list(place), "value": round(float(y[place]), 6)} for place in places],
        },
        indent=1,
    )
)
