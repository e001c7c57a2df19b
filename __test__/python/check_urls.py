"""Compares checkpoints of a folder with the same ones below a URL: check_urls.py FOLDER URL NAME ... Prints how many were equal."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "python" / "src"))

import arrow_ckpt  # noqa: E402

FOLDER, URL, *NAMES = sys.argv[1:]
for name in NAMES:
    here, there = Path(FOLDER) / name, f"{URL}/{name}"
    assert list(map(arrow_ckpt.dumps, arrow_ckpt.rows(there))) == list(map(arrow_ckpt.dumps, arrow_ckpt.rows(here))), name
    assert repr(arrow_ckpt.table(there).to_pydict()) == repr(arrow_ckpt.table(here).to_pydict()), name
    one, other = arrow_ckpt.info(here), arrow_ckpt.info(there)
    assert other.path == there and (one.rows, one.bytes, one.columns, one.parts) == (other.rows, other.bytes, other.columns, other.parts)
for name, code in [("none.parquet", "ERR_CKPT_NOT_FOUND"), ("thin", "ERR_CKPT_NOT_A_FILE")]:
    try:
        arrow_ckpt.load(f"{URL}/{name}")
    except arrow_ckpt.CheckpointError as error:
        assert error.code == code, error
    else:
        raise AssertionError(f"{name}: no {code}")
print(f"{len(NAMES)} equal")
