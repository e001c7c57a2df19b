"""Compares the rows of folders of parts and of other writers' files with the texts of what the package for Node loads: `<name>.expected`
beside each, or with the code of its error. Prints how many were equal."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "python" / "src"))

import arrow_ckpt  # noqa: E402


def compare(cell: object, value: object) -> None:
    """A text of a table is that of the row, or the JSON text of its value."""
    if isinstance(cell, list):
        for one, other in zip(cell, list(value.items()) if isinstance(value, dict) else value):
            compare(one, other)
    elif isinstance(cell, dict):
        for key, one in cell.items():
            # A key that is missing is null in a table.
            compare(one, value.get(key))
    elif isinstance(cell, str) and cell != value:
        assert cell == arrow_ckpt.dumps(value), (cell, value)


def check(path: Path) -> None:
    text = path.with_name(f"{path.name}.expected").read_text("utf-8")
    if text.startswith("ERR_"):
        for read in (arrow_ckpt.load, arrow_ckpt.table):
            try:
                read(path)
            except arrow_ckpt.CheckpointError as error:
                assert (error.code, error.path) == (text, str(path)), error
            else:
                raise AssertionError(f"{path}: no {text}")
        return
    expected = text.split("\n")[:-1]
    rows = arrow_ckpt.load(path)
    found = [arrow_ckpt.dumps(row) for row in rows]
    for at, (one, other) in enumerate(zip(found, expected)):
        assert one == other, f"{path}, row {at}:\n  here {one[:3000]}\n  Node {other[:3000]}"
    assert len(found) == len(expected), f"{path}: {len(found)} rows, and {len(expected)} in Node"
    info = arrow_ckpt.info(path)
    assert info.rows == len(expected) and (info.parts is None) == path.is_file(), path
    small = [row for batch in arrow_ckpt.batches(path, size=7) for row in batch]
    assert [arrow_ckpt.dumps(row) for row in small] == expected, f"{path}: in batches of 7"
    table = arrow_ckpt.table(path)
    assert table.num_rows == len(expected) and len(table.column_names) == len(info.columns), path
    for name in table.column_names:
        if str(table.schema.field(name).type).startswith(("string", "list", "struct")):
            for cell, row in zip(table.column(name).to_pylist(), rows):
                compare(cell, row.get(name))
    for key in info.columns[:3]:
        alone = arrow_ckpt.load(path, columns=[key])
        wanted = [{key: row[key]} if key in row else {} for row in rows]
        assert repr(alone) == repr(wanted), f"{path}: column {key!r}"
        assert arrow_ckpt.table(path, columns=[key]).num_rows == len(expected)


paths = sorted(path.with_suffix("") for path in Path(sys.argv[1]).rglob("*.expected"))
for path in paths:
    check(path)
print(f"{len(paths)} equal")
