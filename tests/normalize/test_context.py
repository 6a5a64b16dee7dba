"""Names around the items: where they are found, and where they are not."""

import pytest

from app.normalize.context import context_ranges
from app.normalize.decide import DecidedBriefing, Knowledge, decide
from app.normalize.entities.catalogue import Catalogue
from app.normalize.scan import NamedMention
from app.parse.briefing import parse_briefing
from tests.documents import briefing, item

_ORGS = ("NVIDIA", "DeepSeek", "Anthropic", "Mistral", "Perplexity")
_RECORDS = [{"slug": name.lower(), "type": "org", "names": {"en": name}} for name in _ORGS]
KNOWN = Knowledge(Catalogue.from_records(_RECORDS))

_HEAD = "---\ntitle: x\ndate: 2026-01-02\n---\n"
_ITEMS = (
    "\n### [甲消息](https://a.com/x)\n\n第一段文字。\n\n### [乙消息](https://a.com/y)\n\n第二段。\n"
)


def decided(text: str) -> DecidedBriefing:
    return decide(parse_briefing(text.encode()), text, KNOWN, "daily", "daily")


def context(text: str) -> list[tuple[str, str, str | None]]:
    """Return field, surface and node of the context mentions outside of items."""
    mentions: list[tuple[str, str, str | None]] = []
    for mention in decided(text).mentions:
        span = mention.span
        assert text[span.start : span.end] == mention.surface
        assert mention.surface in text.splitlines()[span.first_line - 1]
        if mention.kind == "context":
            mentions.append((mention.field, mention.surface, mention.node))
    return mentions


def test_a_preamble_names_entities() -> None:
    text = f"{_HEAD}今天看 DeepSeek。\n\n## 新聞\n{_ITEMS}"
    assert context(text) == [("preamble", "DeepSeek", "c:deepseek")]


def test_a_cell_of_a_table_outside_of_items_names_entities() -> None:
    text = f"{_HEAD}| 公司 | 事 |\n|---|---|\n| Anthropic | 融資 |\n\n## 新聞\n{_ITEMS}"
    assert context(text) == [("preamble", "Anthropic", "c:anthropic")]


def test_the_heading_of_a_category_names_entities() -> None:
    text = f"{_HEAD}## NVIDIA 專題\n{_ITEMS}"
    assert context(text) == [("section.title", "NVIDIA", "c:nvidia")]


def test_a_blurb_reading_and_background_note_name_entities() -> None:
    text = briefing(item("甲"))
    text = text.replace("### 甲", "_本節介紹 NVIDIA_\n\n### 甲", 1)
    text += "\n## 推薦閱讀\n\n- [DeepSeek 論文](https://a.com/p) — 與 Mistral 比較\n"
    text += "\n## 背景知識\n\n- 推論：Anthropic 的說法。\n"
    surfaces = {surface for _, surface, _ in context(text)}
    assert {"DeepSeek", "Mistral"} <= surfaces


@pytest.mark.parametrize(
    "byline",
    [
        "作者：NVIDIA 編輯部",
        "編輯: DeepSeek",
        "> *By: Anthropic*",
        "Written by Mistral",
        "本報由 DeepSeek 自動生成",
        "2026-01-02 | Powered by Perplexity",
    ],
)
def test_a_byline_names_nobody(byline: str) -> None:
    assert context(f"{_HEAD}{byline}\n\n## 新聞\n{_ITEMS}") == []


@pytest.mark.parametrize(
    "sentence",
    [
        "A chip made by NVIDIA leads.",
        "影片由 NVIDIA 生成，震驚業界。",
        "由 NVIDIA 製作的晶片",
    ],
)
def test_a_sentence_with_by_is_no_byline(sentence: str) -> None:
    text = f"{_HEAD}{sentence}\n\n## 新聞\n{_ITEMS}"
    assert context(text) == [("preamble", "NVIDIA", "c:nvidia")]


def test_a_comment_names_nobody() -> None:
    text = f"{_HEAD}今天看 DeepSeek。%% Mistral %%\n\n<!-- NVIDIA -->\n\n## 新聞\n{_ITEMS}"
    assert context(text) == [("preamble", "DeepSeek", "c:deepseek")]


def test_a_list_of_contents_names_nobody() -> None:
    text = f"{_HEAD}1. [NVIDIA 出貨](#item-1)\n2. [甲](#item-2)\n\n## 新聞\n{_ITEMS}"
    assert context(text) == []


def test_text_of_an_item_is_no_context() -> None:
    text = briefing(item("NVIDIA 出貨", summary="DeepSeek 回應。"), item("Mistral 上線"))
    kinds: list[str] = []
    mentions: list[NamedMention] = []
    for _, items in decided(text).sections:
        for decided_item in items:
            mentions.extend(decided_item.mentions)
    kinds.extend(mention.kind for mention in mentions)
    assert kinds == ["title", "body", "title"]


def test_labels_of_items_belong_to_their_item() -> None:
    text = briefing(item("甲"), item("乙"))
    ordinals = {p.ordinal for p in context_ranges(parse_briefing(text.encode())) if p.ordinal}
    assert ordinals == {1, 2}
