"""Whole documents: the two seeds, documents of every drift, and hostile ones."""

import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import TooLarge, Unreadable
from app.parse.briefing import MAX_BYTES, MAX_LINES, decode, parse_briefing, parse_text, reread_text
from app.parse.comments import mask_comments
from app.parse.dialects.description import read_dialect
from app.parse.draft import (
    BriefingDraft,
    Field,
    ItemDraft,
    SectionDraft,
    SourceLink,
    TextSpan,
    leaf_spans,
)
from app.parse.kinds import Level
from tests.parse.outline import outline

HERE = Path(__file__).parent
SEEDS = {path.stem: path for path in sorted((HERE.parents[1] / "seeds" / "briefings").glob("*.md"))}
GOLDEN = {path.stem: path for path in sorted((HERE / "golden").glob("*.md"))}
ALL = SEEDS | GOLDEN


def parsed(path: Path) -> BriefingDraft:
    return parse_briefing(path.read_bytes(), path.name)


def items(briefing: BriefingDraft) -> list[ItemDraft]:
    return [item for section in briefing.body.sections for item in section.items]


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_documents_read_as_a_careful_reader_does(name: str) -> None:
    expected = json.loads(GOLDEN[name].with_suffix(".json").read_text())
    result = json.loads(json.dumps(outline(parsed(GOLDEN[name]))))
    for part in expected.keys() | result.keys():
        if part != "sections":
            assert result.get(part) == expected.get(part), part
    for mine, theirs in zip(result.get("sections", []), expected.get("sections", []), strict=True):
        for item, other in zip(mine.get("items", []), theirs.get("items", []), strict=True):
            assert item == other
        assert mine == theirs


