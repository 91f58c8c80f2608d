"""Golden numbers for the training of AgeTransGAN: losses, R1, path lengths and one iteration of both optimisers,
computed by JAX in 64-bit floats on weights hashed from their names.

Needs numpy and jax. Usage: agetransgan_training.py >
agetransgan_training.json

The networks are narrow (16 channels) and small (32 px, four groups). Modulated convolutions here have separate
weights for every picture, where the program scales activations instead.
"""

import json
import sys

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from hashed_values import hashed

jax.config.update("jax_enable_x64", True)

SIDE, GROUPS, WIDTH, BATCH = 32, 4, 16, 2
OWN, ASKED = [1, 3], [2, 0]
ROOT2 = np.sqrt(2.0)
RATE, R1, D_EVERY, G_EVERY = 0.002, 10.0, 16, 4
WEIGHTS = {"age": 1.0, "pixel": 10.0, "cycle": 10.0, "triplet": 0.1, "identity": 1.0}
MARGIN = 0.5
EXPERT_WIDTH, EXPERT_CODES = 4, 8
KERNEL = np.outer([1, 3, 3, 1], [1, 3, 3, 1]) / 64.0


def value(name, shape, noise=True):
    scale, offset = 1.0, 0.0
    plain = name.removeprefix("D.")
    if plain.startswith("style."):
        scale = 100.0 if plain.endswith(".weight") else 10.0
    elif plain.endswith(".modulation.bias"):
        scale, offset = 0.1, 1.0
    elif plain.endswith(".noise.weight"):
        scale = 0.1 if noise else 0.0
    elif plain.endswith(".bias"):
        scale = 0.1
    return hashed(name, shape, np.sqrt(3.0) * scale, offset).astype(np.float64)


def residual(at, i, o, halves):
    f = 1 if halves else 0
    return {
        f"{at}.conv1.0.weight": (i, i, 3, 3),
        f"{at}.conv1.1.bias": (i,),
        f"{at}.conv2.{f}.weight": (o, i, 3, 3),
        f"{at}.conv2.{f + 1}.bias": (o,),
        f"{at}.skip.{f}.weight": (o, i, 1, 1),
    }


def modulated(at, i, o, k):
    shapes = {
        f"{at}.conv.weight": (1, o, i, k, k),
        f"{at}.conv.modulation.weight": (i, WIDTH),
        f"{at}.conv.modulation.bias": (i,),
    }
    if k == 1:
        return {**shapes, f"{at}.bias": (1, 3, 1, 1)}
    return {**shapes, f"{at}.noise.weight": (1,), f"{at}.activate.bias": (o,)}


def generator_shapes():
    w = WIDTH
    shapes = {}
    for i in range(1, 9):
        shapes |= {f"style.{i}.weight": (w, w), f"style.{i}.bias": (w,)}
    shapes |= {"convs_e.0.0.weight": (w, 3 + GROUPS, 1, 1), "convs_e.0.1.bias": (w,)}
    shapes |= residual("convs_e.1", w, w, True)
    for i in range(2):
        shapes |= residual(f"convs_ei.{i}", w, w, False)
        shapes |= residual(f"convs_es.{i}", w, w, True)
    shapes |= {"final_conv.0.weight": (w, w, 3, 3), "final_conv.1.bias": (w,)}
    for at, o, k in (("conv1", w, 3), ("to_rgb1", 3, 1), ("convs.0", w, 3), ("convs.1", w, 3), ("to_rgbs.0", 3, 1)):
        shapes |= modulated(at, w, o, k)
    return shapes


def discriminator_shapes(multi):
    w, flat = WIDTH, 16 * WIDTH
    shapes = {"convs.0.0.weight": (w, 3, 1, 1), "convs.0.1.bias": (w,)}
    for i in range(3):
        shapes |= residual(f"convs.{i + 1}", w, w, True)
    if multi:
        for subnet, blocks in ((0, 3), (1, 2), (2, 1)):
            for i in range(blocks):
                shapes |= residual(f"subnets.{subnet}.{i}", w, w, True)
        shapes |= residual("subnets.3.0", w, w, False)
    return shapes | {
        "final_conv.0.weight": (w, w + 1, 3, 3),
        "final_conv.1.bias": (w,),
        "final_linear1.weight": (w, flat),
        "final_linear1.bias": (w,),
        "project.weight": (GROUPS, w),
        "final_linear2.weight": (1, w),
        "final_linear2.bias": (1,),
        "final_linear_cls.0.weight": (w, flat),
        "final_linear_cls.0.bias": (w,),
        "final_linear_cls.1.weight": (GROUPS, w),
        "final_linear_cls.1.bias": (GROUPS,),
    }


