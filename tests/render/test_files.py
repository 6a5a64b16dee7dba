"""Files of exported tables: columns, CSV, Parquet and descriptions."""

import csv
import io
import threading
from collections.abc import Iterator
from datetime import date

import orjson
import pytest
from arro3.io import read_parquet
from pyld import jsonld

from app.query.schemas.exports import ItemRow, SourceRow, ThreadRow
from app.render.files import delimited, parquet
from app.render.files.columns import Column, columns_of, flat
from app.render.files.descriptions import (
    Contents,
    ExportOrigin,
    File,
    data_package,
    manifest,
    schema_org,
)

COLUMNS = (
    Column("name", "string", False, "A name."),
    Column("note", "string", True, "A note."),
    Column("size", "number", True, ""),
    Column("day", "date", True, ""),
    Column("ok", "boolean", False, ""),
    Column("of", "object", True, "", (Column("id", "string", False, ""),)),
    Column("tags", "list", False, "", (Column("item", "string", False, ""),)),
)


def line(**values: object) -> bytes:
    row = {"name": "a", "note": None, "size": 1.0, "day": "2026-01-02", "ok": True}
    return orjson.dumps(row | {"of": {"id": "x"}, "tags": ["t"]} | values) + b"\n"


def cells(*lines: bytes, spreadsheet: bool = False) -> list[list[str]]:
    data = b"".join(delimited.blocks(lines, COLUMNS, spreadsheet=spreadsheet))
    assert data.startswith(delimited.BYTE_ORDER_MARK) == spreadsheet
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_columns_follow_the_shape() -> None:
    columns = {column.name: column for column in columns_of(ItemRow)}
    assert list(columns) == list(ItemRow.model_fields)
    assert (columns["date"].kind, columns["summary"].nullable) == ("date", True)
    assert columns["updated_at"].kind == "datetime"
    sources = columns["sources"].columns[0]
    assert [column.kind for column in sources.columns[:1]] == ["string"]
    assert all(column.description for column in columns.values())


def test_flat_columns_are_named_by_their_path() -> None:
    named = {cell.column.name: cell for cell in flat(columns_of(ItemRow))}
    assert named["importance_level"].path == ("importance", "level")
    assert named["importance_label"].column.nullable
    assert len({cell.column.name for cell in flat(columns_of(ThreadRow))}) == 8


def test_a_csv_has_a_header_and_plain_cells() -> None:
    header, row = cells(line(name='a=1, "x"', note="a\r\nb"))
    assert header == ["name", "note", "size", "day", "ok", "of_id", "tags"]
    assert row == ['a=1, "x"', "a b", "1.0", "2026-01-02", "true", "x", '["t"]']


def test_null_is_an_empty_cell() -> None:
    _, row = cells(line(size=None, of=None))
    assert row == ["a", "", "", "2026-01-02", "true", "", '["t"]']


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "＝1+1", "0017", "3e8", "1.10", "1,000", "5%"]
)
def test_a_spreadsheet_calculates_nothing(text: str) -> None:
    assert cells(line(name=text), spreadsheet=True)[1][0] == f"'{text}"


@pytest.mark.parametrize(
    "text",
    ["=1+1", '=HYPERLINK("x")', "+1+1", "-A1", "@SUM(A1)", " =1", "\t=1", "＝1+1", "-", "+-5"],
)
def test_no_csv_is_calculated(text: str) -> None:
    for cell in (cells(line(name=text))[1][0], cells(line(note=text))[1][1]):
        assert cell == f"'{text}"


@pytest.mark.parametrize("text", ["-5", "+1", "-1.5e3", "+12%", "0017", "3e8", "1.10", "a=b", "—"])
def test_a_csv_for_machines_keeps_numbers(text: str) -> None:
    assert cells(line(name=text))[1][0] == text


def test_numbers_and_lists_of_a_csv_have_no_apostrophe() -> None:
    row = cells(line(size=-1.5, tags=["=1+1"]))[1]
    assert (row[2], row[-1]) == ("-1.5", '["=1+1"]')


TAKEN_FOR_DAYS = [
    *("24/7", "9-11", "10:30", "10:30 PM", "2025-12-23", "3.1", "１２", "$5", "(5)", "1 1/2"),
    *("12月3日", "2025年12月3日", "MAR1", "Sept-2", "5 May", "May 5, 2025", "Dec 25"),
    *("TRUE", "false", "5E3"),
]


