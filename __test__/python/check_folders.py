"""Compares the rows of folders of parts and of other writers' files with the texts of what the package for Node loads: `<name>.expected`
beside each. Prints how many were equal."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "python" / "src"))

import arrow_ckpt  # noqa: E402


def check(path: Path) -> None:
    expected = path.with_name(f"{path.name}.expected").read_text("utf-8").split("\n")[:-1]
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
    for key in info.columns[:3]:
        alone = arrow_ckpt.load(path, columns=[key])
        wanted = [{key: row[key]} if key in row else {} for row in rows]
        assert repr(alone) == repr(wanted), f"{path}: column {key!r}"
        assert arrow_ckpt.table(path, columns=[key]).num_rows == len(expected)


paths = sorted(path.with_suffix("") for path in Path(sys.argv[1]).rglob("*.expected"))
for path in paths:
    check(path)
print(f"{len(paths)} equal")