def conv(x, w, stride=1, pad=0):
    return lax.conv_general_dilated(x, w, (stride, stride), [(pad, pad)] * 2)


def filtered(x, kernel, up=1, down=1, pad=(0, 0)):
    c = x.shape[1]
    k = jnp.broadcast_to(jnp.asarray(kernel)[None, None, ::-1, ::-1], (c, 1, 4, 4))
    # Unlike upfirdn, lhs_dilation puts no zeros after the last sample.
    p = (pad[0], pad[1] + up - 1)
    return lax.conv_general_dilated(x, k, (down, down), [p, p], lhs_dilation=(up, up), feature_group_count=c)


def leaky(x):
    return jnp.where(x > 0, x, 0.2 * x)


def flrelu(x, b):
    return ROOT2 * leaky(x + b.reshape((1, -1) + (1,) * (x.ndim - 2)))


def eq(w):
    return w / np.sqrt(np.prod(w.shape[1:]))


def linear(p, at, x, rate=1.0):
    return x @ (eq(p[f"{at}.weight"]) * rate).T + p[f"{at}.bias"] * rate


def block(p, at, x, halves):
    y = flrelu(conv(x, eq(p[f"{at}.conv1.0.weight"]), 1, 1), p[f"{at}.conv1.1.bias"])
    if halves:
        y = conv(filtered(y, KERNEL, pad=(2, 2)), eq(p[f"{at}.conv2.1.weight"]), 2, 0)
        y = flrelu(y, p[f"{at}.conv2.2.bias"])
        skip = conv(filtered(x, KERNEL, pad=(1, 1)), eq(p[f"{at}.skip.1.weight"]), 2, 0)
    else:
        y = flrelu(conv(y, eq(p[f"{at}.conv2.0.weight"]), 1, 1), p[f"{at}.conv2.1.bias"])
        skip = conv(x, eq(p[f"{at}.skip.0.weight"]))
    return (y + skip) / ROOT2


def trunk(p, x, label):
    planes = jnp.broadcast_to(label[:, :, None, None], label.shape + x.shape[2:])
    x = conv(jnp.concatenate([x, planes], 1), eq(p["convs_e.0.0.weight"]))
    return block(p, "convs_e.1", flrelu(x, p["convs_e.0.1.bias"]), True)


def identity(p, x, label):
    z = trunk(p, x, label)
    for i in range(2):
        z = block(p, f"convs_ei.{i}", z, False)
    return z


def style(p, x, label):
    z = trunk(p, x, label)
    for i in range(2):
        z = block(p, f"convs_es.{i}", z, True)
    z = flrelu(conv(z, eq(p["final_conv.0.weight"]), 1, 1), p["final_conv.1.bias"]).mean((2, 3))
    w = z / jnp.sqrt((z * z).mean(1, keepdims=True) + 1e-8)
    for i in range(1, 9):
        weight = eq(p[f"style.{i}.weight"]) * 0.01
        w = ROOT2 * leaky(w @ weight.T + p[f"style.{i}.bias"] * 0.01)
    return w


