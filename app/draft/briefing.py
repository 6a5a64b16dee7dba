"""The content of a draft: topics are grouped, ranked, placed and quoted; a pure function."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.draft.article import CollectedArticle, NamedArticle, entity_type, named_article
from app.draft.ranking import History, Rank, Rising, rank, rises
from app.draft.sections import Placement, place, speaks_of_the_field, word_pattern
from app.draft.summaries import Extract, Quote, by_preference, extract
from app.draft.topics import group
from app.normalize.decide import Knowledge
from app.normalize.identity import stable_id
from app.normalize.stories.features import type_weight
from app.normalize.text.folding import fold
from app.normalize.text.idf import Idf

MAX_HEADLINES = 6
MAX_WATCHED = 5
MAX_READINGS = 5
MAX_BACKGROUND = 5
MAX_KEYWORDS = 12
MAX_LISTED_NAMES = 8
# Words of what is not settled yet, folded.
_OPEN_WORDS = word_pattern(
    (
        *("据传", "据报", "传出", "拟", "计划", "计画", "预计", "将于", "有望", "尚未", "考虑"),
        *("洽谈", "可能", "reportedly", "plans to", "plan to", "expected to", "considering"),
        *("in talks", "will", "may", "could"),
    )
)


@dataclass(frozen=True, slots=True)
class DraftTerms:
    """The settings of a draft. The window ends at `end` and begins at `start`."""

    start: datetime
    end: datetime
    max_topics: int


@dataclass(frozen=True, slots=True)
class DraftTopic:
    """A topic with all that its item says. `articles` are in order of preference."""

    id: str
    articles: tuple[CollectedArticle, ...]
    nodes: tuple[str, ...]
    rank: Rank
    placement: Placement
    extract: Extract
    chosen: bool
    choice: str
    written_title: str | None = None
    """An editor's title."""

    @property
    def title(self) -> str:
        """The editor's title, else that of the first article."""
        return self.written_title or self.articles[0].title


@dataclass(frozen=True, slots=True)
class Watched:
    """A rising name and a sentence about what is not settled."""

    name: str
    rising: Rising
    quote: Quote


@dataclass(frozen=True, slots=True)
class DraftBriefing:
    """All that a draft says; `topics` are by rank, the chosen ones first."""

    terms: DraftTerms
    articles: int
    topics: tuple[DraftTopic, ...]
    names: Mapping[str, str]
    """Names of entities by node, in Traditional Chinese where there is one."""
    watched: tuple[Watched, ...]
    readings: tuple[Quote, ...]
    background: tuple[tuple[str, str], ...]
    """Names with what the catalogue says of them."""
    keywords: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]
    """Names with the number of articles that name them, most frequent first."""

    @property
    def chosen(self) -> list[DraftTopic]:
        """The topics of the draft."""
        return [topic for topic in self.topics if topic.chosen]

    @property
    def headlines(self) -> list[DraftTopic]:
        """The first topics."""
        return self.chosen[:MAX_HEADLINES]

    def section(self, kind: str) -> list[DraftTopic]:
        """Return the other topics of a kind of section."""
        rest = self.chosen[MAX_HEADLINES:]
        return [topic for topic in rest if topic.placement.kind == kind]


def compose(
    candidates: Sequence[CollectedArticle],
    history: History,
    terms: DraftTerms,
    knowledge: Knowledge,
) -> DraftBriefing:
    """Return the draft of some articles. The order of `candidates` changes nothing."""
    ordered = sorted(candidates, key=lambda article: (article.moment, article.id))
    articles = []
    for order, candidate in enumerate(ordered):
        articles.append(named_article(candidate, order, knowledge))
    names = _names(articles, knowledge)
    rising = rises(articles, history)
    topics = _ranked(articles, rising, history, names, terms)
    counts = _counts(articles)
    chosen = [topic for topic in topics if topic.chosen]
    keywords = _keywords(chosen, names)
    return DraftBriefing(
        terms=terms,
        articles=len(articles),
        topics=tuple(topics),
        names=names,
        watched=tuple(_watched(chosen, rising, names)),
        readings=tuple(_readings(chosen)),
        background=tuple(_background(chosen, names, knowledge)),
        keywords=keywords,
        counts=tuple((names[node], count) for node, count in counts[:5]),
    )


def _names(articles: Sequence[NamedArticle], knowledge: Knowledge) -> dict[str, str]:
    """Return the name of each entity: the catalogue's, or the spelling that is used most."""
    surfaces: dict[str, Counter[str]] = {}
    for named in articles:
        for node, mention in named.features.mentions.items():
            surfaces.setdefault(node, Counter()).update(mention.surfaces)
    names = {}
    for node, counts in surfaces.items():
        slug = node.removeprefix("c:")
        entity = knowledge.catalogue.entities.get(slug) if slug != node else None
        spelling = min(counts, key=lambda surface: (-counts[surface], surface))
        names[node] = spelling
        if entity:
            names[node] = entity.names.get("zh-Hant") or entity.title
    return names


def _ranked(
    articles: Sequence[NamedArticle],
    rising: Mapping[str, Rising],
    history: History,
    names: Mapping[str, str],
    terms: DraftTerms,
) -> list[DraftTopic]:
    idf = Idf()
    for named in articles:
        for sentence in named.article.sentences:
            idf.add(sentence.words)
    entries = []
    for topic in group(articles):
        topic_rank = rank(topic, rising, history, names, terms.start, terms.end)
        entries.append((topic, topic_rank))
    entries.sort(key=lambda entry: (-entry[1].salience, entry[0][0].article.id))
    topics: list[DraftTopic] = []
    places = 0
    for number, (topic, topic_rank) in enumerate(entries, 1):
        draft = _draft_topic(topic, topic_rank, idf)
        reason = _refusal(topic, draft.extract, places, number, len(entries), terms)
        if not reason:
            places += 1
        topics.append(_decided(draft, reason, places))
    return [topic for topic in topics if topic.chosen] + [
        topic for topic in topics if not topic.chosen
    ]


