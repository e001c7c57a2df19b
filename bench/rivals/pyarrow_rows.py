"""pyarrow's side of `npm run bench:rivals`: rows of dicts to Parquet and back, timed inside Python.

usage: pyarrow_rows.py verify|save|load PARQUET JSON
JSON is the file of the rows. Prints one line of JSON.
"""

import gc
import json
import os
import sys
import time

import pyarrow as pa
import pyarrow.parquet as pq


def status_mb(field):
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith(field):
                    return int(line.split()[1]) / 1024
    except OSError:
        pass
    return None


def start_memory():
    try:
        with open("/proc/self/clear_refs", "w") as refs:
            refs.write("5")
    except OSError:
        return None
    return status_mb("VmRSS")


def save(path, rows):
    pq.write_table(pa.Table.from_pylist(rows), path)
    with open(path, "r+b") as file:
        os.fsync(file.fileno())


def load(path):
    return pq.read_table(path).to_pylist()


def main():
    operation, path, source = sys.argv[1:4]
    rows = None
    if operation != "load":
        with open(source, encoding="utf-8") as file:
            rows = json.load(file)
    if operation == "verify":
        save(path, rows)
        loaded = load(path)
        # Python's == takes 12 and 12.0 for equal: JavaScript, where the rows come from, has one type of number.
        differing = sum(1 for a, b in zip(rows, loaded) if a != b or list(a) != list(b)) + abs(len(rows) - len(loaded))
        kinds = {"rows that differ": differing} if differing else {}
        print(json.dumps({"differences": {"equal": differing == 0, "kinds": kinds}}))
        return
    gc.collect()
    before = start_memory()
    start = time.perf_counter()
    result = save(path, rows) if operation == "save" else load(path)
    wall = (time.perf_counter() - start) * 1000
    peak = status_mb("VmHWM")
    memory = None if before is None else {"beforeMB": before, "peakOverMB": max(0, peak - before), "method": "hwm"}
    size = os.path.getsize(path)
    del result
    print(json.dumps({"sample": {"wallMs": wall, "main": None, "loop": None, "memory": memory, "bytes": size}}))


main()
