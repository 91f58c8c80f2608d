"""Golden numbers for verification thresholds and rates, computed by NumPy.

Needs numpy. Usage: verification.py > verification.json

The script searches all distances for the threshold: the largest at which the share of different people that pass
does not exceed the allowed rate.
"""

import json

import numpy as np

ACCEPTS = 0.01


def distances(count, seed, scale):
    i = np.arange(count, dtype=np.float64)
    return (scale * (1.0 + 0.5 * np.sin(12.9898 * i + seed))).astype(np.float32)


def threshold(impostors):
    allowed = [d for d in impostors if np.mean(impostors <= d) <= ACCEPTS]
    return max(allowed)


def main():
    pairs, everybody = distances(300, 1.0, 0.6), distances(5000, 2.0, 1.0)
    group, real = distances(2000, 3.0, 1.2), distances(80, 4.0, 0.7)
    common, own = threshold(everybody), threshold(group)
    share = lambda values, limit: 100.0 * float(np.mean(values <= limit))
    print(
        json.dumps(
            {
                "accepts": ACCEPTS,
                "threshold": float(common),
                "own_threshold": float(own),
                "verified": share(pairs, common),
                "own_verified": share(pairs, own),
                "real_verified": share(real, own),
                "confidences": [100.0 * float(np.mean(everybody > np.float32(d))) for d in (0.4, 0.6, 1.0, 2.0)],
            }
        )
    )


main()
