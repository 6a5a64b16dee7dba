"""Names in front matter and heading: where they are found, and that none counts twice."""

import pytest

from app.normalize.decide import DecidedBriefing, Knowledge, decide
from app.normalize.entities.catalogue import Catalogue
from app.parse.briefing import parse_briefing

_ORGS = ("NVIDIA", "DeepSeek", "Anthropic", "Mistral", "Perplexity")
_RECORDS = [{"slug": name.lower(), "type": "org", "names": {"en": name}} for name in _ORGS]
KNOWN = Knowledge(Catalogue.from_records(_RECORDS))
_BODY = "\n## 新聞\n\n### [甲消息](https://a.com/x)\n\n文字。\n\n### [乙消息](https://a.com/y)\n\n文字。\n"


def decided(text: str) -> DecidedBriefing:
    return decide(parse_briefing(text.encode(), "2026-01-02.md"), text, KNOWN, "daily", "daily")


def named(text: str) -> list[tuple[str, str]]:
    """Return field and surface of the context mentions; each stands where its span says."""
    mentions: list[tuple[str, str]] = []
    for mention in decided(text).mentions:
        span = mention.span
        assert text[span.start : span.end] == mention.surface
        assert mention.surface in text.splitlines()[span.first_line - 1]
        if mention.kind == "context":
            mentions.append((mention.field, mention.surface))
    return mentions


YAML = """---
title: "NVIDIA 日報: 重點"
date: 2026-01-02
Description: >
  今天看 DeepSeek,
  note: Mistral 也在。
tags: [AI]
author: Perplexity
companies:
  - Anthropic
  - Zorbify Labs
---
"""
TOML = """+++
title = "NVIDIA 日報"
date = 2026-01-02
description = "今天看 DeepSeek 與 Mistral。"
author = "Perplexity"

[taxonomies]
companies = ["Anthropic", "Zorbify Labs"]
[extra]
source = "Perplexity"
+++
"""
JSON = """{
  "title": "NVIDIA 日報",
  "date": "2026-01-02",
  "description": "今天看 DeepSeek 與 Mistral。",
  "author": "Perplexity",
  "companies": [
    "Anthropic",
    "Zorbify Labs"
  ]
}
"""


@pytest.mark.parametrize("front", [YAML, TOML, JSON], ids=["yaml", "toml", "json"])
def test_front_matter_names_entities(front: str) -> None:
    assert named(front + _BODY) == [
        ("front_matter.title", "NVIDIA"),
        ("front_matter.description", "DeepSeek"),
        ("front_matter.description", "Mistral"),
        ("front_matter.entities", "Anthropic"),
        ("front_matter.entities", "Zorbify Labs"),
    ]


def test_the_first_heading_names_entities() -> None:
    front = "---\ndate: 2026-01-02\n---\n"
    assert named(f"{front}# DeepSeek 日報\n{_BODY}") == [("heading", "DeepSeek")]


def test_a_name_counts_once_in_what_describes_the_document() -> None:
    front = "---\ntitle: NVIDIA 日報\nsummary: 看 NVIDIA\ncompanies: [NVIDIA]\n---\n"
    assert named(f"{front}# NVIDIA 日報\n{_BODY}") == [("front_matter.title", "NVIDIA")]


def test_a_name_that_the_front_matter_lists_is_found_in_items() -> None:
    text = f"---\ncompanies: [Zorbify Labs]\n---\n{_BODY}".replace("文字", "Zorbify Labs 開張", 1)
    ((_, (first, _)),) = decided(text).sections
    assert [mention.node for mention in first.mentions] == ["k:zorbifylabs"]
