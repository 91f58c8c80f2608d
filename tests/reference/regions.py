"""Golden numbers for the network of regions, computed by numpy on weights made from their names.

Needs numpy. Usage: regions.py > regions.json
"""

import json

import numpy as np
from hashed_values import hashed

WIDTHS = [16, 24, 40, 80, 112]
BLOCKS = [0, 1, 1, 1]
REGIONS = 11
SIDE = 64


def conv(x, name, outputs, kernel):
    """A convolution of stride 1 that keeps the size; x is (channels, height, width)."""
    inputs, height, width = x.shape
    scale = float(np.sqrt(6.0 / (inputs * kernel * kernel)))
    weight = hashed(f"{name}.weight", (outputs, inputs, kernel, kernel), scale).astype(np.float64)
    bias = hashed(f"{name}.bias", (outputs,), 0.1).astype(np.float64)
    pad = kernel // 2
    padded = np.pad(x, ((0, 0), (pad, pad), (pad, pad)))
    y = np.zeros((outputs, height, width))
    for i in range(kernel):
        for j in range(kernel):
            y += np.einsum("oc,chw->ohw", weight[:, :, i, j], padded[:, i : i + height, j : j + width])
    return y + bias[:, None, None]


def leaky(x):
    return np.where(x > 0, x, 0.2 * x)


def down(x):
    """(1, 3, 3, 1) / 8 along each axis, every second kept, zeros around."""
    for axis in (1, 2):
        pads = [(0, 0)] * 3
        pads[axis] = (1, 1)
        p, n = np.moveaxis(np.pad(x, pads), axis, 0), x.shape[axis] // 2
        taps = [p[k : k + 2 * n : 2] for k in range(4)]
        x = np.moveaxis((taps[0] + 3 * taps[1] + 3 * taps[2] + taps[3]) / 8, 0, axis)
    return x


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


def gather(x):
    c, h, w = x.shape
    return x.reshape(c, h // 2, 2, w // 2, 2).transpose(2, 4, 0, 1, 3).reshape(4 * c, h // 2, w // 2)


def spread(x):
    c, h, w = x.shape
    return x.reshape(2, 2, c // 4, h, w).transpose(2, 3, 0, 4, 1).reshape(c // 4, 2 * h, 2 * w)


def probabilities(x):
    x = leaky(conv(gather(x), "stem", WIDTHS[0], 3))
    finer = []
    for level, blocks in enumerate(BLOCKS):
        finer.append(x)
        width = WIDTHS[level + 1]
        x = leaky(conv(down(x), f"down.{level}", width, 3))
        for block in range(blocks):
            y = leaky(conv(x, f"block.{level}.{block}.first", width, 3))
            x = x + conv(y, f"block.{level}.{block}.second", width, 3)
    for level in reversed(range(len(BLOCKS))):
        x = up(conv(x, f"up.{level}", WIDTHS[level], 1)) + finer[level]
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
