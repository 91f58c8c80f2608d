"""Golden numbers for one training step of the notebook's Age-cGAN, in double precision, with gradients from JAX.

Needs numpy and jax. Usage: age_cgan_training.py > age_cgan_training.json

The widths are a sixteenth of the published ones. The weights are hashed from their names, in PyTorch's layouts.
"""

import json

import jax
import jax.numpy as jnp
import numpy as np
from hashed_values import hashed

jax.config.update("jax_enable_x64", True)

BASE, BATCH, LABELS = 4, 3, [0, 2, 5]
RATE, BETA1, BETA2, EPSILON = 2e-3, 0.5, 0.999, 1e-8
MADE = [106, 8 * BASE, 4 * BASE, 2 * BASE, BASE, 3]
JUDGED = [3, BASE, 2 * BASE, 4 * BASE, 8 * BASE, 1]


def variables():
    out = {}
    for i in range(5):
        out[f"g.{i}.conv.weight"] = (MADE[i], MADE[i + 1], 4, 4), MADE[i] // 4
        inputs = JUDGED[i] + (6 if i == 1 else 0)
        out[f"d.{i}.conv.weight"] = (JUDGED[i + 1], inputs, 4, 4), inputs
        for network, channels, has in (("g", MADE[i + 1], i < 4), ("d", JUDGED[i + 1], 0 < i < 4)):
            if has:
                out[f"{network}.{i}.norm.weight"] = (channels,), None
                out[f"{network}.{i}.norm.bias"] = (channels,), None
    p = {}
    for name, (shape, inputs) in out.items():
        if inputs is not None:
            value = hashed(name, shape, float(np.sqrt(6.0 / (16 * inputs))))
        elif name.endswith("weight"):
            value = hashed(name, shape, 0.2, 1.0)
        else:
            value = hashed(name, shape, 0.1)
        p[name] = jnp.asarray(value, jnp.float64)
    return p


def conv(x, w, stride, pad):
    return jax.lax.conv_general_dilated(x, w, (stride, stride), [(pad, pad)] * 2)


def transposed(x, w, stride, pad):
    side = (x.shape[2] - 1) * stride - 2 * pad + 4
    zeros = jnp.zeros((x.shape[0], w.shape[1], side, side), x.dtype)
    return jax.vjp(lambda y: conv(y, w, stride, pad), zeros)[1](x)[0]


def norm(p, name, x):
    mean = x.mean((0, 2, 3), keepdims=True)
    variance = ((x - mean) ** 2).mean((0, 2, 3), keepdims=True)
    shape = (1, -1, 1, 1)
    y = (x - mean) / jnp.sqrt(variance + 1e-5)
    return jax.nn.relu(y * p[f"{name}.norm.weight"].reshape(shape) + p[f"{name}.norm.bias"].reshape(shape))


def generate(p, noise, labels):
    x = jnp.concatenate([noise, labels], 1)[:, :, None, None]
    for i in range(5):
        x = transposed(x, p[f"g.{i}.conv.weight"], 1 if i == 0 else 2, 0 if i == 0 else 1)
        x = norm(p, f"g.{i}", x) if i < 4 else jnp.tanh(x)
    return x


def discriminate(p, x, labels):
    for i in range(5):
        x = conv(x, p[f"d.{i}.conv.weight"], 1 if i == 4 else 2, 0 if i == 4 else 1)
        if i == 0:
            x = jax.nn.relu(x)
            maps = jnp.broadcast_to(labels[:, :, None, None], labels.shape + x.shape[2:])
            x = jnp.concatenate([x, maps], 1)
        elif i < 4:
            x = norm(p, f"d.{i}", x)
    return x.ravel()


def cross_entropy(logits, target):
    return (jnp.maximum(logits, 0) - logits * target + jnp.log1p(jnp.exp(-jnp.abs(logits)))).mean()


def adam(value, grad):
    m, v = (1 - BETA1) * grad, (1 - BETA2) * grad**2
    return value - RATE * (m / (1 - BETA1)) / (np.sqrt(v / (1 - BETA2)) + EPSILON)


def main():
    p = variables()
    faces = jnp.asarray(hashed("faces", (BATCH, 3, 64, 64), 1.0), jnp.float64)
    noise = jnp.asarray(hashed("noise", (BATCH, 100), 1.0), jnp.float64)
    labels = jnp.asarray(np.eye(6)[LABELS])

    def of_discriminator(p):
        made = generate(p, noise, labels)
        real = cross_entropy(discriminate(p, faces, labels), 1.0)
        return real + cross_entropy(discriminate(p, made, labels), 0.0)

    def of_generator(p):
        return cross_entropy(discriminate(p, generate(p, noise, labels), labels), 1.0)

    golden, after = {"variables": []}, dict(p)
    for part, name, loss in (("d", "discriminator", of_discriminator), ("g", "generator", of_generator)):
        value, grads = jax.value_and_grad(loss)(after)
        golden[name] = float(f"{float(value):.8g}")
        own = [key for key in p if key.startswith(part)]
        after |= {key: jnp.asarray(adam(np.asarray(after[key]), np.asarray(grads[key]))) for key in own}
        for key in own:
            grad = np.asarray(grads[key]).ravel()
            places = [int(np.abs(grad).argmax()), grad.size // 3, grad.size // 2]
            golden["variables"].append(
                {
                    "name": key,
                    "places": places,
                    "gradients": [float(f"{grad[i]:.7g}") for i in places],
                    "after": float(f"{np.asarray(after[key]).ravel()[places[0]]:.8g}"),
                }
            )
    print(json.dumps(golden))


main()
