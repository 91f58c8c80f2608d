"""Golden numbers for the difference between two changes, computed by SciPy.

Needs numpy and scipy. Usage: stability.py > stability.json
"""

import json

import numpy as np
import scipy.ndimage

WIDTH, HEIGHT = 31, 23
BY = [[0.5, 0.0], [0.25, 0.0], [0.0, 0.75], [0.5, 0.5], [0.3, 0.9], [0.0, 0.0]]


def picture(seed):
    y, x, c = np.indices((HEIGHT, WIDTH, 3))
    return ((x * (7 + c) + y * (3 + seed) + x * y * (seed + 1)) % 251).astype(np.float64)


def main():
    crop, aged, moved, moved_aged = [picture(seed) for seed in range(4)]
    here, there = aged - crop, moved_aged - moved
    differences = []
    for x, y in BY:
        back = scipy.ndimage.shift(there, (-y, -x, 0), order=1, mode="nearest", prefilter=False)
        differences.append(float(np.abs(here - back)[:-1, :-1].mean()))
    padded = np.pad(crop, ((1, 0), (1, 0), (0, 0)), mode="edge")
    four = padded[:-1, :-1] + padded[:-1, 1:] + padded[1:, :-1] + padded[1:, 1:]
    print(json.dumps({"by": BY, "differences": differences, "moved_mean": float(((four + 2) // 4).mean())}))


main()
