"""Reads TensorFlow.js networks and writes safetensors, for the other scripts."""

import json
import struct
import sys

import numpy as np


def read(folder, name):
    """The operations of `name`.json in order, and the tensors of `name`.bin by name."""
    description = json.loads((folder / f"{name}.json").read_text())
    data = (folder / f"{name}.bin").read_bytes()
    tensors, offset = {}, 0
    for entry in description["weightsManifest"][0]["weights"]:
        count = int(np.prod(entry["shape"], dtype=np.int64))
        stored = entry.get("quantization", {}).get("dtype", entry["dtype"])
        kind = np.dtype(stored)
        if kind not in (np.float16, np.float32, np.int32):
            sys.exit(f"{entry['name']} is stored as {stored}")
        tensors[entry["name"]] = np.frombuffer(data, kind, count, offset).reshape(entry["shape"])
        offset += count * kind.itemsize
    if offset != len(data):
        sys.exit(f"{name}.bin has {len(data) - offset} bytes too many")
    return description["modelTopology"]["node"], tensors


def write_safetensors(path, tensors):
    """Writes the tensors in half precision."""
    header, offset, body = {}, 0, b""
    for name, values in sorted(tensors.items()):
        raw = np.ascontiguousarray(values, np.float16).tobytes()
        header[name] = {"dtype": "F16", "shape": list(values.shape), "data_offsets": [offset, offset + len(raw)]}
        body += raw
        offset += len(raw)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


def candle_layout(values, is_depthwise):
    """(h, w, in, out) to (out, in, h, w); a depthwise kernel is (h, w, channels, 1); dense (in, out) to (out, in)."""
    if values.ndim == 4:
        return values.transpose((2, 3, 0, 1) if is_depthwise else (3, 2, 0, 1))
    return values.T if values.ndim == 2 else values


def pictures(side):
    """Two pictures (N, H, W, C), RGB, 0..255, that any language can compute in a few lines."""
    n, y, x, c = np.indices((2, side, side, 3)).astype(np.float64)
    return 127.5 + 127.5 * np.sin(0.13 * x + 0.7 * c + 0.3 * n) * np.cos((0.09 - 0.02 * n) * y - 0.4 * c)
