"""The dataset version, the counts of the database, and the gaps of a channel."""

from datetime import date

import pytest

from app.query.snapshot import dataset
from app.query.snapshot.dataset import gaps
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import document, item


def version(database: Database) -> str:
    with database.read() as session:
        return dataset.version(session).text


def test_the_version_changes_exactly_when_content_does(database: Database) -> None:
    assert version(database) == "empty-0"
    text = document("2026-01-02", item("a"))
    seen = [version(database)]
    take_in(database, text)
    seen.append(version(database))
    take_in(database, text)
    assert version(database) == seen[-1]
    take_in(database, text.replace("摘要。", "另一摘要。"))
    seen.append(version(database))
    take_in(database, document("2026-01-03", item("b")), "b.md")
    seen.append(version(database))
    assert len(set(seen)) == 4
    assert [int(text.rpartition("-")[2]) for text in seen] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("days", "missing"),
    [
        ([], []),
        ([1], []),
        ([1, 2, 3], []),
        ([1, 3], [(2, 2, 1)]),
        ([1, 5, 6, 9], [(2, 4, 3), (7, 8, 2)]),
    ],
)
def test_gaps(days: list[int], missing: list[tuple[int, int, int]]) -> None:
    missing_days = gaps([date(2026, 1, day) for day in days])
    assert [(gap.from_.day, gap.to.day, gap.days) for gap in missing_days] == missing


def test_info(database: Database) -> None:
    for day in (2, 3, 6):
        take_in(
            database,
            document(
                f"2026-01-{day:02}",
                item(f"a {day}", entities="Qwen", sources="https://example.org/a"),
            ),
            f"{day}.md",
        )
    take_in(database, document("2026-01-09", item("b"), draft=True), "draft.md")
    take_in(database, document("2026-02-01", item("c")), "w.md", channel="weekly")
    take_in(database, document("2026-02-02", item("d"), draft=True), "x.md", channel="secret")
    with database.read() as session:
        info = dataset.info(session, "Briefbase", "1", "0001")
    daily, weekly = info.channels
    assert (daily.id, daily.briefings, str(daily.first), str(daily.last)) == (
        "daily",
        3,
        "2026-01-02",
        "2026-01-06",
    )
    assert [(str(gap.from_), str(gap.to), gap.days) for gap in daily.gaps] == [
        ("2026-01-04", "2026-01-05", 2)
    ]
    assert (weekly.id, weekly.briefings, weekly.gaps) == ("weekly", 1, [])
    counts = info.counts
    assert (
        counts["briefings"],
        counts["items"],
        counts["entities"],
        counts["sources"],
        counts["citations"],
    ) == (4, 4, 1, 1, 3)
