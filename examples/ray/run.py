"""python examples/ray/run.py STEP IN OUT: a step of Node on each part of IN, as tasks of Ray.

Ray hands out names of parts. A process of Node reads one part and writes one: no row crosses Python. A task that fails is started again,
and goes on where the part was. Needs ray, and Node with arrow-ckpt on the workers.
"""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import ray

# What the workers run.
WORK = os.environ.get("WORK", "npx arrow-ckpt work")


@ray.remote(max_retries=3, retry_exceptions=True)
def work(name: str, step: str, source: str, out: str) -> dict:
    command = [*shlex.split(WORK), step, name, "--in", source, "--out", out]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def main(step: str, source: str, out: str) -> None:
    names = sorted(path.name for path in Path(source).iterdir() if path.name[0] not in "._")
    ray.init()
    parts = ray.get([work.remote(name, step, source, out) for name in names])
    Path(out, "_SUCCESS").touch()
    print(json.dumps({"parts": len(parts), "computed": sum(part.get("computed", 0) for part in parts)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
