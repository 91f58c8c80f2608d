"""Golden numbers for the training of PAGAN: the losses, and iterations of both optimisers, computed by JAX in 64-bit
floats on weights hashed from their names.

Needs numpy and jax. Usage: pagan_training.py > pagan_training.json

The networks are narrow (generator and VGG start with four channels) and the pictures have 64 pixels. `source` is one
iteration of the published program without the identity loss, whose dropout is random; `corrected` are two iterations
with the complete loss, VGG's original input, and optimisers that keep their state.
"""

import json
import sys

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from hashed_values import hashed

jax.config.update("jax_enable_x64", True)

SIDE, BASE, CODES, BATCH = 64, 4, 16, 8
AD_G, AD_D, PIX, IDENTITY, RATE = 750.0, 1.0, 0.2, 0.005, 1e-4
MEAN = np.array([129.18628, 104.76238, 93.59396])


def value(name, shape):
    if name.endswith("bias"):
        return hashed(name, shape, 0.1)
    if len(shape) == 1:
        return hashed(name, shape, 0.2, 1.0)
    return hashed(name, shape, np.sqrt(3.0 / np.prod(shape[1:])))


def weights(prefix, shapes):
    return {name: value(f"{prefix}{name}", shape).astype(np.float64) for name, shape in shapes.items()}


def layer(name, weight, outputs=None):
    return {f"{name}.weight": weight, f"{name}.bias": (outputs or weight[0],)}


