"""The rest of a draft beside its items: the watch list, readings and background notes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.draft.article import NamedArticle, entity_type
from app.draft.forms import REPORT, ROUND_UP
from app.draft.ranking import History, Rising
from app.draft.sections import speaks_of_the_field
from app.draft.summaries import Quote
from app.draft.topic import DraftTopic
from app.normalize.decide import Knowledge
from app.normalize.text.folding import fold

MAX_WATCHED = 5
MAX_READINGS = 5
MAX_BACKGROUND = 5
# Folded words of what is not settled yet. A plan must plan something: 玻璃翼計畫 is a name.
_OPEN_WORDS = re.compile(
    r"据传|据报|传出|传将|拟(?!人|真|合)|预计|将于|将在|有望|尚未|考虑|洽谈|谈判|可能|预期"
    r"|计[划画](?=[^」，。、的]{0,3}[于在将向把以今明后年底推建投收购出裁赴募扩增让])"
    r"|\breportedly\b|\bplans? to\b|\bexpect(?:s|ed) to\b|\bconsidering\b|\bin talks\b|\bwill\b"
    r"|\bcould\b|\bmay be\b"
)
# Folded words of titles that tell that money was paid or is agreed.
_SETTLED_WORDS = re.compile(
    r"完成|付清|敲定|募得|获得|已(?:投资|收购|签)|\b(?:closes|closed|completes|completed|finalizes|raised"
    r"|raises|acquired|invested)\b"
)
_SETTLED_ACTS = frozenset(["funding", "investment", "acquisition"])
_TYPE_NAMES = {
    "org": "組織",
    "model": "模型",
    "product": "產品",
    "person": "人物",
    "dataset": "資料集",
    "chip": "晶片",
    "method": "方法",
    "concept": "概念",
    "event": "活動",
    "place": "地點",
}
_TECHNICAL_TYPES = ("model", "product", "chip", "dataset", "method")
# A concept of a story about money is no technology.
_TECHNICAL_SECTIONS = ("research", "tools")


@dataclass(frozen=True, slots=True)
class Watched:
    """A name and a sentence about it that says what is not settled."""

    name: str
    rising: Rising
    quote: Quote


def watched(
    topics: Sequence[DraftTopic],
    articles: Mapping[str, NamedArticle],
    rising: Mapping[str, Rising],
    names: Mapping[str, str],
    history: History,
) -> list[Watched]:
    """Return rising names of which a quoted sentence says that something is not settled.

    The name is the first in its sentence. Without history those in most articles are watched.
    """
    entries: dict[str, Watched] = {}
    for topic in topics:
        if _is_settled(topic, articles):
            continue
        for quote in topic.extract.summary:
            if not _OPEN_WORDS.search(fold(quote.sentence.text)):
                continue
            node = _first_name(quote, articles[quote.article.id], rising)
            if node is None or node in entries:
                continue
            if rising[node].rise > 0 or not history.days:
                entries[node] = Watched(names[node], rising[node], quote)
    ordered = sorted(
        entries.values(), key=lambda entry: (-entry.rising.rise, -entry.rising.articles, entry.name)
    )
    return ordered[:MAX_WATCHED]


def _is_settled(topic: DraftTopic, articles: Mapping[str, NamedArticle]) -> bool:
    """Whether another article of the day says that what a topic's names talk of is done."""
    first = articles[topic.articles[0].id]
    subjects = first.features.subjects
    acts = first.acts & _SETTLED_ACTS
    members = {article.id for article in topic.articles}
    if not acts or not subjects:
        return False
    for other in articles.values():
        title = fold(other.article.title)
        if other.article.id in members or not subjects <= other.features.subjects:
            continue
        is_done = _SETTLED_WORDS.search(title) and not _OPEN_WORDS.search(title)
        if is_done and acts & other.acts:
            return True
    return False


def _first_name(quote: Quote, named: NamedArticle, rising: Mapping[str, Rising]) -> str | None:
    """Return the name among those that may rise that a sentence has first."""
    places = []
    for node, mention in named.features.mentions.items():
        if node not in rising:
            continue
        for surface in mention.surfaces:
            place = quote.text.find(surface)
            if place >= 0:
                places.append((place, -len(surface), node))
    return min(places)[2] if places else None


def readings(topics: Sequence[DraftTopic], articles: Mapping[str, NamedArticle]) -> list[Quote]:
    """Return articles worth reading whole, one a topic.

    Those of the highest authority come first, then opinions, reviews and guides before reports,
    then the longest. Round-ups are none.
    """
    entries = []
    for topic in topics:
        candidates = []
        for article in topic.articles:
            named = articles[article.id]
            if article.sentences and named.form != ROUND_UP and speaks_of_the_field([named]):
                is_report = named.form == REPORT
                length = len(article.sentences)
                candidates.append((-article.authority, is_report, -length, article.id))
        if candidates:
            entries.append(min(candidates))
    quotes = []
    for entry in sorted(entries)[:MAX_READINGS]:
        article = articles[entry[-1]].article
        quotes.append(Quote(article.sentences[0], article))
    return quotes


def background(
    topics: Sequence[DraftTopic], names: Mapping[str, str], knowledge: Knowledge
) -> list[tuple[str, str]]:
    """Return what the catalogue says of technical names, one of each topic."""
    notes: dict[str, str] = {}
    for topic in topics:
        for node in topic.nodes:
            kind = entity_type(node, knowledge)
            is_concept = kind == "concept" and topic.placement.kind in _TECHNICAL_SECTIONS
            if not is_concept and kind not in _TECHNICAL_TYPES:
                continue
            note = _note(node, kind, names, knowledge)
            if note and names[node] not in notes:
                notes[names[node]] = note
                break
    return list(notes.items())[:MAX_BACKGROUND]


def _note(node: str, kind: str, names: Mapping[str, str], knowledge: Knowledge) -> str:
    """Return the type, maker, family and other names of an entity; empty without any."""
    entities = knowledge.catalogue.entities
    entity = entities.get(node.removeprefix("c:")) if node.startswith("c:") else None
    if not entity:
        return ""
    parts = []
    for slug, phrase in ((entity.maker, "由 {} 推出"), (entity.family, "屬於 {} 系列")):
        other = entities.get(slug or "")
        if other:
            name = names.get(f"c:{slug}") or other.names.get("zh-Hant") or other.title
            parts.append(phrase.format(name))
    name = names[node]
    others = []
    for other_name in dict.fromkeys(entity.names.values()):
        # 加州 SB 53 法案 says nothing new of SB 53.
        if name not in other_name and other_name not in name:
            others.append(other_name)
    if others:
        parts.append(f"又名 {'、'.join(others)}")
    return f"{_TYPE_NAMES.get(kind, '名稱')}，{'，'.join(parts)}。" if parts else ""
