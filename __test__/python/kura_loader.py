"""Loads checkpoints as Kura's managers do, from what is known of them: pandas, json.loads of some columns, and classes that are strict about what they take.

    kura_loader.py FOLDER

Every `<type>.<name>.parquet` and `<type>.<name>.jsonl` of the folder is loaded as that type. Prints one JSON object of file names to rows, in Python's JSON; an error is a
string in place of the rows.
"""

import datetime
import json
import math
import pathlib
import sys

import pyarrow.parquet as pq


def refuse(value, wanted):
    raise TypeError(f"{value!r} ({type(value).__name__}) is not {wanted}")


def text(value):
    # The classes take bytes for text, if they are UTF-8.
    if isinstance(value, bytes):
        return value.decode()
    return value if isinstance(value, str) else refuse(value, "text")


def optional(inner):
    return lambda value: None if value is None else inner(value)


def integer(value):
    if isinstance(value, (bool, str)) or int(value) != value:
        refuse(value, "an integer")
    return int(value)


def score(value):
    value = integer(value)
    return value if 1 <= value <= 5 else refuse(value, "a score")


def number(value):
    return refuse(value, "a number") if isinstance(value, (bool, str)) else float(value)


def texts(value):
    return [text(item) for item in value] if isinstance(value, list) else refuse(value, "a list")


def numbers(value):
    return [number(item) for item in value]


def time(value):
    return datetime.datetime.fromisoformat(text(value).replace("Z", "+00:00")).isoformat()


def message(value):
    role = value["role"] if value["role"] in ("user", "assistant") else refuse(value["role"], "a role")
    return {"created_at": time(value["created_at"]), "role": role, "content": text(value["content"])}


def mapping(value):
    return value if isinstance(value, dict) else refuse(value, "a dict")


def metadatum(value):
    kinds = {type(item) for item in value} if isinstance(value, list) else {type(value)}
    allowed = kinds <= {str} or kinds <= {int, float} or (not isinstance(value, list) and kinds == {bool})
    return value if allowed else refuse(value, "metadata")


CLUSTER = {
    "id": text,
    "name": text,
    "description": text,
    "slug": text,
    "chat_ids": texts,
    "parent_id": optional(text),
}
CLASSES = {
    "conversations": {
        "chat_id": text,
        "created_at": time,
        "messages": lambda value: [message(item) for item in value],
        "metadata": lambda value: {key: metadatum(item) for key, item in mapping(value).items()},
    },
    "summaries": {
        "summary": text,
        "request": optional(text),
        "topic": optional(text),
        "languages": optional(texts),
        "task": optional(text),
        "concerning_score": optional(score),
        "user_frustration": optional(score),
        "assistant_errors": optional(texts),
        "chat_id": text,
        "metadata": mapping,
        "embedding": optional(numbers),
    },
    "clusters": CLUSTER,
    "projected": {**CLUSTER, "x_coord": number, "y_coord": number, "level": integer},
}
REQUIRED_JSON = {"messages", "metadata", "chat_ids"}
OPTIONAL_JSON = {"languages", "assistant_errors"}
SCORES = {"concerning_score", "user_frustration"}


def cell(name, value):
    if name in REQUIRED_JSON or (name in OPTIONAL_JSON and value):
        return json.loads(value)
    if name in OPTIONAL_JSON or (name in SCORES and isinstance(value, float) and math.isnan(value)):
        return None
    return value


def parquet(path, fields):
    frame = pq.read_table(path).to_pandas()
    return [{name: read(cell(name, row[name])) for name, read in fields.items()} for _, row in frame.iterrows()]


def jsonl(path, fields):
    with open(path, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    nothing = {name: None for name in fields if name not in ("id", "parent_id")}
    return [{name: read({**nothing, **row}[name]) for name, read in fields.items()} for row in rows]


loaded = {}
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    kind = path.name.split(".")[0]
    if kind not in CLASSES:
        continue
    try:
        loaded[path.name] = (parquet if path.suffix == ".parquet" else jsonl)(path, CLASSES[kind])
    except Exception as error:  # what the loader would log
        loaded[path.name] = f"{type(error).__name__}: {error}"
sys.stdout.write(json.dumps(loaded))