COUNTS: dict[str, dict[str, Any]] = {
    "2025-12-23": {
        "sections": 8, "items": 57, "kinds": {"full": 50, "bullet": 6, "stub": 1},
        "levels": {"high": 9, "medium": 36, "low": 5, None: 7},
        "sources": 62, "arxiv": 16, "placeholders": 3, "opaque": 1, "cells": 206, "tags": 5, "keywords": 12,
        "watchlist": 5, "readings": 5, "background": 4, "articles": 225, "topics": 55, "window": 24,
        "generated": "2025-12-23T06:44:54+08:00",
    },
    "2025-11-22": {
        "sections": 8, "items": 22, "kinds": {"full": 22}, "levels": {"high": 14, "medium": 8},
        "sources": 31, "arxiv": 0, "placeholders": 0, "opaque": 0, "cells": 97, "tags": 5, "keywords": 15,
        "watchlist": 5, "readings": 5, "background": 5, "articles": 271, "topics": 30, "window": 24,
        "generated": "2025-11-22T06:42:58+08:00",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", COUNTS)
def test_seed_counts(name: str) -> None:
    briefing = parsed(SEEDS[name])
    body, all_items = briefing.body, items(briefing)
    targets = [source.target or "" for item in all_items for source in item.sources]
    assert {
        "sections": len(body.sections), "items": len(all_items), "kinds": dict(Counter(i.kind for i in all_items)),
        "levels": dict(Counter(i.importance.level if i.importance else None for i in all_items)),
        "sources": len(targets), "arxiv": sum(t.lower().startswith("arxiv:") for t in targets),
        "placeholders": targets.count("1"), "opaque": sum(t.startswith("qbitai_") for t in targets),
        "cells": sum(len(i.entities) for i in all_items), "tags": len(briefing.tags), "keywords": len(body.keywords),
        "watchlist": len(body.watchlist), "readings": len(body.readings), "background": len(body.background),
        "articles": body.stats.articles, "topics": body.stats.topics, "window": body.stats.window_hours,
        "generated": body.stats.generated_at,
    } == COUNTS[name]  # fmt: skip
    assert briefing.coverage.covered == briefing.coverage.nonblank
    assert not briefing.coverage.unassigned
    assert not briefing.problems


def test_seed_sections_are_of_the_known_kinds_in_their_order() -> None:
    kinds = {
        name: [section.kind for section in parsed(SEEDS[name]).body.sections] for name in COUNTS
    }
    assert kinds["2025-12-23"] == [
        "headlines",
        "research",
        "tools",
        "industry",
        "trends",
        "market",
        "editorial",
        "resources",
    ]
    assert kinds["2025-11-22"] == [
        "headlines",
        "research",
        "industry",
        "trends",
        "market",
        "tools",
        "editorial",
        "resources",
    ]
    blurb = parsed(SEEDS["2025-11-22"]).body.sections[0].blurb
    assert blurb
    assert blurb.text == "本節呈現當日最重要、影響最廣的 AI 新聞與事件"


def test_seed_contents_on_the_spot() -> None:
    briefing = parsed(SEEDS["2025-12-23"])
    by_title = {item.title.text: item for item in items(briefing)}
    raas = by_title["RaaS：企業級 AI 以結果為導向的服務模式"]
    assert [text.text[:11] for text in raas.summary] == [
        "量子位報導百融云創提出",
        "（此為商業模式探討，無",
    ]
    atlas = by_title["針對 Prompt Injection 強化 AI 瀏覽器防護"].details.technical
    assert [len(node.children) for node in atlas] == [0, 3]
    first = items(briefing)[0]
    assert [cell.text for cell in first.entities] == [
        "GenAI-based image synthesis", "skin lesion classifiers", "foundation models", "G2L", "XR-0", "WDFFU-Mamba", "MGRegBench",
        "RadImageNet-VQA",
    ]  # fmt: skip
    assert first.importance
    assert first.importance.label == "高"
    assert (first.importance.reason or "").startswith("展現醫療影像")
    finch = by_title["Finch：試算表為中心的財會工作流基準"]
    assert finch.kind == "bullet"
    assert finch.parent == "其他技術更新（精選）"
    assert finch.sources[0].target == "arXiv:2512.13168v2"
    stub = by_title["以可及 EEG + GAT 自動偵測癲癇"]
    assert stub.kind == "stub"
    assert not stub.sources
    notes = [note.text for section in briefing.body.sections for note in section.notes]
    assert sum("恕不" in note for note in notes) == 2


def leaves(value: object) -> Iterator[tuple[object, TextSpan]]:
    """Everything below `value` that keeps text and says where it stands."""
    if isinstance(value, tuple):
        for member in value:
            yield from leaves(member)
    elif is_dataclass(value) and not isinstance(value, type):
        if isinstance(span := getattr(value, "span", None), TextSpan) and not isinstance(
            value, (SectionDraft, ItemDraft)
        ):
            yield value, span
        for part in fields(value):
            if part.name != "span":
                yield from leaves(getattr(value, part.name))


def texts(leaf: Any) -> list[str]:
    """The texts of one leaf, not those below it."""
    return [value for part in fields(leaf) if isinstance(value := getattr(leaf, part.name), str)]


FORGOTTEN = {"odd_yaml": "NO on 1.10 AI"}


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


def lost_words(text: str, briefing: BriefingDraft, forgotten: str = "") -> list[tuple[int, str]]:
    """The words of each line that stand in no text of the spans over it; list markers and titles of links are markup."""
    text = mask_comments(text)
    texts_by_line: dict[int, list[str]] = {}
    for leaf, span in leaves(briefing.body):
        for number in range(span.first_line, span.last_line + 1):
            texts_by_line.setdefault(number, []).extend(texts(leaf))
    front = briefing.front_matter.span
    lost: list[tuple[int, str]] = []
    for number, row in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        if front and front.first_line <= number <= front.last_line:
            # A key given twice is named among the problems; that its first value yields to the second is YAML's way.
            stored = (
                json.dumps([briefing.front_matter.values, briefing.problems], ensure_ascii=False)
                + forgotten
            )
            row = re.sub(r"^\s*#.*", "", row)
        else:
            stored = "\n".join(texts_by_line.get(number, []))
            row = re.sub(r"^[\s>]*(?:(?:[-*+]|\d+[.)])\s+(?:\[[ x]\]\s)?|>\s?)*", "", row)
            row = re.sub(r'(?<=\S)\s+"[^"]*"\)', ")", row)
        lost += [(number, word) for word in words(row) if word not in stored]
    return lost


@pytest.mark.parametrize("name", ALL)
def test_every_word_of_every_line_is_in_the_draft(name: str) -> None:
    """Not only is each line touched by a span: what it says stands in the texts of that span."""
    data = ALL[name].read_bytes()
    assert not lost_words(
        decode(data), parse_briefing(data, ALL[name].name), FORGOTTEN.get(name, "")
    )


ROWS = [decode(path.read_bytes()).replace("\r\n", "\n").split("\n") for path in ALL.values()]


@settings(
    max_examples=150,
    deadline=2_000,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
)
@given(st.randoms(use_true_random=False))
def test_nothing_is_lost_from_documents_cut_up_and_mixed(chance: Random) -> None:
    """Stretches of all documents in a row, single lines left out, doubled or given another marker."""
    rows: list[str] = []
    for _ in range(chance.randint(1, 4)):
        document = chance.choice(ROWS)
        first = chance.randrange(len(document))
        rows += document[first : first + chance.randint(1, 30)]
    for _ in range(chance.randint(0, 5)):
        at = chance.randrange(len(rows))
        rows[at : at + 1] = chance.choice(
            [
                [],
                [rows[at]] * 2,
                [chance.choice(["  ", "- ", "> ", "### ", "**", "1. ", "\t"]) + rows[at]],
            ]
        )
        rows = rows or ["字"]
    text = "# 2026-01-01\n" + "\n".join(rows)
    briefing = check(text.encode())
    assert briefing
    assert not lost_words(text, briefing)
    assert not briefing.coverage.unassigned


@pytest.mark.parametrize("name", ALL)
def test_spans_point_at_the_text_they_keep(name: str) -> None:
    data = ALL[name].read_bytes()
    text = decode(data)
    briefing = parse_briefing(data, ALL[name].name)
    for leaf, span in leaves(briefing.body):
        there = words(text[span.start : span.end])
        # The label of an unknown field stands before its span; a reference's target elsewhere; a level is no text.
        for remaining in [leaf.text] if isinstance(leaf, Field) else texts(leaf):
            if remaining not in get_args(Level) and not (
                isinstance(leaf, SourceLink) and remaining == leaf.target
            ):
                assert set(words(remaining)) <= set(there), (remaining, text[span.start : span.end])


@pytest.mark.parametrize("name", ALL)
def test_line_ends_and_a_byte_order_mark_change_nothing_that_is_said(name: str) -> None:
    text = re.sub(r"\r\n|\r", "\n", decode(ALL[name].read_bytes()))
    expected = outline(parse_briefing(text.encode(), "x.md"))
    assert outline(parse_briefing(text.rstrip("\n").encode(), "x.md")) == expected
    assert (
        outline(parse_briefing(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(), "x.md"))
        == expected
    )
    assert outline(parse_briefing(text.replace("\n", "\r").encode(), "x.md")) == expected


def check(data: bytes) -> BriefingDraft | None:
    """Parse anything; whatever comes of it, its line count and spans are right."""
    try:
        briefing = parse_briefing(data, "2026-01-01.md")
    except (TooLarge, Unreadable):
        return None
    rows = re.split(r"\r\n|\n|\r", decode(data))
    coverage = briefing.coverage
    nonblank = {number for number, row in enumerate(rows, 1) if row.strip()}
    assert coverage.nonblank == len(nonblank) == coverage.covered + len(coverage.unassigned)
    assert sum(coverage.structures.values()) == coverage.covered
    end = len(decode(data))
    for _, span in leaf_spans(briefing.body):
        assert 0 <= span.start <= span.end <= end
        assert 1 <= span.first_line <= span.last_line <= max(len(rows), 1)
    return briefing


FRAGMENTS = [
    "---", "\n", "\n\n", "\r\n", "\r", "## ", "### ", "#### ", "# ", "今日焦點", "（Top Headlines）", "編輯洞察", "延伸閱讀與資源",
    "其他技術更新（精選）",
    "本日關鍵詞", "**關注清單**：", "**核心摘要**", "**技術細節**  \n", "**關鍵實體**：", "**重要性**：", "高 — ", "中（Medium）",
    "★★☆", "**來源**：",
    "[來源1](https://a.example/x)", "[x](1)", "[x][y]", "[y]: <", "[y]: https://b.example", "arXiv:2507.17860v2", "https://c.example/(a", "<https://d>",
    "- ", "  - ", "    - ", "\t- ", "1. ", "> ", ">", "```\n", "| a | b |\n|---|---|\n", "、", "，", "；", " | ", " · ", "/", "(",
    ")", "[", "]", "（", "）",
    "【", "】", "**", "*", "_", "`", "：", ":", "恕不展開", "詳見", "資料來源：12 篇文章 | 分析主題：3 個",
    "報告生成時間：2026/13/45 99:99 CST", "+++", "===", "title: a: b",
    "&amp;", "\u2028", "\u200b", "\u202e", "\0", "\x0b", "\x85", "🔥", "𠮷", "ﬁ", "a", "模型", "  ", "\\",
]  # fmt: skip


@settings(max_examples=400, deadline=2_000, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(st.text(max_size=300), st.lists(st.sampled_from(FRAGMENTS), max_size=60).map("".join))
)
def test_no_text_raises_hangs_or_loses_a_line(text: str) -> None:
    check(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=100, deadline=2_000)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join))