def generator_shapes():
    b = BASE
    shapes = layer("encoder.0", (b, 3, 9, 9)) | layer("encoder.1", (b,))
    for i, w in ((3, b), (4, 2 * b)):
        shapes |= layer(f"encoder.{i}.0", (2 * w, w, 3, 3)) | layer(f"encoder.{i}.1", (2 * w,))
    for i in range(4):
        for half in (0, 3):
            shapes |= layer(f"residual.{i}.block.{half}", (4 * b, 4 * b, 3, 3))
            shapes |= layer(f"residual.{i}.block.{half + 1}", (4 * b,))
    for i, w in ((0, 4 * b), (1, 2 * b)):
        shapes |= layer(f"decoder.{i}.0", (w, w // 2, 3, 3), w // 2) | layer(f"decoder.{i}.1", (w // 2,))
    return shapes | layer("decoder.2", (b, 3, 9, 9), 3)


WIDTHS = [BASE * times for times in (1, 2, 4, 8, 8, 8)]


def discriminator_shapes():
    shapes = {}
    for path in range(4):
        widths = WIDTHS[path:]
        for i, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
            shapes |= layer(f"path{path + 1}.{i}.0", (outputs, inputs, 4, 4)) | layer(f"path{path + 1}.{i}.1", (outputs,))
        shapes |= layer(f"path{path + 1}.{len(widths) - 1}", (1, widths[-1], 4, 4))
    return shapes


STAGES = [(2, BASE), (2, 2 * BASE), (3, 4 * BASE), (3, 8 * BASE), (3, 8 * BASE)]


def vgg_shapes():
    shapes, inputs = {}, 3
    for stage, (count, width) in enumerate(STAGES):
        for i in range(count):
            shapes |= layer(f"conv{stage + 1}_{i + 1}", (width, inputs, 3, 3))
            inputs = width
    return shapes | layer("fc6", (CODES, inputs * (SIDE // 32) ** 2)) | layer("fc7", (CODES, CODES))


def conv(p, at, x, stride, pad):
    y = lax.conv_general_dilated(x, p[f"{at}.weight"], (stride, stride), [(pad, pad)] * 2)
    return y + p[f"{at}.bias"].reshape(1, -1, 1, 1)


def transposed(p, at, x, stride, pad, extra):
    w = jnp.swapaxes(p[f"{at}.weight"], 0, 1)[:, :, ::-1, ::-1]
    k = w.shape[-1] - 1 - pad
    y = lax.conv_general_dilated(x, w, (1, 1), [(k, k + extra)] * 2, lhs_dilation=(stride, stride))
    return y + p[f"{at}.bias"].reshape(1, -1, 1, 1)


def norm(p, at, x, axes):
    y = (x - x.mean(axes, keepdims=True)) / jnp.sqrt(x.var(axes, keepdims=True) + 1e-5)
    return y * p[f"{at}.weight"].reshape(1, -1, 1, 1) + p[f"{at}.bias"].reshape(1, -1, 1, 1)


def relu(x):
    return jnp.maximum(x, 0.0)


def generate(p, x):
    instance = lambda at, x: norm(p, at, x, (2, 3))
    x = relu(instance("encoder.1", conv(p, "encoder.0", x, 1, 4)))
    for i in (3, 4):
        x = relu(instance(f"encoder.{i}.1", conv(p, f"encoder.{i}.0", x, 2, 1)))
    for i in range(4):
        at = f"residual.{i}.block"
        y = relu(instance(f"{at}.1", conv(p, f"{at}.0", x, 1, 1)))
        x = relu(instance(f"{at}.4", conv(p, f"{at}.3", y, 1, 1)) + x)
    for i in (0, 1):
        x = relu(instance(f"decoder.{i}.1", transposed(p, f"decoder.{i}.0", x, 2, 1, 1)))
    return jnp.tanh(transposed(p, "decoder.2", x, 1, 4, 0))


def vgg(p, x, corrected):
    """The last map of each stage, and the output of fc7."""
    if corrected:
        x = (x + 1.0) * 127.5 - MEAN.reshape(1, 3, 1, 1)
    maps = []
    for stage, (count, _) in enumerate(STAGES):
        for i in range(count):
            x = relu(conv(p, f"conv{stage + 1}_{i + 1}", x, 1, 1))
        maps.append(x)
        n, c, h, w = x.shape
        x = x.reshape(n, c, h // 2, 2, w // 2, 2).max((3, 5))
    x = x.reshape(x.shape[0], -1)
    for name in ("fc6", "fc7"):
        x = relu(x @ p[f"{name}.weight"].T + p[f"{name}.bias"])
    return maps[:4], x


def judge(p, maps, seen):
    outputs = []
    for path, x in enumerate(maps):
        last = len(WIDTHS) - path - 1
        for i in range(last):
            at = f"path{path + 1}.{i}"
            x = conv(p, f"{at}.0", x, 2, 1)
            count = x.size / x.shape[1]
            seen.append((f"{at}.1", x.mean((0, 2, 3)), x.var((0, 2, 3)) * count / max(count - 1, 1)))
            x = norm(p, f"{at}.1", x, (0, 2, 3))
            x = jnp.where(x > 0, x, 0.2 * x)
        outputs.append(conv(p, f"path{path + 1}.{last}", x, 2, 1)[:, 0])
    return jnp.concatenate(outputs, 1)


class Run:
    def __init__(self, corrected):
        self.corrected = corrected
        self.g, self.d = weights("G.", generator_shapes()), weights("D.", discriminator_shapes())
        self.age, self.identity = weights("A.", vgg_shapes()), weights("I.", vgg_shapes())
        self.moments = {"g": {}, "d": {}}
        self.steps = 0
        self.statistics = {}

    def look(self, d, x, seen):
        return judge(d, vgg(self.age, x, self.corrected)[0], seen)

    def d_loss(self, d, young, elder):
        seen = []
        real = 0.5 * AD_D * ((self.look(d, elder, seen) - 1) ** 2).mean()
        made = generate(self.g, young)
        fake = 0.5 * AD_D * ((self.look(d, made, seen) ** 2).mean() + (self.look(d, young, seen) ** 2).mean())
        return real + fake, ({"D_loss": real + fake, "D_loss_fake": fake, "D_loss_real": real}, seen)

    def g_loss(self, g, young, pixels):
        seen = []
        made = generate(g, young)
        fake = AD_G * ((self.look(self.d, made, seen) - 1) ** 2).mean()
        pixel = PIX * ((made - young) ** 2).mean()
        person = lambda x: vgg(self.identity, x, self.corrected)[1]
        identity = IDENTITY * ((person(made) - person(young)) ** 2).mean() if self.corrected else jnp.zeros(())
        loss = fake + identity + (pixel if pixels else 0.0)
        terms = {"G_loss": loss, "G_loss_fake": fake, "G_loss_identity": identity}
        return loss, (terms | ({"G_loss_pixel": pixel} if pixels else {}), seen)

    def see(self, seen):
        for name, mean, variance in seen:
            m, v = self.statistics.get(name, (0.0, 1.0))
            self.statistics[name] = (0.9 * m + 0.1 * mean, 0.9 * v + 0.1 * variance)

    def move(self, which, p, grads, decay):
        moments = self.moments[which]
        if not self.corrected:
            moments.clear()
        t = self.steps if self.corrected else 1
        for name, g in grads.items():
            g = np.asarray(g) + decay * p[name]
            m, v = moments.get(name, (0.0, 0.0))
            m, v = 0.5 * m + 0.5 * g, 0.999 * v + 0.001 * g**2
            moments[name] = (m, v)
            p[name] = p[name] - RATE * np.sqrt(1 - 0.999**t) / (1 - 0.5**t) * m / (np.sqrt(v) + 1e-8)

    def iterate(self, young, elder):
        """One iteration; the first one includes the pixel loss, and in source mode it decays all weights."""
        decay, pixels = (0.0 if self.corrected or self.steps else 0.5), self.steps % 5 == 0
        self.steps += 1
        (_, (terms, seen)), grads = jax.value_and_grad(self.d_loss, has_aux=True)(self.d, young, elder)
        self.see(seen)
        self.move("d", self.d, grads, decay)
        (_, (more, seen)), grads = jax.value_and_grad(self.g_loss, has_aux=True)(self.g, young, pixels)
        self.see(seen)
        self.move("g", self.g, grads, decay)
        return {name: float(term) for name, term in (terms | more).items()}


def along(name, x):
    """Projection of x on a direction hashed from its name."""
    return float((x * hashed(f"along.{name}", x.shape, 1.0)).sum())


def moved(before, after):
    """How far each parameter moved, in learning rates."""
    return {name: round(along(name, (after[name] - before[name]) / RATE), 4) for name in before}


def means(moments):
    """Projection and length of the optimiser's first moment of each gradient."""
    return {name: [along(name, mean), float(np.sqrt((mean**2).sum()))] for name, (mean, _) in moments.items()}


def main():
    young, elder = (jnp.asarray(hashed(n, (BATCH, 3, SIDE, SIDE), 1.0).astype(np.float64)) for n in ("young", "elder"))
    out = {}
    for name, iterations in (("source", 1), ("corrected", 2)):
        run = Run(name == "corrected")
        g, d = dict(run.g), dict(run.d)
        terms = [run.iterate(young, elder) for _ in range(iterations)]
        of = lambda k: {at: round(float(jnp.sum(pair[k])), 6) for at, pair in run.statistics.items()}
        out[name] = {
            "terms": terms,
            "moved_g": moved(g, run.g),
            "moved_d": moved(d, run.d),
            "mean_g": means(run.moments["g"]),
            "mean_d": means(run.moments["d"]),
            "running_mean": of(0),
            "running_var": of(1),
        }
    json.dump(out, sys.stdout, indent=1)
    print()


main()
