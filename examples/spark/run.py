"""python examples/spark/run.py STEP IN OUT: a step of Node on each part of IN, as tasks of Spark.

Spark hands out names of parts. A process of Node reads one part and writes one: no row crosses Python. A task that dies is started again
by Spark (spark.task.maxFailures times), and goes on where the part was. Needs pyspark, and Node with arrow-ckpt on the workers.
"""

import json
import os
import shlex
import sys
from pathlib import Path

from pyspark.sql import SparkSession

# What the workers run.
WORK = os.environ.get("WORK", "npx arrow-ckpt work")


def main(step: str, source: str, out: str) -> None:
    names = sorted(path.name for path in Path(source).iterdir() if path.name[0] not in "._")
    command = f"{WORK} {shlex.quote(step)} --in {shlex.quote(source)} --out {shlex.quote(out)}"
    context = SparkSession.builder.appName("arrow-ckpt work").getOrCreate().sparkContext
    parts = context.parallelize(names, len(names)).pipe(command, env=dict(os.environ), checkCode=True).map(json.loads).collect()
    Path(out, "_SUCCESS").touch()
    print(json.dumps({"parts": len(parts), "computed": sum(part.get("computed", 0) for part in parts)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
