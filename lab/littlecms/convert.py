"""What littleCMS makes of files, through Pillow: a line of JSON in, a line out.

{"file": path} is answered with {"model": "RGB"} or whatever the file's own profile is for; null if it has none.
{"ours": path, "theirs": path, "upright": bool, "out": folder} brings "theirs" to sRGB by its profile, turns it as its EXIF says
unless it is "upright", and leaves the same pixels of both in out/ours.png and out/theirs.png: all, or every few of a large picture.
"""

import io
import json
import os
import sys

from PIL import Image, ImageCms, ImageOps

Image.MAX_IMAGE_PIXELS = None
SRGB = ImageCms.createProfile("sRGB")
# So many columns and rows of pixels are compared.
SIDE = 512


def model(path):
    with Image.open(path) as image:
        profile = image.info.get("icc_profile")
        return profile and ImageCms.ImageCmsProfile(io.BytesIO(profile)).profile.xcolor_space.strip()


def in_srgb(path, upright):
    image = Image.open(path)
    profile = image.info.get("icc_profile")
    if not upright:
        image = ImageOps.exif_transpose(image)
    if image.mode not in ("RGB", "CMYK", "L"):
        image = image.convert("RGB")
    if profile:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        image = ImageCms.profileToProfile(image, profile, SRGB, outputMode="RGB")
    return image.convert("RGB")


def sampled(image, size, out):
    if image.size != size:
        raise ValueError(f"{image.size} and {size} pixels")
    few = tuple(min(side, SIDE) for side in size)
    image.resize(few, Image.Resampling.NEAREST).save(out)


def answer(ask):
    if "file" in ask:
        return {"model": model(ask["file"])}
    ours, theirs = Image.open(ask["ours"]).convert("RGB"), in_srgb(ask["theirs"], ask["upright"])
    sampled(ours, ours.size, os.path.join(ask["out"], "ours.png"))
    sampled(theirs, ours.size, os.path.join(ask["out"], "theirs.png"))
    return {}


for line in sys.stdin:
    try:
        said = answer(json.loads(line))
    except Exception as error:  # whatever Pillow has against a file is its answer
        said = {"error": str(error)}
    print(json.dumps(said), flush=True)
