"""An article as a draft sees it: its text, its names, and its features for grouping."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import urlsplit

from app.draft.figures import amounts
from app.draft.forms import form_of
from app.draft.sentences import Sentence, sentences
from app.normalize.decide import Knowledge
from app.normalize.identity import stable_id, title_key
from app.normalize.lexicon import english_words
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
_BARE_VERSION = re.compile(r"(?<![\w.-])[VKR]\d{1,2}(?:\.\d)?(?![\w.-])")
_LATIN_NAME = re.compile(r"[A-Z][\w.+-]*[A-Z0-9][\w.+-]*|[A-Z][a-z]{2,}(?:[A-Z][a-z]+)*")

# Each second report has these; they tell no event.
_NO_NAMES = frozenset(["ai", "ceo", "us", "uk", "eu", "it", "api"])

# One kind of event in all languages, for articles that share no words; folded.
ACTS: Mapping[str, str] = {
    "release": "发布 推出 上线 亮相 问世 开源 launch releas unveil introduc open-source ships"
    " 释出 is#out",
    "listing": "上市 挂牌 港交所 科创板 ipo lists listing# debut",
    "funding": "融资 募资 估值 raises raised funding fundrais series# valued# valuation",
    "investment": "投资 入股 invest stake",
    "acquisition": "收购 并购 买下 acquir buys to#buy merger takeover",
    "lawsuit": "诉讼 起诉 控告 法院 法官 侵权 陪审 胜诉 败诉 上诉 lawsuit suit sues court judge jury"
    " verdict appeal",
    "rules": "监管 法案 禁令 法规 管制 禁止 行政令 行政命令 调查 regulat bill# ban# export#control"
    " probe antitrust order# ai#act raise#act",
    "deal": "合作 签约 协议 授权 partner deal# agreement alliance licens",
    "security": "漏洞 攻击 泄露 资安 vulnerab attack breach leak",
    "people": "离职 辞职 任命 卸任 退休 裁员 裁撤 挖角 resign appoint hire layoff lay#off retire cut",
    "earnings": "财报 营收 获利 净利 earnings revenue profit# profits#",
    "price": "涨价 调涨 降价 price",
    "outage": "当机 中断 故障 宕机 停电 瘫痪 outage downtime blackout",
}
"""Beginnings of words, Chinese ones folded; `#` is a space, at the end the end of a word."""


def _act_pattern(stems: str) -> re.Pattern[str]:
    patterns = []
    for stem in stems.split():
        words = re.escape(stem.rstrip("#")).replace("\\#", " ").replace("#", " ")
        # A for-profit company reports no profit.
        edge = r"(?<![\w-])" if stem.isascii() else ""
        end = r"\b" if stem.endswith("#") else ""
        patterns.append(f"{edge}{words}{end}")
    return re.compile("|".join(patterns))


_ACT_PATTERNS = {act: _act_pattern(stems) for act, stems in ACTS.items()}


def language_family(language: str) -> str:
    """Return a language without its script: both Chinese scripts are one."""
    return language.partition("-")[0]


@dataclass(frozen=True)
class CollectedArticle:
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
        # 「該計畫…」 needs the sentence that the title repeats.
        if not others or others[0].refers_back:
            return all_sentences
        return others


@dataclass(frozen=True)
class NamedArticle:
    """An article with its names and features. `order` is its place among the articles."""

    article: CollectedArticle
    order: int
    features: StoryFeatures
    neutral: Mapping[str, int]
    """Names, numbers and Latin names: what a report has in any language, with counts."""
    acts: frozenset[str]

    @cached_property
    def title_names(self) -> frozenset[str]:
        """Names written in Latin letters in the title, folded."""
        return frozenset(map(fold, _LATIN_NAME.findall(self.article.title)))

    @cached_property
    def form(self) -> str:
        """`report`, or the form of an article that tells of no event of its own."""
        return form_of(self.article.title)

    @property
    def language_family(self) -> str:
        """The language of the article, both Chinese scripts as one."""
        return language_family(self.article.language)


def named_article(article: CollectedArticle, order: int, knowledge: Knowledge) -> NamedArticle:
    """Find the names of an article."""
    body = article.text[:SCANNED_CHARS]
    text = f"{article.title}\n{body}"
    mentions = _mentions(text, len(article.title), knowledge)
    mentions.update(_parted_versions(article.title, mentions, knowledge))
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
    """Return the type of an entity; a version that no catalogue has is a model.

    A chip without a maker and a generation (GPU, DRAM) is a class of chips, which is a concept.
    """
    if not node.startswith("c:"):
        return "model"
    entity = knowledge.catalogue.entities[node.removeprefix("c:")]
    is_class = entity.type == "chip" and not entity.maker and not re.search(r"\d", entity.title)
    return "concept" if is_class else entity.type


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


def _parted_versions(
    title: str, mentions: Mapping[str, EntityMention], knowledge: Knowledge
) -> dict[str, EntityMention]:
    """Return versions that are apart from their name: DeepSeek-V4 in 「DeepSeek 開源 V4」."""
    parted = {}
    names = [mention for mention in mentions.values() if mention.weight >= TITLED]
    for version in _BARE_VERSION.finditer(title):
        for mention in names:
            for surface in mention.surfaces:
                name = f"{surface} {version[0]}"
                matches = list(knowledge.scanner.scan(name))
                is_whole = len(matches) == 1 and matches[0].end - matches[0].start == len(name)
                if is_whole and matches[0].node not in mentions:
                    parted[matches[0].node] = EntityMention(
                        type=entity_type(matches[0].node, knowledge),
                        weight=TITLED,
                        offset=version.start(),
                        surfaces=frozenset([version[0]]),
                    )
    return parted


def _cited(article: CollectedArticle, body: str) -> tuple[list[str], list[str]]:
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
    for amount in amounts(text):
        counts[f"a:{amount}"] = 1
    for match in _LATIN_NAME.finditer(text):
        if fold(match[0]) not in _NO_NAMES and not _opens_sentence(match, text):
            counts[f"w:{fold(match[0])}"] = 1
    return counts


def _opens_sentence(match: re.Match[str], text: str) -> bool:
    """Whether a word may have its capital from its place alone: The, Shares, Users."""
    before = text[max(match.start() - 4, 0) : match.start()].rstrip("\"'“‘( ")
    is_first = not before or before[-1] in ".!?:\n"
    return is_first and match[0].istitle() and english_words.count(match[0]) > 0


def acts_of(title: str, body: str) -> frozenset[str]:
    """Return the kinds of event that a title names; those of its lead if it names none."""
    for text in (fold(title), fold(body[:_LEAD_CHARS])):
        acts = [act for act, pattern in _ACT_PATTERNS.items() if pattern.search(text)]
        if acts:
            return frozenset(acts)
    return frozenset()
