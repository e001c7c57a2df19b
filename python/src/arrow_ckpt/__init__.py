"""Reads the checkpoints of arrow-ckpt, exactly.

>>> import arrow_ckpt
>>> for row in arrow_ckpt.rows("checkpoints/process/extract.parquet"): ...
>>> frame = arrow_ckpt.to_pandas("checkpoints/process/extract.parquet")
"""

from .errors import CheckpointError
from .extended_json import dumps, loads
from .info import Info
from .reading import batches, info, load, rows, table, to_pandas
from .values import UNDEFINED, BigInt, JsDate

__all__ = [
    "UNDEFINED",
    "BigInt",
    "CheckpointError",
    "Info",
    "JsDate",
    "batches",
    "dumps",
    "info",
    "load",
    "loads",
    "rows",
    "table",
    "to_pandas",
]
