"""Exports: one snapshot, every row once, and first lines from which readers take all types."""

from collections.abc import Iterator

import orjson
import pytest

from app import export
from app.errors import BadRequest
from app.query.publishing.exports import complete_first as leading
from app.query.publishing.exports import items as item_lines
from app.query.publishing.exports import tables
from app.query.publishing.exports.complete_first import Row, complete_first
from app.query.publishing.exports.tables import TABLES
from app.query.request.export_params import (
    ItemExport,
    MentionExport,
    PairExport,
    TimelineExport,
)
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import document, item


def rows(database: Database, name: str, query: object = None) -> list[Row]:
    table = TABLES[name]
    with database.read() as session:
        blocks = tables.lines(session, table, query or table.params(), None)
        return [orjson.loads(line) for line in b"".join(blocks).splitlines()]


def test_an_export_is_of_one_version(database: Database) -> None:
    take_in(database, document("2026-01-02", *(item(f"甲 {number}") for number in range(200))))
    blocks = export.stream(database, TABLES["items"], "ndjson", ItemExport(), None)
    before, first = next(blocks), next(blocks)
    take_in(database, document("2026-01-01", item("乙")), "2026-01-01.md")
    rest = b"".join(blocks)
    assert 0 < first.count(b"\n") < 200
    assert (first + rest).count(b"\n") == 200
    blocks = export.stream(database, TABLES["items"], "ndjson", ItemExport(), None)
    after = next(blocks)
    assert b"".join(blocks).count(b"\n") == 201
    assert before.text != after.text


@pytest.mark.parametrize("name", [name for name in TABLES if name != "items"])
def test_rows_have_the_shape_of_their_table(seeded: Database, name: str) -> None:
    exported = rows(seeded, name)
    shape = TABLES[name].shape
    for row in exported:
        shape.model_validate(row)
    assert exported or name == "threads"


def test_an_item_in_columns_has_the_shape_of_its_table(seeded: Database) -> None:
    for line in rows(seeded, "items"):
        TABLES["items"].shape.model_validate(item_lines.row(line))


def test_bullets_become_flat() -> None:
    nested = [{"text": "a", "children": [{"text": "b", "children": []}]}]
    assert list(item_lines._flat(nested, 0)) == [
        {"depth": 0, "text": "a"},
        {"depth": 1, "text": "b"},
    ]


def test_mentions_are_selected_by_their_entity(seeded: Database) -> None:
    nvidia = rows(seeded, "mentions", MentionExport(entity=["NVIDIA"], mention=["title"]))
    assert nvidia
    assert {(row["entity_name"], row["kind"]) for row in nvidia} == {("NVIDIA", "title")}


def test_a_pair_stands_once(seeded: Database) -> None:
    pairs = rows(seeded, "pairs", PairExport(count=1))
    named = [frozenset((row["a"], row["b"])) for row in pairs]
    assert len(named) == len(set(named)) > 100
    assert all(row["a_items"] >= row["b_items"] >= row["count"] for row in pairs)


def test_counts_of_timelines_add_up(seeded: Database) -> None:
    mentions = {row["id"]: row["mentions"] for row in rows(seeded, "entities")}
    counted = dict.fromkeys(mentions, 0)
    for point in rows(seeded, "timelines"):
        counted[point["entity"]] += point["mentions"]
    assert counted == mentions


def test_an_unknown_name_is_refused(seeded: Database) -> None:
    with pytest.raises(BadRequest, match="Nobody"):
        rows(seeded, "pairs", PairExport(entity=["Nobody"]))


def test_rows_that_set_a_column_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leading, "BUFFERED_ROWS", 3)
    stored: list[Row] = [{"n": n, "a": None, "b": None} for n in range(6)]
    stored[2]["a"] = stored[4]["b"] = "x"
    reads = 0

    def read() -> Iterator[Row]:
        nonlocal reads
        reads += 1
        yield from stored

    assert [row["n"] for row in complete_first(read, ["a", "b"])] == [2, 4, 0, 1, 3, 5]
    assert reads == 2


def test_items_that_set_a_part_come_first(database: Database) -> None:
    late = item("丁") + "- **來源**：[Paper](https://arxiv.org/abs/2512.17527)\n"
    take_in(database, document("2026-01-02", *(item(f"甲 {number}") for number in range(120))))
    take_in(database, document("2026-01-01", late), "2026-01-01.md")
    lines = rows(database, "items")
    assert len(lines) == len({line["id"] for line in lines}) == 121
    assert (lines[0]["title"], lines[0]["sources"][0]["arxiv_id"]) == ("丁", "2512.17527")


def test_timelines_of_some_entities_are_those_of_the_api(seeded: Database) -> None:
    query = TimelineExport(entities="OpenAI,Qwen", interval="month")
    exported = rows(seeded, "timelines", query)
    assert {row["entity_name"] for row in exported} == {"OpenAI", "Qwen"}
    everything = rows(seeded, "timelines", TimelineExport(interval="month"))
    assert sorted(map(str, exported)) == sorted(
        str(row) for row in everything if row["entity_name"] in ("OpenAI", "Qwen")
    )
    # What Alibaba makes counts for it.
    alone = rows(seeded, "timelines", TimelineExport(entities="Alibaba", interval="year"))
    rolled = rows(
        seeded, "timelines", TimelineExport(entities="Alibaba", interval="year", rollup="all")
    )
    assert sum(row["items"] for row in rolled) > sum(row["items"] for row in alone)


def test_a_timeline_of_nobody_is_refused(seeded: Database) -> None:
    for names in ("nobody-at-all", ",".join(f"x{number}" for number in range(11))):
        with pytest.raises(BadRequest, match="entities"):
            rows(seeded, "timelines", TimelineExport(entities=names))
