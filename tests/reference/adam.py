"""Golden numbers for the variants of Adam: a few steps in double precision.

Needs numpy. Usage: adam.py > adam.json

Tiny gradients tell the variants apart, because only there the position of epsilon matters.
"""

import json

import numpy as np

RATE, BETA1, BETA2, EPSILON = 1e-2, 0.5, 0.999, 1e-8


def follow(start, gradients, tensorflow=False, decay=0.0, forgetful=False):
    x, m, v, t = start.copy(), 0.0, 0.0, 0
    out = []
    for g in gradients:
        if forgetful:
            m, v, t = 0.0, 0.0, 0
        t += 1
        g = g + decay * x
        m = BETA1 * m + (1 - BETA1) * g
        v = BETA2 * v + (1 - BETA2) * g * g
        if tensorflow:
            rate = RATE * np.sqrt(1 - BETA2**t) / (1 - BETA1**t)
            x = x - rate * m / (np.sqrt(v) + EPSILON)
        else:
            x = x - RATE * (m / (1 - BETA1**t)) / (np.sqrt(v / (1 - BETA2**t)) + EPSILON)
        out.append([round(float(value), 8) for value in x])
    return out


def main():
    start = np.array([0.5, -0.25, 0.0, 1.0])
    gradients = np.array(
        [
            [1.0, -2e-8, 1e-9, 0.0],
            [-0.5, 3e-8, 4e-9, 0.25],
            [0.25, -1e-8, -2e-9, 0.5],
            [2.0, 5e-8, 1e-9, -0.125],
            [-1.0, 1e-8, 3e-9, 1.0],
        ]
    )
    golden = {
        "start": start.tolist(),
        "gradients": gradients.tolist(),
        "corrected": follow(start, gradients),
        "tensorflow": follow(start, gradients, tensorflow=True),
        "decayed": follow(start, gradients, decay=0.5),
        "forgetful": follow(start, gradients, forgetful=True),
    }
    print(json.dumps(golden))


main()
