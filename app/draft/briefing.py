"""The content of a draft: topics are grouped, ranked, placed and quoted; a pure function.

Readings, background notes and the watch list are in `app/draft/extras.py`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime

from app.draft.article import CollectedArticle, NamedArticle, named_article
from app.draft.extras import Watched, background, readings, watched
from app.draft.forms import ROUND_UP
from app.draft.ranking import (
    History,
    Rank,
    Rising,
    mention_counts,
    rank,
    relative_importance,
    rises,
    subject_of,
)
from app.draft.sections import place, speaks_of_the_field
from app.draft.summaries import LANGUAGE_ORDER, Extract, Quote, by_preference, extract
from app.draft.topic import DraftTopic
from app.draft.topics import group
from app.normalize.decide import Knowledge
from app.normalize.identity import stable_id
from app.normalize.stories.features import (
    LISTED,
    TITLED,
    EntityMention,
    is_name,
    type_weight,
)
from app.normalize.text.idf import Idf

MAX_HEADLINES, MAX_HEADLINES_OF_SECTION = 6, 2
MAX_KEYWORDS = 12
MAX_LISTED_NAMES = 8
# A term in more articles of the day, and in more than 2 %, is an everyday one.
_MIN_EVERYDAY_ARTICLES, _EVERYDAY_SHARE = 3, 0.02


@dataclass(frozen=True, slots=True)
class DraftTerms:
    """The settings of a draft. The window ends at `end` and begins at `start`."""

    start: datetime
    end: datetime
    max_topics: int


@dataclass(frozen=True, slots=True)
class DraftBriefing:
    """All that a draft says; `topics` are by rank, the chosen ones first."""

    terms: DraftTerms
    history_days: int
    """Days of the last 28 with a briefing; with 0, nothing is marked as new or rising."""
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
        """The first topics: of one section at most two, and of one lead name one."""
        headlines: list[DraftTopic] = []
        sections: Counter[str] = Counter()
        leads: set[str] = set()
        for topic in self.chosen:
            kind = topic.placement.kind
            if sections[kind] == MAX_HEADLINES_OF_SECTION or topic.lead in leads:
                continue
            headlines.append(topic)
            sections[kind] += 1
            leads.update(filter(None, [topic.lead]))
        return headlines[:MAX_HEADLINES]

    def section(self, kind: str) -> list[DraftTopic]:
        """Return the other topics of a kind of section."""
        headlines = {topic.id for topic in self.headlines}
        rest = [topic for topic in self.chosen if topic.id not in headlines]
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
    families = _families(knowledge)
    rising = rises(articles, history, families)
    topics = _ranked(articles, rising, history, names, terms)
    counts = _counts(articles, families)
    chosen = [topic for topic in topics if topic.chosen]
    named = {entry.article.id: entry for entry in articles}
    return DraftBriefing(
        terms=terms,
        history_days=history.days,
        articles=len(articles),
        topics=tuple(topics),
        names=names,
        watched=tuple(watched(chosen, named, rising, names, history)),
        readings=tuple(readings(topics, named)),
        background=tuple(background(chosen, names, knowledge)),
        keywords=_keywords(chosen, names),
        counts=tuple((names[node], count) for node, count in counts[:5]),
    )


def _names(articles: Sequence[NamedArticle], knowledge: Knowledge) -> dict[str, str]:
    """Return the name of each entity: the catalogue's, or the spelling that is used most.

    Of the catalogue's names it is the Traditional Chinese one, unless the day's articles in that
    script write the original name more often: SpaceX, not 太空探索技術公司.
    """
    surfaces: dict[str, Counter[str]] = {}
    local: dict[str, Counter[str]] = {}
    for named in articles:
        for node, mention in named.features.mentions.items():
            surfaces.setdefault(node, Counter()).update(mention.surfaces)
            if named.article.language == LANGUAGE_ORDER[0]:
                local.setdefault(node, Counter()).update(mention.surfaces)
    names = {}
    for node, counts in surfaces.items():
        slug = node.removeprefix("c:")
        entity = knowledge.catalogue.entities.get(slug) if slug != node else None
        if entity is None:
            names[node] = min(counts, key=lambda surface: (-counts[surface], surface))
            continue
        used = local.get(node, Counter())
        translated = entity.names.get("zh-Hant") or entity.title
        is_original = used[entity.title] > used[translated]
        names[node] = entity.title if is_original else translated
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
    everyday = _everyday_terms(articles)
    entries = []
    for topic in group(articles):
        topic_rank = rank(
            topic,
            rising,
            history,
            names,
            terms.start,
            terms.end,
        )
        entries.append((topic, topic_rank))
    entries.sort(key=lambda entry: (-entry[1].salience, entry[0][0].article.id))
    topics: list[DraftTopic] = []
    places = 0
    for number, (topic, topic_rank) in enumerate(entries, 1):
        draft = _draft_topic(topic, topic_rank, idf, everyday)
        reason = _refusal(
            topic,
            draft.extract,
            places,
            number,
            len(entries),
            terms,
        )
        if not reason:
            places += 1
        topics.append(_decided(draft, reason, places))
    chosen = [topic for topic in topics if topic.chosen]
    weighed = []
    for place_number, draft in enumerate(chosen, 1):
        level = relative_importance(draft.rank.salience, place_number, len(chosen))
        weighed.append(replace(draft, rank=replace(draft.rank, importance=level)))
    return weighed + [topic for topic in topics if not topic.chosen]


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
    if topic[0].form == ROUND_UP:
        return "it is a round-up of several events, by its title"
    if not speaks_of_the_field(topic):
        return "it names no entity of the catalogue and no word of the field"
    if places >= terms.max_topics:
        return f"rank {number} of {topics} by salience; the draft holds {terms.max_topics} topics"
    return ""


def _decided(topic: DraftTopic, refusal: str, place_number: int) -> DraftTopic:
    choice = refusal or f"place {place_number} by salience"
    return replace(topic, chosen=not refusal, choice=choice)


def _draft_topic(
    topic: Sequence[NamedArticle], topic_rank: Rank, idf: Idf, everyday: Set[str]
) -> DraftTopic:
    articles = by_preference(named.article for named in topic)
    ids = sorted(article.id for article in articles)
    nodes = _topic_nodes(topic, everyday)
    return DraftTopic(
        id=stable_id("tp", *ids),
        articles=tuple(articles),
        nodes=nodes,
        rank=topic_rank,
        placement=place(topic),
        extract=extract(articles, idf),
        lead=subject_of(topic) or (nodes[0] if nodes else None),
        chosen=True,
        choice="",
    )


def _is_in_passing(mention: EntityMention) -> bool:
    """Whether a text names a term or place on its way: 北京时间, 美元."""
    least_weight = TITLED if mention.type == "place" else LISTED
    return not is_name(mention) and mention.weight < least_weight


def _everyday_terms(articles: Sequence[NamedArticle]) -> set[str]:
    """Return the terms, not names, that many articles of the day have: 晶片, 開源, 融資."""
    counts: Counter[str] = Counter()
    for named in articles:
        for node, mention in named.features.mentions.items():
            if not is_name(mention):
                counts[node] += 1
    limit = max(_MIN_EVERYDAY_ARTICLES, _EVERYDAY_SHARE * len(articles))
    return {node for node, count in counts.items() if count > limit}


def _topic_nodes(topic: Sequence[NamedArticle], everyday: Set[str]) -> tuple[str, ...]:
    """Return the entities of a topic, those that most of its titles and leads name first.

    Everyday terms are left out.
    """
    weights: dict[str, float] = {}
    for named in topic:
        for node, mention in named.features.mentions.items():
            if node in everyday or _is_in_passing(mention):
                continue
            weight = mention.weight * type_weight(mention.type)
            weights[node] = weights.get(node, 0.0) + weight
    ordered = sorted(weights, key=lambda node: (-round(weights[node], 6), node))
    return tuple(ordered[:MAX_LISTED_NAMES])


def _families(knowledge: Knowledge) -> dict[str, str]:
    """Return the family of each entity that has one, as nodes."""
    families = {}
    for slug, entity in knowledge.catalogue.entities.items():
        if entity.family:
            families[f"c:{slug}"] = f"c:{entity.family}"
    return families


def _counts(articles: Sequence[NamedArticle], families: Mapping[str, str]) -> list[tuple[str, int]]:
    """Return the names of the day in a prominent place with the articles that name them."""
    prominent: set[str] = set()
    for named in articles:
        prominent.update(named.features.prominent)
    counts = mention_counts(articles, families)
    return sorted(
        ((node, counts[node]) for node in prominent), key=lambda entry: (-entry[1], entry[0])
    )


def _keywords(topics: Sequence[DraftTopic], names: Mapping[str, str]) -> tuple[str, ...]:
    keywords: dict[str, None] = {}
    for topic in topics:
        for node in topic.nodes[:1]:
            keywords[names[node]] = None
    return tuple(keywords)[:MAX_KEYWORDS]
