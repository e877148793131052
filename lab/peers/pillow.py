"""Pillow."""

import io

from PIL import Image, ImageCms, ImageOps
from worker import is_srgb, serve, size


def encoded(image, preset, job):
    """The file of an image."""
    if job == "jpeg" and image.mode != "RGB":
        if "A" in image.getbands():
            behind = Image.new("RGBA", image.size, "#ffffff")
            image = Image.alpha_composite(behind, image.convert("RGBA"))
        image = image.convert("RGB")
    file = io.BytesIO()
    image.save(file, job, quality=preset["quality"])
    return file.getvalue()


def sized(image, preset, gap):
    """A preset's picture, never enlarged."""
    if preset["fit"] == "cover":
        return ImageOps.fit(image, size(preset), Image.Resampling.LANCZOS)
    image = image.copy()
    image.thumbnail(size(preset), Image.Resampling.LANCZOS, reducing_gap=gap)
    return image


def naive(original, presets, job):
    """As most people write it: open, turn and resize for each variant."""
    files = []
    for preset in presets:
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(original)))
        files.append(encoded(sized(image, preset, None), preset, job))
    return files


def best(original, presets, job):
    """As its experts would: one decode, scaled where twice the largest variant remains, then each variant from the smallest
    that has twice its size."""
    order = sorted(presets, key=lambda preset: -size(preset)[0])
    image = Image.open(io.BytesIO(original))
    profile = image.info.get("icc_profile")
    width, height = size(order[0])
    image.draft("RGB", (2 * width, 2 * height))
    image = ImageOps.exif_transpose(image)
    kept, files = [], {}
    for preset in order:
        twice = [made for large, made in kept if large >= 2 * size(preset)[0]]
        picture = sized(twice[-1] if twice else kept[0][1] if kept else image, preset, 2.0)
        if not kept and not is_srgb(profile):
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            picture = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"))
        kept.append((size(preset)[0], picture))
        files[preset["name"]] = encoded(picture, preset, job)
    return [files[preset["name"]] for preset in presets]


serve({"pillow": naive, "pillow-best": best})
