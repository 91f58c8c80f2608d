"""Golden numbers for the Fréchet distance, the Inception Score and singular values.

Needs numpy and scipy. Usage: distributions.py > distributions.json

The covariances have full rank, because SciPy's root of a singular product (fewer pictures than features) is itself
inaccurate.
"""

import json

import numpy as np
import scipy.linalg


def features(count, width, seed):
    i, j = np.indices((count, width)).astype(np.float64)
    return np.sin(1.7 * i + 0.9 * j + seed) + 0.5 * np.cos(0.37 * i * j + 2.0 * seed) + 0.1 * seed


def inception_score(logits, splits):
    size = len(logits) // splits
    scores = []
    for start in range(0, size * splits, size):
        part = logits[start : start + size]
        p = np.exp(part - part.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        scores.append(np.exp(np.mean(np.sum(p * (np.log(p) - np.log(p.mean(0))), 1))))
    return np.mean(scores), np.std(scores)


def main():
    cases = []
    for one_shape, other_shape in [((90, 12), (70, 12)), ((40, 30), (55, 30)), ((200, 7), (33, 7))]:
        one, other = features(*one_shape, 1), features(*other_shape, 2)
        c1, c2 = np.cov(one, rowvar=False), np.cov(other, rowvar=False)
        assert np.linalg.matrix_rank(c1) == one_shape[1] and np.linalg.matrix_rank(c2) == one_shape[1]
        root = np.trace(scipy.linalg.sqrtm(c1 @ c2).real)
        distance = np.sum((one.mean(0) - other.mean(0)) ** 2) + np.trace(c1) + np.trace(c2) - 2 * root
        mean, deviation = inception_score(one, 10)
        cases.append(
            {
                "one": one_shape,
                "other": other_shape,
                "root_trace": root,
                "distance": distance,
                "inception_mean": mean,
                "inception_deviation": deviation,
            }
        )
    i, j = np.indices((260, 190)).astype(np.float64)
    matrix = np.sin(i * j * 0.37 + i) / (1 + j)
    values = [float(f"{value:.17g}") for value in scipy.linalg.svdvals(matrix)]
    print(json.dumps({"cases": cases, "singular_values": values}))


main()