def _refusal(
    topic: Sequence[NamedArticle],
    quotes: Extract,
    places: int,
    number: int,
    topics: int,
    terms: DraftTerms,
) -> str:
    """Return why a topic is not chosen; empty for one that is."""
    if not quotes.summary:
        return "no article of it has a sentence that can be quoted"
    if not speaks_of_the_field(topic):
        return "it names no entity of the catalogue and no word of the field"
    if places >= terms.max_topics:
        return f"rank {number} of {topics} by salience; the draft holds {terms.max_topics} topics"
    return ""


def _decided(topic: DraftTopic, refusal: str, place_number: int) -> DraftTopic:
    choice = refusal or f"place {place_number} by salience"
    return replace(topic, chosen=not refusal, choice=choice)


def _draft_topic(topic: Sequence[NamedArticle], topic_rank: Rank, idf: Idf) -> DraftTopic:
    articles = by_preference(named.article for named in topic)
    ids = sorted(article.id for article in articles)
    return DraftTopic(
        id=stable_id("tp", *ids),
        articles=tuple(articles),
        nodes=_topic_nodes(topic),
        rank=topic_rank,
        placement=place(topic),
        extract=extract(articles, idf),
        chosen=True,
        choice="",
    )


def _topic_nodes(topic: Sequence[NamedArticle]) -> tuple[str, ...]:
    """Return the entities of a topic, those that most of its titles and leads name first."""
    weights: dict[str, float] = {}
    for named in topic:
        for node, mention in named.features.mentions.items():
            weight = mention.weight * type_weight(mention.type)
            weights[node] = weights.get(node, 0.0) + weight
    ordered = sorted(weights, key=lambda node: (-round(weights[node], 6), node))
    return tuple(ordered[:MAX_LISTED_NAMES])


def _counts(articles: Sequence[NamedArticle]) -> list[tuple[str, int]]:
    counts: Counter[str] = Counter()
    for named in articles:
        counts.update(named.features.prominent)
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))


def _keywords(topics: Sequence[DraftTopic], names: Mapping[str, str]) -> tuple[str, ...]:
    keywords: dict[str, None] = {}
    for topic in topics:
        for node in topic.nodes[:2]:
            keywords[names[node]] = None
    return tuple(keywords)[:MAX_KEYWORDS]


def _watched(
    topics: Sequence[DraftTopic], rising: Mapping[str, Rising], names: Mapping[str, str]
) -> list[Watched]:
    """Return rising names of which a quoted sentence says that something is not settled."""
    watched: dict[str, Watched] = {}
    for topic in topics:
        open_quotes = [quote for quote in topic.extract.summary if _is_open(quote)]
        risers = [rising[node] for node in topic.nodes if node in rising]
        risers.sort(key=lambda entry: (-entry.rise, -entry.articles, entry.node))
        for riser in risers[:1]:
            if open_quotes and riser.rise > 0 and riser.node not in watched:
                watched[riser.node] = Watched(names[riser.node], riser, open_quotes[0])
    ordered = sorted(
        watched.values(), key=lambda entry: (-entry.rising.rise, -entry.rising.articles, entry.name)
    )
    return ordered[:MAX_WATCHED]


def _is_open(quote: Quote) -> bool:
    return _OPEN_WORDS.search(fold(quote.sentence.text)) is not None


def _readings(topics: Sequence[DraftTopic]) -> list[Quote]:
    """Return the longest articles of the highest authority, one a topic."""
    quotes = []
    for topic in topics:
        longest = max(
            topic.articles,
            key=lambda article: (article.authority, len(article.sentences), article.id),
        )
        if longest.sentences:
            quotes.append(Quote(longest.sentences[0], longest))
    quotes.sort(
        key=lambda quote: (
            -quote.article.authority,
            -len(quote.article.sentences),
            quote.article.id,
        )
    )
    return quotes[:MAX_READINGS]


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


def _background(
    topics: Sequence[DraftTopic], names: Mapping[str, str], knowledge: Knowledge
) -> list[tuple[str, str]]:
    """Return what the catalogue says of names: type, other names, family and maker."""
    notes: dict[str, str] = {}
    entities = knowledge.catalogue.entities
    for topic in topics:
        for node in topic.nodes:
            slug = node.removeprefix("c:")
            entity = entities.get(slug) if slug != node else None
            if not entity or names[node] in notes:
                continue
            parts = []
            if entity.maker and entity.maker in entities:
                maker = entities[entity.maker]
                parts.append(f"由 {maker.names.get('zh-Hant') or maker.title} 推出")
            if entity.family and entity.family in entities:
                family = entities[entity.family]
                parts.append(f"屬於 {family.names.get('zh-Hant') or family.title} 系列")
            others = [name for name in entity.names.values() if name != names[node]]
            if others:
                parts.append(f"又名 {'、'.join(dict.fromkeys(others))}")
            if parts:
                kind = _TYPE_NAMES.get(entity_type(node, knowledge), "名稱")
                notes[names[node]] = f"{kind}，{'，'.join(parts)}。"
    return list(notes.items())[:MAX_BACKGROUND]
