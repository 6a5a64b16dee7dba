"""The layout of ranked links; with a folder of such dailies beside the repository, all of them."""

from pathlib import Path

import pytest

from app.parse.briefing import parse_briefing
from app.parse.dialects.horizon import matches
from app.parse.markdown import MarkdownDocument

CORPUS = sorted((Path(__file__).parents[4] / "shared" / "corpora" / "horizon-tw").glob("*.md"))
RANKED = """> 從 9 條內容中篩選出 1 條

1. [甲](#item-1) ⭐️ 8.0/10

<a id="item-1"></a>
## [甲（乙）](https://a.example/b_(c)) ⭐️ 8.0/10

說明。

site · user · 1月1日 · [討論](https://d.example)

**標籤**: `#e f`, `#g`
"""


def test_it_is_told_by_its_ratings() -> None:
    for text, expected in (
        (RANKED, True),
        ("## 今日焦點\n### 甲", False),
        ("## 甲 ⭐️ 8.0/10\n## 乙\n## 丙", False),
        ("", False),
    ):
        document = MarkdownDocument(text)
        assert matches(document, document.blocks()) is expected


def test_an_item_whole() -> None:
    briefing = parse_briefing(RANKED.encode(), "2026-01-01.md")
    (section,) = briefing.body.sections
    (item,) = section.items
    assert (briefing.dialect, section.kind, item.title.text, briefing.body.stats.articles) == (
        "horizon",
        "headlines",
        "甲（乙）",
        9,
    )
    assert [text.text for text in item.summary] == ["說明。"]
    assert [cell.text for cell in item.entities] == ["e f", "g"]
    assert [(source.label, source.target) for source in item.sources] == [
        ("甲（乙）", "https://a.example/b_(c)"),
        ("討論", "https://d.example"),
    ]
    assert item.importance
    assert (item.importance.level, item.importance.label) == ("medium_high", "8.0/10")
    assert not briefing.coverage.unassigned


@pytest.mark.skipif(not CORPUS, reason="no such dailies beside the repository")
def test_all_dailies_at_hand() -> None:
    for path in CORPUS:
        briefing = parse_briefing(path.read_bytes(), path.name)
        items = briefing.body.sections[0].items
        assert briefing.dialect == "horizon"
        assert not briefing.coverage.unassigned
        assert not briefing.problems
        assert items
        assert all(
            item.summary and item.sources and item.importance and item.importance.level
            for item in items
        )
