"""Reads exported files as pandas, polars, DuckDB and pyarrow do without options.

`python readers.py FOLDER` prints the rows and the checksum of each file by each reader, and exits
with 1 if two of them differ. It runs in an environment of its own; see `tests.eval.exports`.
"""

import hashlib
import json
import math
import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]
TABLES = ("items", "entities", "mentions", "sources", "threads", "pairs", "timelines")
FORMATS = ("ndjson", "csv", "parquet")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ESCAPED = re.compile(r"^'(?=\s*[=+\-@＝＋－＠]|[\t\r])")
_LINE_BREAK = re.compile(r"\s*[\r\n]+\s*")


def _readers() -> dict[str, dict[str, Callable[[str], Rows]]]:
    import duckdb  # noqa: PLC0415 - one of them may be missing
    import pandas  # noqa: PLC0415 - one of them may be missing
    import polars  # noqa: PLC0415 - one of them may be missing
    import pyarrow.csv  # noqa: PLC0415 - one of them may be missing
    import pyarrow.json  # noqa: PLC0415 - one of them may be missing
    import pyarrow.parquet  # noqa: PLC0415 - one of them may be missing

    def by_duckdb(path: str) -> Rows:
        relation = duckdb.sql(f"from '{path}'")
        return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]

    def by_pyarrow(path: str) -> Rows:
        try:
            return pyarrow.json.read_json(path).to_pylist()
        except pyarrow.ArrowNotImplementedError:
            # Its threads race for the types: findings/pyarrow-json-types-race.sh.
            print(f"{path}: pyarrow refused it by default; read in one thread")
            options = pyarrow.json.ReadOptions(use_threads=False)
            return pyarrow.json.read_json(path, read_options=options).to_pylist()

    return {
        "pandas": {
            "ndjson": lambda path: pandas.read_json(path, lines=True).to_dict("records"),
            "csv": lambda path: pandas.read_csv(path).to_dict("records"),
            "parquet": lambda path: pandas.read_parquet(path).to_dict("records"),
        },
        "polars": {
            "ndjson": lambda path: polars.read_ndjson(path).to_dicts(),
            "csv": lambda path: polars.read_csv(path).to_dicts(),
            "parquet": lambda path: polars.read_parquet(path).to_dicts(),
        },
        "DuckDB": dict.fromkeys(FORMATS, by_duckdb),
        "pyarrow": {
            "ndjson": by_pyarrow,
            "csv": lambda path: pyarrow.csv.read_csv(path).to_pylist(),
            "parquet": lambda path: pyarrow.parquet.read_table(path).to_pylist(),
        },
    }


def plain(value: Any) -> Any:
    """Return a value as every reader gives it: types differ between readers, values may not."""
    if hasattr(value, "tolist") and not isinstance(value, str):
        value = value.tolist()
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, datetime):
        # NaT of pandas is a datetime without a date.
        return None if str(value) == "NaT" else _time(value)
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        # By default, pandas reads decimals of JSON with an error in the last of 16 digits.
        return float(f"{value:.12g}") if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    return _text(str(value))


def _time(value: datetime) -> str:
    moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    if moment.time().isoformat() == "00:00:00":
        return moment.date().isoformat()
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds")


def _text(text: str) -> Any:
    if _TIME.match(text):
        return _time(datetime.fromisoformat(text))
    if text.startswith(("[{", '["', "[]")):
        return plain(json.loads(text))
    # A CSV has an apostrophe before a text that begins like a formula.
    return _LINE_BREAK.sub(" ", _ESCAPED.sub("", text))


def flat(row: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return a row with its objects taken apart, as in a CSV."""
    cells: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            cells |= flat(value, f"{prefix}{name}_")
        else:
            cells[prefix + name] = value
    return cells


def reduced(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item of NDJSON in the columns of the other formats."""
    item = {name: value for name, value in item.items() if name != "links"}
    thread = item["thread"]
    if thread:
        item["thread"] = {name: thread[name] for name in ("id", "role", "size")}
    for name, bullets in item["details"].items():
        item["details"][name] = list(_bullets(bullets, 0))
    return item


def _bullets(bullets: Rows, depth: int) -> Iterator[dict[str, Any]]:
    for bullet in bullets:
        yield {"depth": float(depth), "text": bullet["text"]}
        yield from _bullets(bullet["children"] or [], depth + 1)


def checksum(rows: Rows) -> str:
    """Return a checksum of rows in their order; a null column and no column are the same."""
    digest = hashlib.sha256()
    for row in rows:
        cells = {name: value for name, value in flat(row).items() if value is not None}
        digest.update(json.dumps(cells, sort_keys=True, ensure_ascii=False).encode())
    return digest.hexdigest()[:12]


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        inner = {name: _without_nulls(entry) for name, entry in value.items()}
        return {name: entry for name, entry in inner.items() if entry is not None}
    if isinstance(value, list):
        return [_without_nulls(entry) for entry in value]
    return value


def main(folder: Path) -> int:
    """Print rows and checksums; return 1 if they differ."""
    is_equal = True
    readers = _readers()
    for table in TABLES:
        results = set()
        for format_ in FORMATS:
            for name, by_format in readers.items():
                path = folder / f"{table}.{format_}"
                if not path.stat().st_size:
                    continue
                rows = [plain(row) for row in by_format[format_](str(path))]
                if (table, format_) == ("items", "ndjson"):
                    rows = [reduced(row) for row in rows]
                result = len(rows), checksum([_without_nulls(row) for row in rows])
                results.add(result)
                print(f"{table:<10} {format_:<8} {name:<8} {result[0]:>8,} {result[1]}")
        is_equal = is_equal and len(results) <= 1
    print("All readers agree." if is_equal else "Readers differ.")
    return 0 if is_equal else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