def test_no_item_raises_hangs_or_loses_a_line(text: str) -> None:
    check(f"---\ntitle: t\n---\n## 今日焦點\n### 題\n{text}".encode())


MIB = 1024 * 1024
LINES = MAX_LINES // 4
"""Lines of hostile documents: a quarter of the limit, within a quarter of the time."""
BEFORE_BLANKS = ("★★☆", "**a", "**重要性**：高", "- [a](b)", "- **a**", "1", "a (")
HOSTILE = {
    **{f"only {c!r}": c * (MIB // 4) for c in "[(*`|>#_ :~-=<&\\!1.\t"},
    **{f"lines of {c!r}": (c + "\n") * LINES for c in "[*`|>#-a1"},
    "bullets 500 deep": "".join(" " * 2 * n + "- a\n" for n in range(500)),
    "bullets on one line": "- " * 5_000 + "a",
    "many bullets on a line": ("- " * 60 + "a\n") * 2_000,
    "quotes 500 deep": "".join(">" * n + " a\n" for n in range(500)),
    "many quotes on a line": ("> " * 60 + "a\n") * 2_000,
    "headings": "## 今日焦點\n" * LINES,
    "items": "## 今日焦點\n" + "### a\n**摘要**：b\n" * (LINES // 2),
    "bold": "**a**" * 50_000,
    "bold fields": "## 今日焦點\n### a\n" + "**來源**：[a](1) " * 15_000,
    "bold bullets": "## 快訊\n" + "- **a**：b [c](https://d)\n" * (LINES // 2),
    "links": "## 今日焦點\n### a\n**來源**：" + "[a](https://b) | " * 900,
    "source lines": "## 今日焦點\n### a\n**來源**：\n" + "[a](https://b) | https://c\n" * (MIB // 80),
    "open links": "## 今日焦點\n### a\n**來源**：" + "[a](" * 4_000,
    "cells": "## 今日焦點\n### a\n**關鍵實體**：" + "（a、" * 2_000,
    "entity lines": "## 今日焦點\n### a\n**關鍵實體**：\n" + "a、b；c\n" * LINES,
    "definitions": "[a]: b\n" * LINES,
    "table": "|a|b|\n|---|---|\n" + "|c|d|\n" * LINES,
    "wide table": "|a" * 50_000 + "\n" + "|-" * 50_000 + "\n" + "|b" * 50_000,
    "one line": "模" * (MIB // 6),
    "labels": "**核心摘要**：a\n" * LINES,
    "lazy labels": "- a\n**b**：c\n" * (LINES // 2),
    "footers": "資料來源：1 篇\n" * LINES,
    "watch list": "## 編輯洞察\n**關注清單**：" + "a；" * 100_000,
    "watch list in half width": "## 編輯洞察\n**關注清單**: " + "a;" * 100_000,
    "blanks in a line": "".join(head + " " * 30_000 + "x\n" for head in BEFORE_BLANKS),
    "blanks in readings": "## 延伸閱讀\n### 深度文章\n" + ("- a" + " " * 15_000 + "x\n") * 20,
    "blanks in sources": "## 今日焦點\n### a\n**來源**：\n" + ("a" + " " * 7_500 + "x\n") * 40,
    "many sources on lines": "## 今日焦點\n### a\n**來源**：\n" + ("[a](b)|" * 1_000 + "\n") * 40,
    "stars in a heading": "## ⭐️ 8/10\n## " + "⭐" * 100_000,
    "keywords": "## 本日關鍵詞\n" + "`a` " * 100_000,
    "nul": "\0" * (MIB // 4), "carriage returns": "\r" * (MIB // 4), "u+2028": "a\u2028" * 100_000, "rtl": "\u202ea" * 100_000, "astral": "𠮷" * 100_000,
    "zero width": "\u200b" * 150_000, "entities": "&amp;" * 100_000, "html": "<div>" * 100_000, "comment": "<!--" * 100_000,
    "fences": "```\n" * LINES,
    "open front matter": "---\n" + "a: b\n" * LINES,
    "deep front matter": "---\n" + "".join(" " * n + "a:\n" for n in range(20)) + "---\n",
    "broken front matter": "---\n" + "a: b: c\n" * 1_800 + "---\n",
}  # fmt: skip


def cpu_seconds(data: bytes) -> float:
    """Processor time of parsing and checking a document."""
    began = time.process_time()
    check(data)
    return time.process_time() - began


@cache
def fair_share() -> float:
    """Processor time of an honest document of a sixth of a mebibyte, with which hostile ones are compared."""
    honest = (SEEDS["2025-11-22"].read_bytes() * 4)[: MIB // 6].decode(errors="ignore")
    return cpu_seconds(honest.encode())


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_end_soon(name: str) -> None:
    data = HOSTILE[name].encode()
    assert len(data) <= MAX_BYTES
    assert cpu_seconds(data) < 15 * fair_share()


def test_limits_are_named() -> None:
    with pytest.raises(TooLarge, match=str(MAX_BYTES)):
        parse_briefing(b"a" * (MAX_BYTES + 1))
    with pytest.raises(TooLarge, match="16 KiB"):
        parse_briefing(b"---\na: " + b"b" * 17_000 + b"\n---\n", "2026-01-01.md")
    parse_briefing(b"---\na: " + b"b" * 15_000 + b"\n---\n", "2026-01-01.md")
    with pytest.raises(Unreadable, match="byte 0"):
        parse_briefing(b"\xff")
    with pytest.raises(Unreadable, match="no date"):
        parse_briefing("## 今日焦點".encode(), "notes.md")


@pytest.mark.parametrize(
    ("document", "name", "day", "place"),
    [
        ("---\ndate: 2026-01-02\n---\n# 2026-01-03", "2026-01-04.md", "2026-01-02", "front_matter"),
        ("---\ntitle: 日報 2026/1/3\n---\n", "2026-01-04.md", "2026-01-03", "title"),
        ("---\ntitle: 日報\n---\n# 2026 年 1 月 5 日\n\n## 今日焦點", "", "2026-01-05", "heading"),
        ("# 日報", "ai-20260106.md", "2026-01-06", "name"),
        ("# 日報\n\n2026年1月7日\n\n## 今日焦點", "x.md", "2026-01-07", "text"),
    ],
)
def test_the_day_is_found_where_it_is_said(document: str, name: str, day: str, place: str) -> None:
    briefing = parse_briefing(document.encode(), name)
    assert (str(briefing.date), briefing.date_from) == (day, place)


def test_a_date_that_contradicts_the_file_name_is_reported() -> None:
    assert (
        "2026-01-04" in parse_briefing(b"---\ndate: 2026-01-02\n---\n", "2026-01-04.md").problems[0]
    )


@pytest.mark.parametrize(
    ("name", "head", "place"),
    [
        ("x.md", "# 中華民國人工智慧日報 114/12/23\n", "heading"),
        ("114-12-23.md", "# 民國報\n", "name"),
        ("x.md", "---\ndate: 114年12月23日\n---\n# 民國日報\n", "front_matter"),
        ("x.md", "# 2025 AI 日報 12/23(二)\n", "heading"),
        ("x.md", "---\ndate: 12月23日\nyear: 2025\n---\n# AI\n", "front_matter"),
        ("2025/12-23.md", "# AI 日報\n", "name"),
    ],
)
def test_a_day_is_found_with_what_the_rest_of_the_document_says(
    name: str, head: str, place: str
) -> None:
    briefing = parse_briefing(f"{head}\n## 甲\n\n文字。\n".encode(), name)
    assert briefing.date == date(2025, 12, 23)
    assert briefing.date_from == place
    assert not briefing.problems


@pytest.mark.parametrize("name", ALL)
def test_a_document_is_read_again_in_its_layout(name: str) -> None:
    text = decode(ALL[name].read_bytes())
    draft = parse_text(text, ALL[name].name)
    again = reread_text(text, ALL[name].name, layout=draft.dialect)
    if again is None:
        # Numbered sources that items share are placed by comparing readings.
        assert draft.dialect not in ("horizon", "sections") or name == "mixed"
        return
    assert again.front_matter == draft.front_matter
    assert again.tags == draft.tags
    assert again.entities == draft.entities
    # Lines of symbols alone are labels of a draft; they name nothing.
    labels = draft.body.labels[: len(again.body.labels)]
    assert again.body == replace(draft.body, labels=labels)


def test_a_described_dialect_is_compared_again() -> None:
    dialect = read_dialect('name = "own"\n[match]\ntext = "(?m)^---"\n', "own.toml")
    text = decode(SEEDS["2025-12-23"].read_bytes())
    assert reread_text(text, "2025-12-23.md", layout="sections", dialects=[dialect]) is None
    assert reread_text(text, "2025-12-23.md", layout="sections") is not None
    assert reread_text(text, "2025-12-23.md", layout="horizon") is None
