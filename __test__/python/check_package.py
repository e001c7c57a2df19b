"""Compares what the package reads with the texts of the rows that were saved: `<name>.expected` beside each checkpoint."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "python" / "src"))

import arrow_ckpt  # noqa: E402


def expected_of(path: Path) -> list[str]:
    return path.with_name(path.name + ".expected").read_text("utf-8").split("\n")[:-1]


def check(path: Path) -> None:
    expected = expected_of(path)
    found = [arrow_ckpt.dumps(row) for row in arrow_ckpt.rows(path)]
    for at, (one, other) in enumerate(zip(found, expected)):
        assert one == other, f"{path}, row {at}:\n  read  {one[:2000]}\n  saved {other[:2000]}"
    assert len(found) == len(expected), f"{path}: {len(found)} rows, {len(expected)} were saved"
    small = [row for batch in arrow_ckpt.batches(path, size=7) for row in batch]
    assert [arrow_ckpt.dumps(row) for row in small] == expected, f"{path}: in batches of 7"
    info = arrow_ckpt.info(path)
    assert info.rows == len(expected), path
    # Each key alone, as the whole row has it.
    whole = arrow_ckpt.load(path)
    for key in info.columns[:4]:
        alone = arrow_ckpt.load(path, columns=[key])
        wanted = [{key: row[key]} if key in row else {} for row in whole]
        assert list(map(arrow_ckpt.dumps, alone)) == list(map(arrow_ckpt.dumps, wanted)), f"{path}: column {key!r}"
    if path.suffix == ".parquet":
        assert arrow_ckpt.table(path).num_rows == len(expected) or not info.columns, path


paths = sorted(path for path in Path(sys.argv[1]).rglob("*") if path.suffix in (".parquet", ".json", ".jsonl") and not path.name.startswith("."))
thin = 0
for path in paths:
    check(path)
    thin += arrow_ckpt.info(path).is_thin
print(f"{len(paths)} equal, {thin} thin")
