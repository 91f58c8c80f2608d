"""Golden numbers for one training step of IPCGAN, in double precision, with gradients from JAX.

Needs numpy and jax. Usage: ipcgan_training.py > ipcgan_training.json

Written from the published description, in TensorFlow's layouts. The widths are an eighth of the published ones
(AlexNet's a twelfth), the weights are hashed from their names. A transposed convolution is computed by its
definition, as the gradient of a convolution.
"""

import json

import jax
import jax.numpy as jnp
import numpy as np
from hashed_values import hashed

jax.config.update("jax_enable_x64", True)

BASE, OUTPUTS, DIVISOR, HIDDEN, BATCH = 4, 6, 12, 20, 2
# True and false groups of the faces: one for all, as the authors do it, and mixed. With mixed groups, the
# discriminator's batch also mixes real and generated faces.
STEPS = (([3, 3], [1, 1], False), ([0, 4], [2, 1], True))
RATE, BETA1, BETA2, EPSILON = 1e-3, 0.5, 0.999, 1e-8
# The weight of features is larger than the authors', so that no term disappears next to the others.
GAN, FEATURES, AGE = 75.0, 5e-2, 30.0
MEANS = np.array([104.0, 117.0, 124.0])


def generator_shapes():
    wide, out = 4 * BASE, {}
    layers = [("conv1", "bn1", 7, 8, BASE), ("conv2", "bn2", 3, BASE, 2 * BASE)]
    layers.append(("conv3", "bn3", 3, 2 * BASE, wide))
    for unit in range(6):
        for i in (1, 2):
            layers.append((f"unit_{unit}/sub{i}/conv{i}", f"unit_{unit}/sub{i}/bn{i}", 3, wide, wide))
    for name, norm, size, inputs, outputs in layers:
        out[f"generator/{name}/weights"] = (size, size, inputs, outputs)
        out.update({f"generator/{norm}/{part}": (outputs,) for part in ("gamma", "beta")})
    for i, inputs in ((1, wide), (2, 2 * BASE)):
        out[f"generator/deconv{i}/weights"] = (3, 3, inputs // 2, inputs)
        out.update({f"generator/bn{3 + i}/{part}": (inputs // 2,) for part in ("gamma", "beta")})
    out["generator/conv4/weights"] = (7, 7, BASE, 3)
    return out


def discriminator_shapes():
    first = 2 * BASE
    out = {"discriminator/dis/weights": (4, 4, 3, first)}
    inputs = first + 5
    for i in (1, 2, 3):
        out[f"discriminator/dis_{i}/weights"] = (4, 4, inputs, first << i)
        out.update({f"discriminator/dis_bn{i - 1}/{part}": (first << i,) for part in ("gamma", "beta")})
        inputs = first << i
    out["discriminator/dis_4/weights"] = (4, 4, inputs, OUTPUTS)
    return out


def alexnet_shapes():
    out = {}
    sizes = ((11, 3, 96), (5, 48, 256), (3, 256, 384), (3, 192, 384), (3, 192, 256))
    # The widths are rounded to even numbers for two groups.
    width = {48: 4, 96: 8, 192: 16, 256: 20, 384: 32, 3: 3}
    widths = [(s, width[i], width[o]) for s, i, o in sizes]
    for i, (size, inputs, outputs) in enumerate(widths, 1):
        out[f"alexnet/conv{i}/weights"] = (size, size, inputs, outputs)
    flat = width[256] * 36
    for i, inputs, outputs in ((6, flat, HIDDEN), (7, HIDDEN, HIDDEN), (8, HIDDEN, 5)):
        out[f"alexnet/age_fc{i}/weights"] = (inputs, outputs)
    return out


def weight(name, shape):
    """Scaled so that activations keep their magnitude through a ReLU."""
    if name.endswith("gamma"):
        return hashed(name, shape, 0.2, 1.0)
    if not name.endswith("/weights"):
        return hashed(name, shape, 0.1)
    inputs = np.prod(shape[:-1])
    if "deconv" in name:
        inputs = 9 * shape[3] / 4
    # The input of AlexNet is 0..255.
    size = 64.0 if name == "alexnet/conv1/weights" else 1.0
    return hashed(name, shape, float(np.sqrt(6.0 / inputs)) / size)


def variables(shapes):
    shapes = dict(shapes)
    for name, shape in list(shapes.items()):
        if name.endswith("/weights"):
            outputs = shape[2] if "deconv" in name else shape[-1]
            shapes[name[: -len("weights")] + "biases"] = (outputs,)
    return {name: jnp.asarray(weight(name, shape), jnp.float64) for name, shape in shapes.items()}


def conv(x, w, stride, padding="SAME", groups=1):
    numbers = ("NHWC", "HWIO", "NHWC")
    return jax.lax.conv_general_dilated(
        x, w, (stride, stride), padding, dimension_numbers=numbers, feature_group_count=groups
    )


def transposed(x, w, stride):
    n, h, width, _ = x.shape
    zeros = jnp.zeros((n, h * stride, width * stride, w.shape[2]), x.dtype)
    return jax.vjp(lambda y: conv(y, w, stride), zeros)[1](x)[0]


def norm(p, name, x):
    mean = x.mean((0, 1, 2))
    variance = ((x - mean) ** 2).mean((0, 1, 2))
    return (x - mean) / jnp.sqrt(variance + 1e-3) * p[f"{name}/gamma"] + p[f"{name}/beta"]


def maps(x, labels):
    one_hot = jax.nn.one_hot(jnp.array(labels), 5)[:, None, None]
    return jnp.concatenate([x, jnp.broadcast_to(one_hot, x.shape[:3] + (5,))], 3)


def generate(p, x, labels):
    def layer(x, name, bn, stride=1, up=False):
        w, b = p[f"generator/{name}/weights"], p[f"generator/{name}/biases"]
        y = (transposed(x, w, stride) if up else conv(x, w, stride)) + b
        return norm(p, f"generator/{bn}", y)

    x = maps(x, labels)
    x = jax.nn.relu(layer(x, "conv1", "bn1"))
    x = jax.nn.relu(layer(x, "conv2", "bn2", 2))
    x = jax.nn.relu(layer(x, "conv3", "bn3", 2))
    for unit in range(6):
        y = jax.nn.relu(layer(x, f"unit_{unit}/sub1/conv1", f"unit_{unit}/sub1/bn1"))
        x = x + layer(y, f"unit_{unit}/sub2/conv2", f"unit_{unit}/sub2/bn2")
    x = jax.nn.relu(layer(x, "deconv1", "bn4", 2, up=True))
    x = jax.nn.relu(layer(x, "deconv2", "bn5", 2, up=True))
    return jnp.tanh(conv(x, p["generator/conv4/weights"], 1) + p["generator/conv4/biases"])


def leaky(x):
    return jnp.where(x > 0, x, 0.2 * x)


def discriminate(p, x, labels):
    def layer(x, name, stride):
        return conv(x, p[f"discriminator/{name}/weights"], stride) + p[f"discriminator/{name}/biases"]

    x = maps(leaky(layer(x, "dis", 2)), labels)
    for i, stride in ((1, 2), (2, 2), (3, 1)):
        x = leaky(norm(p, f"discriminator/dis_bn{i - 1}", layer(x, f"dis_{i}", stride)))
    return layer(x, "dis_4", 1)


def pool(x):
    return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 3, 3, 1), (1, 2, 2, 1), "VALID")


def across(x):
    c = x.shape[3]
    squares = jnp.pad(x**2, ((0, 0), (0, 0), (0, 0), (2, 2)))
    return x / (1 + 2e-5 * sum(squares[..., i : i + c] for i in range(5))) ** 0.75


def alexnet(p, x):
    def layer(x, i, stride, padding, groups):
        y = conv(x, p[f"alexnet/conv{i}/weights"], stride, padding, groups)
        return jax.nn.relu(y + p[f"alexnet/conv{i}/biases"])

    x = across(pool(layer(x, 1, 4, "VALID", 1)))
    x = across(pool(layer(x, 2, 1, "SAME", 2)))
    x = layer(x, 3, 1, "SAME", 1)
    x = layer(x, 4, 1, "SAME", 2)
    features = layer(x, 5, 1, "SAME", 2)
    x = pool(features).reshape(x.shape[0], -1)
    for i in (6, 7, 8):
        x = x @ p[f"alexnet/age_fc{i}/weights"] + p[f"alexnet/age_fc{i}/biases"]
        x = jax.nn.relu(x) if i < 8 else x
    return features, x


def enlarged(x):
    """TensorFlow 1's bilinear resize from 128 to 227: the corners of the first pixels coincide."""
    at = np.arange(227) * (128 / 227)
    first = at.astype(int)
    second = np.minimum(first + 1, 127)
    share = at - first
    rows = x[:, first] * (1 - share)[None, :, None, None] + x[:, second] * share[None, :, None, None]
    share = share[None, None, :, None]
    return rows[:, :, first] * (1 - share) + rows[:, :, second] * share


def logits(d, real, made, right, wrong, mixed):
    pictures, labels = [real, real, made], [right, wrong, right]
    if mixed:
        return jnp.split(discriminate(d, jnp.concatenate(pictures), sum(labels, [])), 3)
    return [discriminate(d, *given) for given in zip(pictures, labels)]


def discriminator_loss(d, g, real, source, groups):
    true, false, fake = logits(d, real, generate(g, source, groups[0]), *groups)
    return 0.5 * (((true - 1) ** 2).mean() + 0.5 * ((false**2).mean() + (fake**2).mean()))


def generator_losses(g, d, a, real, source, large, groups):
    right = groups[0]
    made = generate(g, source, right)
    gan = 0.5 * ((logits(d, real, made, *groups)[2] - 1) ** 2).mean()
    ours, ages = alexnet(a, enlarged((made + 1) * 127.5) - MEANS)
    theirs, _ = alexnet(a, large)
    features = ((ours - theirs) ** 2).sum() / BATCH
    age = -jax.nn.log_softmax(ages)[jnp.arange(BATCH), jnp.array(right)].mean()
    return gan, features, age


def generator_total(g, *inputs):
    gan, features, age = generator_losses(g, *inputs)
    return GAN * gan + FEATURES * features + AGE * age


def adam(value, grad):
    m, v = (1 - BETA1) * grad, (1 - BETA2) * grad**2
    return value - RATE * np.sqrt(1 - BETA2) / (1 - BETA1) * m / (np.sqrt(v) + EPSILON)


def picture(name, side, scale=1.0, offset=0.0):
    values = jnp.asarray(hashed(name, (BATCH, 3, side, side), scale, offset), jnp.float64)
    return values.transpose(0, 2, 3, 1)


def places(name, grads, after):
    grad, after = np.asarray(grads[name]).ravel(), np.asarray(after[name]).ravel()
    at = [int(np.abs(grad).argmax()), grad.size // 3, grad.size // 2]
    return {
        "name": name,
        "places": at,
        "gradients": [float(f"{grad[i]:.7g}") for i in at],
        "after": float(f"{after[at[0]]:.8g}"),
    }


def step(groups):
    g, d = variables(generator_shapes()), variables(discriminator_shapes())
    a = variables(alexnet_shapes())
    real = picture("real", 128)
    first, second = picture("first", 128, 100.0), picture("second", 128, 100.0)
    large = picture("large", 227, 100.0)
    loss, grads = jax.value_and_grad(lambda d: GAN * discriminator_loss(d, g, real, first, groups))(d)
    # The generator's step uses the discriminator after its step.
    stepped = {name: jnp.asarray(adam(np.asarray(d[name]), np.asarray(grads[name]))) for name in d}
    out = [places(name, grads, stepped) for name in d]
    # Biases before a normalisation have only a rounding error as gradient, which Adam would amplify.
    for name in d:
        if name.endswith("biases") and float(jnp.abs(grads[name]).max()) < 1e-9:
            stepped[name] = d[name]
    inputs = (stepped, a, real, second, large)
    gan, features, age = generator_losses(g, *inputs, groups)
    grads = jax.grad(lambda g: generator_total(g, *inputs, groups))(g)
    after = {name: adam(np.asarray(g[name]), np.asarray(grads[name])) for name in g}
    out += [places(name, grads, after) for name in g]
    values = {"discriminator": loss / GAN, "generator": gan, "features": features, "age": age}
    values = {name: float(f"{float(value):.8g}") for name, value in values.items()}
    right, wrong, mixed = groups
    return {"mixed": mixed, "right": right, "wrong": wrong, "losses": values, "variables": out}


def main():
    shapes = {name: list(shape) for name, shape in alexnet_shapes().items()}
    print(json.dumps({"alexnet": shapes, "steps": [step(groups) for groups in STEPS]}))


main()
