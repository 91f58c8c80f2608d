"""Golden numbers for one training step of CAAE, in double precision, with gradients from JAX.

Needs numpy and jax. Usage: caae_training.py > caae_training.json

Written from the published description, in TensorFlow's layouts. The widths are a sixteenth of the published ones, the
weights are hashed from their names. A transposed convolution is computed by its definition, as the gradient of a
convolution.
"""

import json

import jax
import jax.numpy as jnp
import numpy as np
from hashed_values import hashed

jax.config.update("jax_enable_x64", True)

BASE, CODE, BATCH = 4, 50, 3
RATE, BETA1, BETA2, EPSILON = 2e-4, 0.5, 0.999, 1e-8
WEIGHTS = (0.3, 0.2, 0.05)
LABELS = [(0, 0), (4, 1), (9, 1)]  # age class; 0 male, 1 female


def shapes():
    out = {}
    inputs = 3
    for i in range(5):
        out[f"E_conv{i}/w"] = (5, 5, inputs, BASE << i)
        inputs = BASE << i
    out["E_fc/w"] = (inputs * 16, CODE)
    out["G_fc/w"] = (CODE * 3, inputs * 16)
    for i in range(7):
        outputs = 3 if i == 6 else (BASE * 8) >> i
        out[f"G_deconv{i}/w"] = (5, 5, outputs, inputs)
        inputs = outputs
    inputs = CODE
    for i, outputs in enumerate((64, 32, 16, 1)):
        out[f"D_z_fc{i}/w"] = (inputs, outputs)
        if i < 3:
            out[f"D_z_bn{i}/beta"] = (outputs,)
        inputs = outputs
    inputs = 3
    for i in range(4):
        outputs = (BASE // 4) << i
        out[f"D_img_conv{i}/w"] = (5, 5, inputs, outputs)
        out[f"D_img_bn{i}/beta"] = (outputs,)
        inputs = outputs + 20 if i == 0 else outputs
    out["D_img_fc1/w"] = (inputs * 64, BASE * 16)
    out["D_img_fc2/w"] = (BASE * 16, 1)
    for name, shape in list(out.items()):
        if name.endswith("/w"):
            out[name[:-1] + "b"] = (shape[2],) if "deconv" in name else (shape[-1],)
    return out


def weight(name, shape):
    """Scaled so that activations keep their magnitude through a ReLU."""
    if not name.endswith("/w"):
        return hashed(name, shape, 0.1)
    inputs = shape[0]
    if "deconv" in name:
        inputs = 25 * shape[3] / (1 if name[8] in "56" else 4)
    elif "conv" in name:
        inputs = 25 * shape[2]
    return hashed(name, shape, float(np.sqrt(6.0 / inputs)))


def conv(x, w, stride):
    return jax.lax.conv_general_dilated(
        x, w, (stride, stride), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )


def transposed(x, w, stride):
    n, h, width, _ = x.shape
    zeros = jnp.zeros((n, h * stride, width * stride, w.shape[2]), x.dtype)
    return jax.vjp(lambda y: conv(y, w, stride), zeros)[1](x)[0]


def norm(x, beta):
    axes = tuple(range(x.ndim - 1))
    mean = x.mean(axes)
    variance = ((x - mean) ** 2).mean(axes)
    return (x - mean) / jnp.sqrt(variance + 1e-3) + beta


def dense(p, name, x):
    return x @ p[f"{name}/w"] + p[f"{name}/b"]


def encode(p, x):
    for i in range(5):
        x = jax.nn.relu(conv(x, p[f"E_conv{i}/w"], 2) + p[f"E_conv{i}/b"])
    return jnp.tanh(dense(p, "E_fc", x.reshape(x.shape[0], -1)))


def decode(p, z, ages, genders):
    z = jnp.concatenate([z, jnp.tile(ages, (1, 5)), jnp.tile(genders, (1, 25))], 1)
    x = jax.nn.relu(dense(p, "G_fc", z)).reshape(z.shape[0], 4, 4, -1)
    for i in range(7):
        x = transposed(x, p[f"G_deconv{i}/w"], 2 if i < 5 else 1) + p[f"G_deconv{i}/b"]
        x = jax.nn.relu(x) if i < 6 else jnp.tanh(x)
    return x


def of_codes(p, z):
    for i in range(3):
        z = jax.nn.relu(norm(dense(p, f"D_z_fc{i}", z), p[f"D_z_bn{i}/beta"]))
    return dense(p, "D_z_fc3", z)


def of_faces(p, x, ages, genders):
    for i in range(4):
        x = conv(x, p[f"D_img_conv{i}/w"], 2) + p[f"D_img_conv{i}/b"]
        x = jax.nn.relu(norm(x, p[f"D_img_bn{i}/beta"]))
        if i == 0:
            labels = jnp.concatenate([ages, jnp.tile(genders, (1, 5))], 1)[:, None, None, :]
            x = jnp.concatenate([x, jnp.broadcast_to(labels, x.shape[:3] + (20,))], 3)
    x = dense(p, "D_img_fc1", x.reshape(x.shape[0], -1))
    return dense(p, "D_img_fc2", jnp.where(x > 0, x, 0.2 * x))


def cross_entropy(logits, target):
    return (jnp.maximum(logits, 0) - logits * target + jnp.log1p(jnp.exp(-jnp.abs(logits)))).mean()


def losses(p, x, ages, genders, prior):
    z = encode(p, x)
    made = decode(p, z, ages, genders)
    codes, prior_codes = of_codes(p, z), of_codes(p, prior)
    faces, made_faces = of_faces(p, x, ages, genders), of_faces(p, made, ages, genders)
    down, across = made[:, 1:] - made[:, :-1], made[:, :, 1:] - made[:, :, :-1]
    return {
        "reconstruction": jnp.abs(x - made).mean(),
        "generator": cross_entropy(made_faces, 1.0),
        "encoder": cross_entropy(codes, 1.0),
        "smoothness": ((down**2).sum() / 2 / 128 + (across**2).sum() / 2 / 128) / x.shape[0],
        "prior": cross_entropy(prior_codes, 1.0),
        "codes": cross_entropy(codes, 0.0),
        "real": cross_entropy(faces, 1.0),
        "made": cross_entropy(made_faces, 0.0),
    }


def total(p, part, *inputs):
    of = losses(p, *inputs)
    if part == "D_z":
        return of["prior"] + of["codes"]
    if part == "D_img":
        return of["real"] + of["made"]
    terms = (of["generator"], of["encoder"], of["smoothness"])
    return of["reconstruction"] + sum(w * term for w, term in zip(WEIGHTS, terms))


def one_hot(count, index):
    return [1.0 if i == index else -1.0 for i in range(count)]


def main():
    p = {name: jnp.asarray(weight(name, shape), jnp.float64) for name, shape in shapes().items()}
    x = jnp.asarray(hashed("faces", (BATCH, 3, 128, 128), 1.0), jnp.float64).transpose(0, 2, 3, 1)
    prior = jnp.asarray(hashed("prior", (BATCH, CODE), 1.0), jnp.float64)
    ages = jnp.array([one_hot(10, age) for age, _ in LABELS])
    genders = jnp.array([one_hot(2, gender) for _, gender in LABELS])
    inputs = (x, ages, genders, prior)
    grads = {part: jax.grad(total)(p, part, *inputs) for part in ("EG", "D_z", "D_img")}
    variables = []
    for name, value in p.items():
        part = next((part for part in ("D_z", "D_img") if name.startswith(part)), "EG")
        grad = np.asarray(grads[part][name]).ravel()
        indices = [int(np.abs(grad).argmax()), grad.size // 3, grad.size // 2]
        m, v = (1 - BETA1) * grad, (1 - BETA2) * grad**2
        rate = RATE * np.sqrt(1 - BETA2) / (1 - BETA1)
        after = np.asarray(value).ravel() - rate * m / (np.sqrt(v) + EPSILON)
        variables.append(
            {
                "name": name,
                "places": indices,
                "gradients": [float(f"{grad[i]:.7g}") for i in indices],
                "after": float(f"{after[indices[0]]:.8g}"),
            }
        )
    values = {name: float(f"{float(value):.8g}") for name, value in losses(p, *inputs).items()}
    print(json.dumps({"losses": values, "variables": variables}))


main()
