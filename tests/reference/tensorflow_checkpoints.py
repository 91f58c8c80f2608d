"""Writes the small TensorFlow checkpoints in `tests/checkpoints/tensorflow`.

python3 -m pip install tensorflow-cpu==2.15.1
python3 tests/reference/tensorflow_checkpoints.py tests/checkpoints/tensorflow

Element i of a tensor is i / 4 - 2, converted to its type; unsigned and Boolean tensors hold i.
"""
import sys
import tempfile
from pathlib import Path

import numpy as np
import tensorflow as tf

out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
raw = tf.raw_ops


def ramp(shape, dtype):
    count = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    if dtype in (tf.uint8, tf.bool):
        return tf.cast(count, dtype)
    return tf.cast(tf.constant(count / 4 - 2, tf.float64), dtype)


types = {
    "types/float16": tf.float16, "types/bfloat16": tf.bfloat16, "types/float32": tf.float32,
    "types/float64": tf.float64, "types/uint8": tf.uint8, "types/bool": tf.bool, "types/int8": tf.int8,
    "types/int16": tf.int16, "types/int32": tf.int32, "types/int64": tf.int64,
}
left_out = {"left_out/complex": tf.constant(1 + 2j), "left_out/text": tf.constant(["a", "bc"])}

# V2, two data files. "cut" [100, 3] consists of three slices along its first dimension.
with tempfile.TemporaryDirectory() as temporary:
    whole = {name: ramp([2, 3], dtype) for name, dtype in types.items()} | left_out
    whole |= {"scalar": tf.constant(-2.0), "empty": tf.zeros([0, 3])}
    first, second = f"{temporary}/first", f"{temporary}/second"
    raw.SaveV2(prefix=first, tensor_names=list(whole), shape_and_slices=[""] * len(whole),
               tensors=list(whole.values()))
    cut = ramp([100, 3], tf.float32)
    bounds = [(0, 10), (10, 80), (90, 10)]
    for prefix, parts in [(second, bounds[:2]), (f"{temporary}/third", bounds[2:])]:
        raw.SaveV2(prefix=prefix, tensor_names=["cut"] * len(parts),
                   shape_and_slices=[f"100 3 {start},{length}:-" for start, length in parts],
                   tensors=[cut[start:start + length] for start, length in parts])
    raw.MergeV2Checkpoints(checkpoint_prefixes=[first, second, f"{temporary}/third"],
                           destination_prefix=str(out / "v2" / "model-7"))
(out / "v2" / "checkpoint").write_text('model_checkpoint_path: "/somewhere/else/model-7"\n')

# V1, one file.
v1_types = {name: dtype for name, dtype in types.items() if dtype not in (tf.bfloat16,)}
names = list(v1_types) + ["scalar", "cut", "cut", "na\0me"]
tensors = [ramp([2, 3], dtype) for dtype in v1_types.values()]
tensors += [tf.constant(-2.0), cut[:70], cut[70:], ramp([2], tf.float32)]
slices = [""] * (len(names) - 3) + ["100 3 0,70:-", "100 3 70,30:-", ""]
(out / "v1").mkdir(exist_ok=True)
raw.SaveSlices(filename=str(out / "v1" / "model.ckpt"), tensor_names=names, shapes_and_slices=slices, data=tensors)
