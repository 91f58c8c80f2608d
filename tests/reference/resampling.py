"""Golden numbers for bilinear resizing: Pillow's and OpenCV's results for a computed picture.

Needs numpy, pillow and opencv-python-headless. Usage: resampling.py > resampling.json
"""

import json

import cv2
import numpy as np
from PIL import Image


def picture(side):
    """Uses only integers, so that every language computes the same picture."""
    y, x = np.indices((side, side))
    return np.stack([(x * 7 + y * 3) % 256, (x * y) % 256, (x + 2 * y) % 256], 2).astype(np.uint8)


def stretched(values):
    """Reimplements scipy.misc.bytescale for an array of floats."""
    values = values.astype(np.float32)
    low, high = values.min(), values.max()
    return ((values - low) * (255.0 / (high - low)) + 0.5).astype(np.uint8)


PLACES = [(0, 0), (0, 127), (127, 0), (127, 127), (5, 9), (64, 63), (31, 100), (77, 18), (90, 110), (120, 2)]


def numbers(resized):
    values = [{"x": x, "y": y, "rgb": resized[y, x].tolist()} for y, x in PLACES]
    return {"sum": int(resized.astype(np.int64).sum()), "values": values}


def main():
    large = picture(300)
    dim = (picture(200) // 2 + 40).astype(np.uint8)
    golden = {
        "antialiased": numbers(np.array(Image.fromarray(large).resize((128, 128), Image.BILINEAR))),
        "plain": numbers(cv2.resize(large, (128, 128), interpolation=cv2.INTER_LINEAR)),
        "stretched": numbers(np.array(Image.fromarray(stretched(dim)).resize((128, 128), Image.BILINEAR))),
    }
    print(json.dumps(golden))


main()
