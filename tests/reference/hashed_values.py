"""Values hashed from a name, the same in any language, and summaries of arrays for the tests."""

import numpy as np


def hashed(name, shape, scale, offset=0.0):
    """Uniform in offset +- scale: FNV-1a of the name, then MurmurHash3's finalizer over name and index."""
    seed = 0x811C9DC5
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    mask = np.uint64(0xFFFFFFFF)
    x = (np.uint64(seed) + np.arange(np.prod(shape), dtype=np.uint64) * np.uint64(2654435761)) & mask
    x = ((x ^ (x >> np.uint64(16))) * np.uint64(0x85EBCA6B)) & mask
    x = ((x ^ (x >> np.uint64(13))) * np.uint64(0xC2B2AE35)) & mask
    x ^= x >> np.uint64(16)
    values = (2.0 * x.astype(np.float64) / 2**32 - 1.0) * scale + offset
    return values.astype(np.float32).reshape(shape)


def summary(y, indices):
    """A few numbers that identify an array."""
    return {
        "shape": list(y.shape),
        "mean": round(float(y.astype(np.float64).mean()), 6),
        "deviation": round(float(y.astype(np.float64).std()), 6),
        "values": [{"at": list(index), "value": round(float(y[tuple(index)]), 6)} for index in indices],
    }
