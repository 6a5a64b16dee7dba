"""An article as a draft sees it: its text, its names, and its features for grouping."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import urlsplit

from app.draft.sentences import Sentence, sentences
from app.normalize.decide import Knowledge
from app.normalize.identity import stable_id, title_key
from app.normalize.sources.publishers import publisher_name
from app.normalize.sources.urls import identify
from app.normalize.stories.features import IN_TEXT, LISTED, TITLED, EntityMention, StoryFeatures
from app.normalize.text.folding import fold
from app.normalize.text.idf import numbers

SCANNED_CHARS = 2_500
"""Characters of a text that are searched for names."""
_LEAD_CHARS = 200
_ARXIV = re.compile(r"(?<![\w.])\d{4}\.\d{4,5}(?:v\d+)?(?![\w.])")
_LINK = re.compile(r"https?://[^\s<>|）)」』，。；、\"']+")
_LATIN_NAME = re.compile(r"[A-Z][\w.+-]*[A-Z0-9][\w.+-]*|[A-Z][a-z]{2,}(?:[A-Z][a-z]+)*")

# One kind of event in all languages, for articles that share no words; folded.
ACTS: Mapping[str, tuple[str, ...]] = {
    "release": tuple(
        "发布 推出 上线 亮相 问世 开源 launch release unveil introduce debut announces"
        " open-source ships".split()
    ),
    "funding": tuple("融资 募资 估值 投资 raises funding valuation invest round".split()),
    "acquisition": tuple("收购 并购 买下 acquire acquisition buys merger takeover".split()),
    "lawsuit": tuple("诉讼 起诉 控告 判决 法院 lawsuit sues court ruling judge settle".split()),
    "rules": tuple("监管 法案 禁令 法规 管制 欧盟 regulat bill ban law export control act".split()),
    "deal": tuple("合作 签约 协议 伙伴 partner deal agreement alliance contract".split()),
    "security": tuple(
        "漏洞 攻击 泄露 资安 安全 注入 vulnerab attack breach leak injection".split()
    ),
    "people": tuple("离职 辞职 任命 加入 裁员 挖角 resign appoint hire layoff ceo step".split()),
    "earnings": tuple("财报 营收 获利 净利 季度 earnings revenue profit quarter sales".split()),
    "chips": tuple("芯片 晶片 制程 量产 产能 chip wafer foundry gpu production".split()),
    "research": tuple("论文 研究 基准 方法 paper study benchmark method arxiv researchers".split()),
    "outage": tuple("当机 中断 故障 宕机 outage downtime disruption".split()),
}


@dataclass(frozen=True)
class Candidate:
    """An article of the window. `authority` and `section` are those of its feed."""

    id: str
    source_id: str
    url: str
    publisher: str
    title: str
    text: str
    language: str
    moment: datetime
    authority: float
    section: str | None

    @property
    def publisher_name(self) -> str:
        """The name of the publisher as readers know it."""
        return publisher_name(self.publisher)

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The sentences that a summary may quote."""
        title = title_key(self.title)
        all_sentences = sentences(self.text)
        # A sentence that the title repeats says nothing below it.
        others = [entry for entry in all_sentences if title_key(entry.text) not in title]
        return others or all_sentences


@dataclass(frozen=True)
class NamedArticle:
    """An article with its names and features. `order` is its place among the articles."""

    article: Candidate
    order: int
    features: StoryFeatures
    neutral: Mapping[str, int]
    """Names, numbers and Latin names: what a report has in any language, with counts."""
    acts: frozenset[str]

    @property
    def language_family(self) -> str:
        """The language, both Chinese scripts as one."""
        return self.article.language.partition("-")[0]


def named_article(article: Candidate, order: int, knowledge: Knowledge) -> NamedArticle:
    """Find the names of an article."""
    body = article.text[:SCANNED_CHARS]
    text = f"{article.title}\n{body}"
    mentions = _mentions(text, len(article.title), knowledge)
    papers, cited = _cited(article, body)
    features = StoryFeatures(
        id=article.id,
        briefing="",
        position=(article.moment.date(), "", order),
        title=article.title,
        text=body,
        sources=frozenset([article.source_id, *cited]),
        papers=frozenset(papers),
        mentions=mentions,
    )
    return NamedArticle(
        article,
        order,
        features,
        _neutral(text, mentions),
        acts_of(article.title, body),
    )


def entity_type(node: str, knowledge: Knowledge) -> str:
    """Return the type of an entity; a version that no catalogue has is a model."""
    if not node.startswith("c:"):
        return "model"
    return knowledge.catalogue.entities[node.removeprefix("c:")].type


def _mentions(text: str, title_chars: int, knowledge: Knowledge) -> dict[str, EntityMention]:
    places: dict[str, list[tuple[int, int]]] = {}
    for match in knowledge.scanner.scan(text):
        places.setdefault(match.node, []).append((match.start, match.end))
    mentions = {}
    for node, spans in places.items():
        first = spans[0][0]
        is_prominent = len(spans) > 1 or first < title_chars + _LEAD_CHARS
        weight = LISTED if is_prominent else IN_TEXT
        if first < title_chars:
            weight = TITLED
        mentions[node] = EntityMention(
            type=entity_type(node, knowledge),
            weight=weight,
            offset=first if first < title_chars else 0,
            surfaces=frozenset(text[start:end] for start, end in spans),
        )
    return mentions


def _cited(article: Candidate, body: str) -> tuple[list[str], list[str]]:
    """Return the ids of the papers and of the other sources that a text links to or is."""
    papers, others = [], []
    addresses = [article.url, *_LINK.findall(body)]
    for arxiv_id in _ARXIV.findall(body):
        if "arxiv" in body.lower():
            addresses.append(f"arXiv:{arxiv_id}")
    for address in addresses:
        identity = identify(None, address)
        if not identity.key:
            continue
        source = stable_id("s", identity.key)
        if identity.arxiv_id:
            papers.append(source)
        elif urlsplit(address).path.strip("/"):
            others.append(source)
    return papers, others


def _neutral(text: str, mentions: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for node in mentions:
        counts[f"e:{node}"] = 1
    for number in numbers(text):
        if len(number) > 1:
            counts[f"n:{number}"] = 1
    for name in _LATIN_NAME.findall(text):
        counts[f"w:{fold(name)}"] = 1
    return counts


def acts_of(title: str, body: str) -> frozenset[str]:
    """Return the kinds of event that a title names; those of its lead if it names none."""
    for text in (fold(title), fold(body[:_LEAD_CHARS])):
        acts = set()
        for act, stems in ACTS.items():
            if any(stem in text for stem in stems):
                acts.add(act)
        if acts:
            return frozenset(acts)
    return frozenset()
