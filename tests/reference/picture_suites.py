"""Compares agemirror's reading of picture files with Pillow's.

usage: picture_suites.py TO_PNG FOLDER...

TO_PNG is the built example of crates/pictures (`cargo build --release -p agemirror-pictures --example to_png`). Every
picture of the folders (such as the unpacked sources of Pillow, pillow-heif, imagecodecs and Wand) is read by both. The
summary counts files that both read and whose sRGB pixels agree within 2/255 in the median and 99 % of pixels, files
that differ, and files that only one of them reads. Needs Pillow and pillow-heif.
"""

import io
import pathlib
import subprocess
import sys
import tempfile
import warnings
from collections import Counter

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

import pillow_heif

pillow_heif.register_heif_opener()
# Pillow refuses twice this number of pixels; agemirror reads 89 megapixels.
Image.MAX_IMAGE_PIXELS = 44_500_000
warnings.simplefilter("ignore")
# Agreement: this share of values differs by at most this much, in levels of 255.
SHARE, LEVELS = 0.99, 2
ENDINGS = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".gif", ".bmp", ".pbm", ".pgm", ".ppm", ".pnm", ".heic",
           ".heif", ".hif", ".avif"}


def by_pillow(path):
    """The first picture of a file as upright sRGB pixels over white."""
    with Image.open(path) as picture:
        picture.load()
        profile = picture.info.get("icc_profile")
        picture = ImageOps.exif_transpose(picture)
        if picture.mode.startswith("I;16") or picture.mode == "I":
            values = np.asarray(picture).astype(np.float64)
            picture = Image.fromarray((values / 257 if values.max() > 255 else values).round().clip(0, 255).astype("uint8"))
        if profile and picture.mode in ("RGB", "RGBA", "L", "CMYK"):
            alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
            base = picture.convert("RGB") if alpha is not None else picture
            try:
                base = ImageCms.profileToProfile(base, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB")
            except (ImageCms.PyCMSError, OSError):
                base = base.convert("RGB")
            if alpha is not None:
                base.putalpha(alpha)
            picture = base
        if "A" in picture.getbands() or "transparency" in picture.info:
            over = Image.new("RGBA", picture.size, "white")
            over.alpha_composite(picture.convert("RGBA"))
            picture = over
        return np.asarray(picture.convert("RGB")).astype(int)


def by_agemirror(program, files, out):
    """From each file to its pixels, or to why it was refused."""
    done = subprocess.run([program, out, *files], capture_output=True, text=True, errors="replace", timeout=3600)
    found = {}
    for line in done.stdout.splitlines():
        name, _, rest = line.partition("\t")
        found[name] = rest
    return found


def main():
    program, *folders = sys.argv[1:]
    files = sorted(str(f) for folder in folders for f in pathlib.Path(folder).rglob("*")
                   if f.suffix.lower() in ENDINGS and f.is_file())
    counts, details = Counter(), []
    with tempfile.TemporaryDirectory() as out:
        read = by_agemirror(program, files, out)
        for name in files:
            ours = read.get(name, "no answer")
            try:
                theirs = by_pillow(name)
            except (OSError, UnidentifiedImageError, ValueError, SyntaxError, EOFError, TypeError, MemoryError,
                    OverflowError, ArithmeticError, Image.DecompressionBombError) as error:
                theirs = None
                reason = str(error)[:80]
            if not ours.startswith("OK\t"):
                kind = "refused by both" if theirs is None else "refused by agemirror only"
                counts[kind] += 1
                if theirs is not None:
                    details.append(f"refused: {name}: {ours[:160]}")
                continue
            if theirs is None:
                counts["read by agemirror only"] += 1
                details.append(f"only ours: {name}: Pillow says {reason}")
                continue
            with Image.open(ours.split("\t")[1]) as made:
                pixels = np.asarray(made.convert("RGB")).astype(int)
            if pixels.shape != theirs.shape:
                counts["another size"] += 1
                details.append(f"size: {name}: {pixels.shape} for {theirs.shape}")
                continue
            near = (np.abs(pixels - theirs) <= LEVELS).mean() if pixels.size else 1.0
            counts["equal" if near >= SHARE else "different"] += 1
            if near < SHARE:
                details.append(f"different: {name}: {near:.3f} within {LEVELS}, mean {np.abs(pixels - theirs).mean():.1f}")
    print(len(files), "files:", dict(counts))
    print("\n".join(details))


main()
