"""pyvips and Pillow as contenders; the requests and answers are those of lab/engine/src/worker.rs."""

import json
import os
import resource
import sys
import time


def serve(contenders):
    """Answers requests until standard input ends. A contender gets the original's bytes, the presets and the job, and
    returns a file for each preset in their order."""
    presets = json.load(open(sys.argv[1], encoding="utf-8"))
    original, made = b"", {}
    for line in sys.stdin:
        request = json.loads(line)
        if "load" in request:
            with open(request["load"], "rb") as file:
                original = file.read()
            answer = {"ok": True}
        elif "save" in request:
            os.makedirs(request["save"], exist_ok=True)
            for name, data in made.items():
                with open(os.path.join(request["save"], name), "wb") as file:
                    file.write(data)
            answer = {"ok": True}
        else:
            job = request["job"]
            before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
            files = contenders[request["run"]](original, presets, job)
            wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            extension = "jpg" if job == "jpeg" else job
            made = {f"{preset['name']}.{extension}": data for preset, data in zip(presets, files)}
            answer = {"cpu_ms": cpu * 1e3, "wall_ms": wall * 1e3, "bytes": sum(map(len, files))}
        print(json.dumps(answer), flush=True)


def size(preset):
    """Columns and rows of a preset's box."""
    return preset["size"]["width"], preset["size"]["height"]


def is_srgb(profile):
    """Whether a profile's name says that no conversion is needed."""
    return not profile or b"sRGB" in profile or b"s\0R\0G\0B" in profile
