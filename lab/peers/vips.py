"""libvips by pyvips."""

import pyvips
from worker import is_srgb, serve, size

pyvips.cache_set_max(0)  # every run is new work

WHITE = [255, 255, 255]


def encoded(image, preset, job):
    """The file of an image."""
    if job == "jpeg":
        flat = image.flatten(background=WHITE) if image.hasalpha() else image
        return flat.jpegsave_buffer(Q=preset["quality"], keep="none")
    return image.write_to_buffer("." + job, Q=preset["quality"], keep="none")


def box(preset):
    """What a preset is in thumbnail's words."""
    width, height = size(preset)
    crop = {"crop": "centre"} if preset["fit"] == "cover" else {}
    return {"height": height, "size": "down", **crop}, width


def naive(original, presets, job):
    """As most people write it: a thumbnail of the buffer for each variant."""
    files = []
    for preset in presets:
        options, width = box(preset)
        files.append(encoded(pyvips.Image.thumbnail_buffer(original, width, **options), preset, job))
    return files


def best(original, presets, job):
    """As its experts would: one thumbnail of the buffer, kept in memory, makes the others, each from the smallest that has
    twice its size."""
    header = pyvips.Image.new_from_buffer(original, "", access="sequential")
    profile = header.get("icc-profile-data") if header.get_typeof("icc-profile-data") else None
    convert = {} if is_srgb(profile) else {"export_profile": "srgb"}
    kept, files = [], {}
    for preset in sorted(presets, key=lambda preset: -size(preset)[0]):
        options, width = box(preset)
        if kept:
            twice = [image for large, image in kept if large >= 2 * width]
            image = (twice[-1] if twice else kept[0][1]).thumbnail_image(width, **options)
        else:
            image = pyvips.Image.thumbnail_buffer(original, width, **options, **convert)
        image = image.copy_memory()
        kept.append((width, image))
        files[preset["name"]] = encoded(image, preset, job)
    return [files[preset["name"]] for preset in presets]


serve({"libvips": naive, "libvips-best": best})