@pytest.mark.parametrize("text", TAKEN_FOR_DAYS)
def test_a_spreadsheet_takes_no_text_for_a_day(text: str) -> None:
    assert cells(line(name=text), spreadsheet=True)[1][0] == f"'{text}"
    assert cells(line(name=text))[1][0] == text


def test_long_texts_are_read_in_linear_time() -> None:
    for text in ("1" + " " * 200_000 + "x", "May" + " " * 200_000 + "x", "1e" * 100_000):
        assert delimited.shown_as_text(text) == text


PLAIN_TEXTS = [
    *("GPT-5.1", "a=b", "2025-11-22-pm", "昇騰", "v1.10", "E5", "Marvel 2", "May", "o3", "M4"),
    *("第 3 代", "Q3", "A/B", "true story"),
]


@pytest.mark.parametrize("text", PLAIN_TEXTS)
def test_a_spreadsheet_shows_other_texts_unchanged(text: str) -> None:
    assert cells(line(name=text), spreadsheet=True)[1][0] == text


def test_numbers_of_a_spreadsheet_stay_numbers() -> None:
    assert cells(line(size=-1.5), spreadsheet=True)[1][2] == "-1.5"


def test_a_parquet_file_is_typed_and_nested() -> None:
    lines = iter([line() * 3, line(name="b", note="n", of=None, tags=[])])
    data = b"".join(parquet.blocks(lines, COLUMNS))
    assert data[:4] == data[-4:] == b"PAR1"
    batches = list(read_parquet(io.BytesIO(data)))
    read = [row for batch in batches for row in batch["day"].to_pylist()]
    assert read == [date(2026, 1, 2)] * 4
    assert batches[0]["of"].to_pylist()[0] == {"id": "x"}
    assert batches[0]["tags"].to_pylist()[-1] == []


def test_a_fault_of_the_lines_is_raised() -> None:
    def lines() -> Iterator[bytes]:
        yield line()
        raise RuntimeError("the snapshot is gone")

    with pytest.raises(RuntimeError, match="the snapshot is gone"):
        list(parquet.blocks(lines(), COLUMNS))


def test_closing_a_parquet_file_ends_its_thread() -> None:
    closed = threading.Event()

    def lines() -> Iterator[bytes]:
        try:
            while True:
                yield b"".join(line(name=str(number), note="x" * 50) for number in range(5_000))
        finally:
            closed.set()

    before = threading.active_count()
    blocks = parquet.blocks(lines(), COLUMNS)
    next(blocks)
    blocks.close()
    assert (closed.is_set(), threading.active_count()) == (True, before)


ORIGIN = ExportOrigin("v-1", None, date(2026, 1, 1), date(2026, 1, 2))
TABLE = Contents(
    "sources",
    "Sources",
    columns_of(SourceRow),
    2,
    [File("sources.csv", "csv", 10, "ab"), File("sources.parquet", "parquet", 20, "cd")],
)


def test_a_manifest_names_columns_counts_and_hashes() -> None:
    described = manifest(ORIGIN, [TABLE])
    assert (described["dataset_version"], described["tables"][0]["rows"]) == ("v-1", 2)
    assert described["tables"][0]["files"][0]["sha256"] == "ab"
    columns = described["tables"][0]["columns"]
    assert all(column["description"] for column in columns)


def test_a_data_package_has_each_table_as_csv() -> None:
    (resource,) = data_package(ORIGIN, [TABLE])["resources"]
    assert (resource["path"], resource["type"]) == ("sources.csv", "table")
    assert resource["hash"] == "sha256:ab"
    assert resource["schema"]["fields"][0] == {
        "name": "id",
        "type": "string",
        "description": "Stable id of the source.",
        "constraints": {"required": True},
    }


def test_a_dataset_has_a_download_a_file() -> None:
    described = schema_org(ORIGIN, [TABLE])
    # Without a network: the context is within the document.
    (node,) = jsonld.expand(described, {"documentLoader": None})
    assert node["@type"] == ["https://schema.org/Dataset"]
    assert described["temporalCoverage"] == "2026-01-01/2026-01-02"
    assert [entry["contentUrl"] for entry in described["distribution"]] == [
        "sources.csv",
        "sources.parquet",
    ]
