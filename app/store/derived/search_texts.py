"""The searchable texts of items, entities, sources and briefings, each with the field it is in."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.normalize.text.folding import fold
from app.normalize.text.tokens import IN_ADDRESS, PART, SITE, stream
from app.store.encoding.item_texts import Field, ItemTexts, with_text
from app.store.tables import (
    Alias,
    BackgroundNote,
    Briefing,
    BriefingTag,
    Citation,
    Entity,
    Insight,
    Item,
    Mention,
    Publisher,
    Reading,
    Section,
    Source,
    WatchlistEntry,
)

# A tsvector holds less than a megabyte, of all three columns together.
MAX_TEXT_CHARS = 300_000
# Labels that only say that a link is a link: `來源 1`, `Source`, `[3]`.
_EMPTY_LABEL = re.compile(
    r"(?:(?:资料|新闻|参考|消息)?来源|出处|原文|参考(?:资料)?"
    r"|(?:原文|参考|来源|相关)?(?:链接|连结)|网址"
    r"|sources?|links?|urls?|references?|refs?)?[\W\d_]*"
)

_NO_WORDS = (f" {PART}", f" {IN_ADDRESS}", f" {SITE}")
"""Beginnings of tokens that are not counted."""
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")


@dataclass
class SearchTexts:
    """The texts of one thing, by the column they are searched in."""

    id: str
    date: dt.date
    title: list[Field] = field(default_factory=list)
    summary: list[Field] = field(default_factory=list)
    body: list[Field] = field(default_factory=list)
    beside: list[Field] | None = None
    """The last fields, which the row of an item lacks; None if no row has the texts together."""

    def fields(self) -> list[list[str]]:
        """Return the texts as they are shown, `[field, text]`."""
        return with_text(
            [
                *self.title,
                *self.summary,
                *self.body,
            ]
        )

    def stored_fields(self) -> list[list[str]]:
        """Return the texts that are stored with the tokens."""
        return self.fields() if self.beside is None else with_text(self.beside)

    def columns(self) -> dict[str, Any]:
        """Return the tokens of each column, and the number of tokens outside of addresses."""
        columns: dict[str, Any] = {}
        length = 0
        for name in ("title", "summary", "body"):
            texts = [text for _, text in getattr(self, name) if text]
            tokens = columns[name] = stream(texts, MAX_TEXT_CHARS)
            if tokens:
                # A space precedes each token, and one follows the last.
                length += tokens.count(" ") - 1 - sum(map(tokens.count, _NO_WORDS))

        columns["length"] = length
        return columns


TextsByPk = dict[int, SearchTexts]


def item_texts(session: Session, pks: Sequence[int]) -> TextsByPk:
    """Return the texts of items."""
    listed = _listed_surfaces(session, pks)
    citations = _citation_fields(session, pks)
    statement = select(
        col(Item.pk),
        col(Item.id),
        col(Item.date),
        col(Item.title),
        col(Item.summary),
        col(Item.details),
        col(Item.extra),
        col(Item.importance_reason),
        col(Item.parent),
    ).where(col(Item.pk).in_(pks))
    texts = {}
    for row in session.execute(statement):
        assert row.pk
        of_row = ItemTexts(*row[3:])
        beside: list[Field] = []
        for index, surface in enumerate(listed[row.pk]):
            beside.append((f"entities[{index}].surface", surface))
        beside.extend(citations[row.pk])
        texts[row.pk] = SearchTexts(
            row.id,
            row.date,
            [("title", of_row.title)],
            [("summary", of_row.summary)],
            [*of_row.body(), *beside],
            beside,
        )

    return texts


def _listed_surfaces(session: Session, pks: Sequence[int]) -> defaultdict[int, list[str]]:
    """Return the cells of entity lines in their order, by item."""
    statement = (
        select(col(Mention.item_pk), col(Mention.surface))
        .where(
            col(Mention.item_pk).in_(pks),
            col(Mention.kind) == "listed",
            col(Mention.cell_pk).is_(None),
        )
        .order_by(
            col(Mention.position),
            col(Mention.pk),
        )
    )
    surfaces: defaultdict[int, list[str]] = defaultdict(list)
    for item_pk, surface in session.execute(statement):
        assert item_pk
        surfaces[item_pk].append(surface)

    return surfaces


def _citation_fields(session: Session, pks: Sequence[int]) -> defaultdict[int, list[Field]]:
    """Return the fields of the sources of items, by item."""
    statement = (
        select(
            col(Citation.item_pk),
            col(Citation.label),
            col(Citation.target),
            col(Source.url),
            col(Source.arxiv_id),
        )
        .join(Source, col(Source.pk) == col(Citation.source_pk), isouter=True)
        .where(col(Citation.item_pk).in_(pks))
        .order_by(col(Citation.position))
    )
    fields: defaultdict[int, list[Field]] = defaultdict(list)
    counts: defaultdict[int, int] = defaultdict(int)
    for item_pk, label, target, url, arxiv_id in session.execute(statement):
        assert item_pk
        path = f"sources[{counts[item_pk]}]"
        counts[item_pk] += 1
        own_fields = fields[item_pk]
        own_fields.append((f"{path}.label", label if has_content(label) else None))
        own_fields.append((f"{path}.url", url))
        own_fields.append((f"{path}.arxiv_id", arxiv_id))
        if not (url or arxiv_id):
            own_fields.append((f"{path}.target", target))

    return fields


def has_content(label: str | None) -> bool:
    """Whether the label of a link says where the link leads."""
    if label is None:
        return False
    return not _EMPTY_LABEL.fullmatch(fold(label).strip(" [](（）【】"))


def entity_texts(session: Session, pks: Sequence[int]) -> TextsByPk:
    """Return the texts of entities that are mentioned and not merged into another.

    They include the spellings of entities that were merged into them.
    """
    dates = _last_mentions(session, pks)
    spellings = _spellings(session, pks)
    statement = select(
        col(Entity.pk),
        col(Entity.id),
        col(Entity.name),
        col(Entity.names),
    ).where(
        col(Entity.pk).in_(pks),
        col(Entity.merged_into_pk).is_(None),
    )
    texts = {}
    for row in session.execute(statement):
        assert row.pk
        date = dates[row.pk]
        if date is None:
            continue
        title: list[Field] = [("name", row.name)]
        for lang, name in sorted(row.names.items()):
            if name != row.name:
                title.append((f"names.{lang}", name))
        titles = {name for _, name in title}
        summary: list[Field] = []
        for index, name in enumerate(sorted(spellings[row.pk])):
            if name not in titles:
                summary.append((f"aliases[{index}].name", name))
        texts[row.pk] = SearchTexts(row.id, date, title, summary)

    return texts


def _last_mentions(session: Session, pks: Sequence[int]) -> dict[int, dt.date | None]:
    """Return the date of the last mention of each entity."""
    # A subquery each: the index has the last mention of one entity first, but not of a group.
    last = select(
        func.max(col(Mention.date)),
    ).where(
        col(Mention.entity_pk) == col(Entity.pk),
    )
    statement = select(
        col(Entity.pk),
        last.scalar_subquery(),
    ).where(
        col(Entity.pk).in_(pks),
    )
    dates: dict[int, dt.date | None] = {}
    for pk, date in session.execute(statement):
        assert pk
        dates[pk] = date

    return dates


def _spellings(session: Session, pks: Sequence[int]) -> defaultdict[int, list[str]]:
    """Return the aliases of entities and of those merged into them."""
    leads_to = func.coalesce(col(Entity.merged_into_pk), col(Entity.pk))
    members = select(col(Entity.pk)).where(
        col(Entity.merged_into_pk).in_(pks) | col(Entity.pk).in_(pks)
    )
    statement = (
        select(leads_to, col(Alias.name))
        .join(Entity, col(Entity.pk) == col(Alias.entity_pk))
        .where(col(Entity.pk).in_(members))
        .distinct()
    )
    spellings: defaultdict[int, list[str]] = defaultdict(list)
    for pk, name in session.execute(statement):
        spellings[pk].append(name)
    return spellings


def source_texts(session: Session, pks: Sequence[int]) -> TextsByPk:
    """Return the texts of cited sources."""
    citations = _source_citations(session, pks)
    statement = (
        select(
            col(Source.pk),
            col(Source.id),
            col(Source.url),
            col(Source.arxiv_id),
            col(Publisher.name),
        )
        .join(Publisher, col(Publisher.pk) == col(Source.publisher_pk), isouter=True)
        .where(col(Source.pk).in_(pks))
    )
    texts = {}
    for row in session.execute(statement):
        assert row.pk
        cited = citations[row.pk]
        if not cited:
            continue
        labels = [label for label, _ in cited]
        texts[row.pk] = SearchTexts(
            row.id,
            max(date for _, date in cited),
            title=list(_label_fields(labels)),
            summary=[("url", row.url), ("arxiv_id", row.arxiv_id)],
            body=[("publisher.name", None if is_host(row.name) else row.name)],
        )

    return texts


def _source_citations(
    session: Session, pks: Sequence[int]
) -> defaultdict[int, list[tuple[str | None, dt.date]]]:
    """Return label and date of the citations of sources, in the order answers show them."""
    statement = (
        select(
            col(Citation.source_pk),
            col(Citation.label),
            col(Citation.date),
        )
        .join(Briefing, col(Briefing.pk) == col(Citation.briefing_pk))
        .where(col(Citation.source_pk).in_(pks))
        .order_by(
            col(Citation.date),
            col(Briefing.id),
            col(Citation.line),
            col(Citation.start_char),
            col(Citation.pk),
        )
    )
    citations: defaultdict[int, list[tuple[str | None, dt.date]]] = defaultdict(list)
    for source_pk, label, date in session.execute(statement):
        citations[source_pk].append((label, date))
    return citations


def is_host(name: str | None) -> bool:
    """Whether the name of a publisher is the host that its addresses have anyway."""
    return name is not None and _HOST.fullmatch(name) is not None


def _label_fields(labels: Iterable[str | None]) -> Iterator[Field]:
    """Yield each label with content once, in the field that shows it first."""
    seen: set[str | None] = set()
    for index, label in enumerate(labels):
        if label not in seen and has_content(label):
            yield f"cited_by[{index}].label" if index else "label", label
        seen.add(label)


def briefing_texts(session: Session, pks: Sequence[int]) -> TextsByPk:
    """Return the texts of public briefings; their items are searched by themselves."""
    lists = _list_fields(session, pks)
    statement = select(
        col(Briefing.pk),
        col(Briefing.id),
        col(Briefing.date),
        col(Briefing.title),
        col(Briefing.description),
        col(Briefing.summary),
        col(Briefing.heading),
        col(Briefing.preamble),
    ).where(
        col(Briefing.pk).in_(pks),
        ~col(Briefing.draft),
    )
    texts = {}
    for row in session.execute(statement):
        assert row.pk
        body: list[Field] = [("id", row.id), ("heading", row.heading)]
        for index, text in enumerate(row.preamble):
            body.append((f"preamble[{index}]", text))
        body.extend(lists[row.pk])
        texts[row.pk] = SearchTexts(
            row.id,
            row.date,
            title=[("title", row.title)],
            summary=[("description", row.description), ("summary", row.summary)],
            body=body,
        )

    return texts


_LISTS: tuple[tuple[str, Any, dict[str, str]], ...] = (
    ("insight", Insight, {".title": "title", ".text": "text"}),
    ("watchlist", WatchlistEntry, {".text": "text"}),
    ("readings", Reading, {".title": "title", ".note": "note"}),
    ("background", BackgroundNote, {".term": "term", ".text": "text"}),
    ("sections", Section, {".blurb": "blurb", ".notes": "notes"}),
)
"""Lists below a briefing: their field, table, and columns by the end of the path."""


def _list_fields(session: Session, pks: Sequence[int]) -> defaultdict[int, list[Field]]:
    """Return the fields of the lists below briefings, by briefing."""
    fields: defaultdict[int, list[Field]] = defaultdict(list)
    for name, table, columns in _LISTS:
        _add_list(session, fields, name, table, columns, table.briefing_pk.in_(pks))
    for kind in ("keyword", "tag"):
        conditions = (
            col(BriefingTag.briefing_pk).in_(pks),
            col(BriefingTag.kind) == kind,
        )
        _add_list(session, fields, f"{kind}s", BriefingTag, {"": "name"}, *conditions)

    return fields


def _add_list(
    session: Session,
    fields: defaultdict[int, list[Field]],
    name: str,
    table: Any,
    columns: Mapping[str, str],
    *conditions: Any,
) -> None:
    """Add the fields of one list to `fields`."""
    statement = (
        select(
            table.briefing_pk,
            *(getattr(table, column) for column in columns.values()),
        )
        .where(*conditions)
        .order_by(
            table.briefing_pk,
            table.position,
        )
    )
    counts: defaultdict[int, int] = defaultdict(int)
    for briefing_pk, *values in session.execute(statement):
        path = f"{name}[{counts[briefing_pk]}]"
        counts[briefing_pk] += 1
        for end, value in zip(columns, values, strict=True):
            if isinstance(value, list):
                for index, text in enumerate(value):
                    fields[briefing_pk].append((f"{path}{end}[{index}]", text))
            else:
                fields[briefing_pk].append((f"{path}{end}", value))


READERS: dict[str, Callable[[Session, Sequence[int]], TextsByPk]] = {
    "item": item_texts,
    "entity": entity_texts,
    "source": source_texts,
    "briefing": briefing_texts,
}
"""Functions that read the texts of things, by kind."""
TABLES: dict[str, Any] = {
    "item": Item,
    "entity": Entity,
    "source": Source,
    "briefing": Briefing,
}
"""Tables of things, by kind."""