def modconv(p, at, x, w, up=False, demodulate=True):
    weight = p[f"{at}.conv.weight"][0]
    a = linear(p, f"{at}.conv.modulation", w)
    own = weight[None] * a[:, None, :, None, None] / np.sqrt(np.prod(weight.shape[1:]))
    if demodulate:
        own = own / jnp.sqrt((own**2).sum((2, 3, 4), keepdims=True) + 1e-8)
    pictures = []
    for x, weight in zip(x, own):
        if up:
            # A transposed convolution of stride 2 without padding.
            flipped = weight[:, :, ::-1, ::-1]
            y = lax.conv_general_dilated(x[None], flipped, (1, 1), [(2, 2)] * 2, lhs_dilation=(2, 2))
            pictures.append(filtered(y, 4 * KERNEL, pad=(1, 1)))
        else:
            pictures.append(conv(x[None], weight, 1, weight.shape[-1] // 2))
    return jnp.concatenate(pictures)


def styled(p, at, x, w, noise, up=False):
    y = modconv(p, at, x, w, up) + p[f"{at}.noise.weight"] * noise
    return flrelu(y, p[f"{at}.activate.bias"])


def paint(p, z, slots, noise):
    y = styled(p, "conv1", z, slots[0], noise[0])
    picture = modconv(p, "to_rgb1", y, slots[1], demodulate=False) + p["to_rgb1.bias"]
    y = styled(p, "convs.0", y, slots[1], noise[1], True)
    y = styled(p, "convs.1", y, slots[2], noise[2])
    rgb = modconv(p, "to_rgbs.0", y, slots[3], demodulate=False) + p["to_rgbs.0.bias"]
    return rgb + filtered(picture, 4 * KERNEL, up=2, pad=(2, 1))


def generate(p, x, label, noise):
    w = style(p, x, label)
    return paint(p, identity(p, x, label), [w] * 8, noise)


def judge(p, x, label, multi=False):
    x = flrelu(conv(x, eq(p["convs.0.0.weight"])), p["convs.0.1.bias"])
    taps = [x]
    for i in range(3):
        x = block(p, f"convs.{i + 1}", x, True)
        taps.append(x)
    if multi:
        fused = []
        for subnet, tap in enumerate(taps):
            for i in range(3 - subnet):
                tap = block(p, f"subnets.{subnet}.{i}", tap, True)
            fused.append(tap if subnet < 3 else block(p, "subnets.3.0", tap, False))
        x = sum(fused) / 2.0
    n = x.shape[0]
    group = min(n, 4)
    apart = x.reshape((group, n // group, 1) + x.shape[1:])
    spread = jnp.sqrt(apart.var(0) + 1e-8).mean((2, 3, 4), keepdims=True)
    spread = jnp.tile(spread.reshape(-1, 1, 1, 1), (group, 1) + x.shape[2:])
    x = flrelu(conv(jnp.concatenate([x, spread], 1), eq(p["final_conv.0.weight"]), 1, 1), p["final_conv.1.bias"])
    flat = x.reshape(n, -1)
    f = ROOT2 * leaky(linear(p, "final_linear1", flat))
    real = linear(p, "final_linear2", f)[:, 0] + ((label @ p["project.weight"]) * f).sum(1)
    c = ROOT2 * leaky(linear(p, "final_linear_cls.0", flat))
    return real, linear(p, "final_linear_cls.1", c)


def softplus(x):
    return jnp.logaddexp(x, 0.0)


def cross_entropy(logits, label):
    return -(jax.nn.log_softmax(logits) * label).sum(1).mean()


def one_hot(groups):
    return jnp.eye(GROUPS)[jnp.array(groups)]


def discriminator_loss(d, g, x, own, asked, noise):
    made = generate(g, x, asked, noise)
    back = generate(g, made, own, noise)
    real, classes = judge(d, x, own)
    on_made, on_back = judge(d, made, asked)[0], judge(d, back, own)[0]
    ce = cross_entropy(classes, own)
    loss = 2 * softplus(-real).mean() + softplus(on_made).mean() + softplus(on_back).mean() + ce
    return loss, {"d": loss, "d_class": ce, "real_score": real.mean(), "fake_score": on_made.mean()}


def r1(d, x, own, multi=False):
    slope = jax.grad(lambda x: judge(d, x, own, multi)[0].sum())(x)
    return (slope**2).sum((1, 2, 3)).mean()


def distance(a, b):
    return jnp.sqrt(((a - b + 1e-6) ** 2).sum(1))


def generator_loss(g, d, x, own, asked, noise):
    made = generate(g, x, asked, noise)
    back = generate(g, made, own, noise)
    (on_made, made_classes), (on_back, back_classes) = judge(d, made, asked), judge(d, back, own)
    here, there, again = identity(g, x, own), identity(g, made, asked), identity(g, back, own)
    terms = {
        "adversarial": softplus(-on_made).mean() + softplus(-on_back).mean(),
        "age": cross_entropy(made_classes, asked) + cross_entropy(back_classes, own),
        "pixel": ((x - made) ** 2).mean(),
        "cycle": jnp.abs(x - back).mean(),
        "triplet": jnp.maximum(distance(here, again) - distance(here, there) + MARGIN, 0).mean(),
        "identity": jnp.abs(here - there).mean(),
    }
    loss = sum(terms[name] * WEIGHTS.get(name, 1.0) for name in terms)
    return loss, {f"g_{name}": term for name, term in terms.items()} | {"g": loss}


def lengths(g, x, asked, noise, weighting):
    w = style(g, x, asked)
    z = identity(g, x, asked)
    slopes = jax.grad(lambda slots: (paint(g, z, slots, noise) * weighting).sum())([w] * 8)
    return jnp.sqrt(sum((slope**2).sum(1) for slope in slopes) / 8.0)


def path_penalty(g, x, asked, noise, weighting, before):
    l = lengths(g, x, asked, noise, weighting)
    mean = before + 0.01 * (l.mean() - before)
    return ((l - mean) ** 2).mean(), (mean, l)


class Adam:
    def __init__(self, every):
        share = every / (every + 1.0)
        self.rate, self.beta2, self.steps, self.square = RATE * share, 0.99**share, 0, {}

    def step(self, p, grads):
        self.steps += 1
        for name, g in grads.items():
            g = np.asarray(g)
            self.square[name] = self.beta2 * self.square.get(name, 0.0) + (1 - self.beta2) * g**2
            root = np.sqrt(self.square[name] / (1 - self.beta2**self.steps))
            p[name] = p[name] - self.rate * g / (root + 1e-8)


def moved(before, after):
    """How far each parameter moved, in learning rates, along a direction hashed from its name."""
    along = lambda name, step: float((step / RATE * hashed(f"along.{name}", step.shape, 1.0)).sum())
    return {name: round(along(name, after[name] - before[name]), 4) for name in before}


def expert_weights():
    w, shapes, inputs, n = EXPERT_WIDTH, {}, EXPERT_WIDTH, 0
    norm = lambda at, c: {f"{at}.{part}": (c,) for part in ("weight", "bias", "running_mean", "running_var")}
    shapes |= {"input_layer.0.weight": (w, 3, 3, 3), **norm("input_layer.1", w), "input_layer.2.weight": (w,)}
    for stage, count in enumerate((3, 4, 14, 3)):
        for i in range(count):
            o, at = w << stage, f"body.{n}"
            if inputs != o:
                shapes |= {f"{at}.shortcut_layer.0.weight": (o, inputs, 1, 1), **norm(f"{at}.shortcut_layer.1", o)}
            shapes |= norm(f"{at}.res_layer.0", inputs)
            shapes |= {f"{at}.res_layer.1.weight": (o, inputs, 3, 3), f"{at}.res_layer.2.weight": (o,)}
            shapes |= {f"{at}.res_layer.3.weight": (o, o, 3, 3), **norm(f"{at}.res_layer.4", o)}
            inputs, n = o, n + 1
    shapes |= {**norm("output_layer.0", inputs), "output_layer.3.weight": (EXPERT_CODES, 49 * inputs)}
    shapes |= {"output_layer.3.bias": (EXPERT_CODES,), **norm("output_layer.4", EXPERT_CODES)}
    def tensor(name, shape):
        name = f"E.{name}"
        if name.endswith("running_var"):
            return hashed(name, shape, 0.3, 1.0)
        if name.endswith(("bias", "running_mean")):
            return hashed(name, shape, 0.1)
        if len(shape) == 1:
            return hashed(name, shape, 0.2, 0.25 if ".2." in name else 1.0)
        return hashed(name, shape, np.sqrt(3.0 / np.prod(shape[1:])))
    return {name: tensor(name, shape).astype(np.float64) for name, shape in shapes.items()}


def expert(p, x):
    def norm(at, x):
        rows = lambda part: p[f"{at}.{part}"].reshape((1, -1) + (1,) * (x.ndim - 2))
        return (x - rows("running_mean")) / jnp.sqrt(rows("running_var") + 1e-5) * rows("weight") + rows("bias")

    def prelu(at, x):
        return jnp.where(x > 0, x, x * p[f"{at}.weight"].reshape(1, -1, 1, 1))

    picks = np.arange(112) * x.shape[2] // 112
    x = x[:, :, picks][:, :, :, picks]
    x = prelu("input_layer.2", norm("input_layer.1", conv(x, p["input_layer.0.weight"], 1, 1)))
    n = 0
    for count in (3, 4, 14, 3):
        for i in range(count):
            at, stride = f"body.{n}", 2 if i == 0 else 1
            y = conv(norm(f"{at}.res_layer.0", x), p[f"{at}.res_layer.1.weight"], 1, 1)
            y = conv(prelu(f"{at}.res_layer.2", y), p[f"{at}.res_layer.3.weight"], stride, 1)
            y = norm(f"{at}.res_layer.4", y)
            if f"{at}.shortcut_layer.0.weight" in p:
                x = norm(f"{at}.shortcut_layer.1", conv(x, p[f"{at}.shortcut_layer.0.weight"], stride))
            else:
                x = x[:, :, ::stride, ::stride]
            x, n = x + y, n + 1
    flat = norm("output_layer.0", x).reshape(x.shape[0], -1)
    return norm("output_layer.4", flat @ p["output_layer.3.weight"].T + p["output_layer.3.bias"])


def rounded(x):
    return np.round(np.asarray(x, dtype=np.float64), 7).tolist()


def main():
    x = jnp.asarray(hashed("x", (BATCH, 3, SIDE, SIDE), 1.0).astype(np.float64))
    own, asked = one_hot(OWN), one_hot(ASKED)
    out = {}
    for form in ("single", "multi"):
        d = {name: value(f"D.{name}", shape) for name, shape in discriminator_shapes(form == "multi").items()}
        real, classes = judge(d, x, own, form == "multi")
        penalty, grads = jax.value_and_grad(r1)(d, x, own, form == "multi")
        slopes = {name: float((np.asarray(g) * hashed(f"along.{name}", g.shape, 1.0)).sum()) for name, g in grads.items()}
        out[form] = {"real": rounded(real), "classes": rounded(classes), "r1": float(penalty), "r1_slopes": slopes}

    # Path lengths, with noise.
    g = {name: value(name, shape) for name, shape in generator_shapes().items()}
    noise = [jnp.asarray(np.sqrt(3.0) * hashed(f"noise{i}", (BATCH, 1, s, s), 1.0)) for i, s in enumerate((16, 32, 32))]
    weighting = jnp.asarray(np.sqrt(3.0) * hashed("plnoise", (BATCH, 3, SIDE, SIDE), 1.0) / SIDE)
    (penalty, (mean, l)), grads = jax.value_and_grad(path_penalty, has_aux=True)(g, x, asked, noise, weighting, 0.3)
    slopes = {name: float((np.asarray(s) * hashed(f"along.{name}", s.shape, 1.0)).sum()) for name, s in grads.items()}
    out["paths"] = {"penalty": float(penalty), "mean": float(mean), "lengths": rounded(l), "slopes": slopes}
    out["picture"] = rounded(generate(g, x, asked, noise)[1, 2, 5, :8])

    # One iteration with noise weights of zero.
    g = {name: value(name, shape, noise=False) for name, shape in generator_shapes().items()}
    d = {name: value(f"D.{name}", shape) for name, shape in discriminator_shapes(False).items()}
    g0, d0 = dict(g), dict(d)
    silent = [jnp.zeros((1, 1, s, s)) for s in (16, 32, 32)]
    adam_d, adam_g = Adam(D_EVERY), Adam(G_EVERY)
    (_, scalars), grads = jax.value_and_grad(discriminator_loss, has_aux=True)(d, g, x, own, asked, silent)
    adam_d.step(d, grads)
    penalty, grads = jax.value_and_grad(r1)(d, x, own)
    adam_d.step(d, {name: R1 / 2 * D_EVERY * np.asarray(grad) for name, grad in grads.items()})
    scalars["r1"] = penalty
    (_, of_g), grads = jax.value_and_grad(generator_loss, has_aux=True)(g, d, x, own, asked, silent)
    adam_g.step(g, grads)
    out["scalars"] = {name: float(s) for name, s in (scalars | of_g).items()}
    still = lambda p: {name: v for name, v in p.items() if not name.endswith("noise.weight")}
    out["moved_d"], out["moved_g"] = moved(d0, d), moved(still(g0), still(g))

    e = expert_weights()
    out["expert"] = {"codes": rounded(expert(e, x)), "loss": float(((expert(e, x) - expert(e, x[::-1])) ** 2).mean())}
    json.dump(out, sys.stdout, indent=1)
    print()


main()
