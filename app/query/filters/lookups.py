"""Rows that the ids and names in a filter mean; the only part of filtering that needs a session.

An unknown id is a warning, never a silent zero.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, or_
from sqlmodel import Session, col, select

from app.normalize.entities.names import name_key
from app.normalize.identity import slugify, stable_id
from app.normalize.sources.publishers import publisher_domain
from app.normalize.sources.urls import identify
from app.normalize.text.folding import fold_variants
from app.query.filters import families
from app.query.filters.entity_values import cached_pks, entity_pks
from app.query.fulltext.matching import parse, pk_condition
from app.query.request.filter_syntax import Clause, clauses
from app.query.request.params import Params, RolledUp, Searched
from app.query.schemas.shared import EntityRef
from app.store.tables import Briefing, Channel, Publisher, Source, Tag, Thread

Pks = dict[tuple[str, str], set[int]]
"""Primary keys by (parameter, value); an empty set for an unknown id or name."""

TextMatch = Callable[[str, Any], ColumnElement[bool]]
"""Condition that the text of a row matches `q`, from the kind of row and its primary key column."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """Rows that the values of a filter mean.

    `members` holds the entities of `pks` with those that a roll-up counts as them; it is empty
    without a roll-up.
    `text` is None if the filter has no `q`.
    """

    pks: Pks = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    members: Pks = field(default_factory=dict)
    text: TextMatch | None = None

    def any_of(self, parameter: str, values: Sequence[str]) -> set[int]:
        """Return the primary keys that match one of `values`, rolled-up members included."""
        pks: set[int] = set()
        for value in values:
            named = self.pks[parameter, value]
            pks |= self.members.get((parameter, value), named)
        return pks


def resolve(
    session: Session, filter: Params, parameters: Collection[str] | None = None
) -> Resolved:
    """Look up the values of the id parameters of a filter, or of `parameters` only."""
    pks: Pks = {}
    warnings: list[str] = []
    for parameter in type(filter).model_fields:
        if parameter not in _LOOKUPS or (parameters and parameter not in parameters):
            continue
        for clause in clauses(getattr(filter, parameter)):
            for value in clause.values:
                pks[parameter, value] = _LOOKUPS[parameter](
                    session,
                    value,
                )
                if not pks[parameter, value]:
                    warnings.append(_warning(parameter, value, clause))
    return Resolved(
        pks,
        warnings,
        _members(session, filter, pks),
        _text_match(session, filter) if parameters is None else None,
    )


def _warning(parameter: str, value: str, clause: Clause) -> str:
    if clause.negated:
        effect = "nothing is left out for it"
    elif len(clause.values) == 1:
        effect = "nothing matches it"
    else:
        effect = "the other values of the parameter still count"
    return f"There is no {parameter} {value!r}; {effect}."


def _members(session: Session, filter: Params, pks: Pks) -> Pks:
    """Return the entities of `pks` with their members if the filter rolls up."""
    members: Pks = {}
    if isinstance(filter, RolledUp) and filter.relation:
        for (parameter, value), heads in pks.items():
            if parameter == "entity" and heads:
                members[parameter, value] = families.with_members(session, heads, filter.relation)
    return members


def counted_members(session: Session, resolved: Resolved, lang: str | None) -> list[EntityRef]:
    """Return the mentioned entities that a roll-up adds to those of the filter, sorted by name."""
    if not resolved.members:
        return []
    member_pks: set[int] = set()
    for key, pks in resolved.members.items():
        member_pks |= pks - resolved.pks[key]
    return families.mentioned(session, member_pks, lang)


def _text_match(session: Session, filter: Params) -> TextMatch | None:
    if not isinstance(filter, Searched) or filter.q is None:
        return None
    search = parse(session, filter)
    assert search
    return lambda kind, pk: pk_condition(session, kind, search, pk)


def _pks(session: Session, statement: Select[Any]) -> set[int]:
    return set(session.execute(statement).scalars())


def channel_pks(session: Session, value: str) -> set[int]:
    """Return the channel with this id, if it has a published briefing."""
    return cached_pks(session, "channels", value, _read_channels)


def _read_channels(session: Session, value: str) -> set[int]:
    # A channel that has drafts only must look like an unknown channel.
    in_channel = col(Briefing.channel_pk) == col(Channel.pk)
    is_published = exists().where(
        in_channel,
        col(Briefing.draft).is_(False),
    )
    statement = select(col(Channel.pk)).where(
        col(Channel.id) == value,
        is_published,
    )
    return _pks(session, statement)


def tag_pk(session: Session, value: str) -> int | None:
    """Return the tag or keyword with this slug or name."""
    return min(tag_pks(session, value), default=None)


def tag_pks(session: Session, value: str) -> set[int]:
    """Return the tags and keywords with this slug; if none has it, those with this name."""
    # A slug belongs to one tag, although another tag may be spelled like it.
    exact = _pks(
        session,
        select(col(Tag.pk)).where(
            col(Tag.slug) == value,
        ),
    )
    if exact:
        return exact
    alike = or_(
        col(Tag.slug) == slugify(value),
        col(Tag.key) == name_key(value),
    )
    return _pks(session, select(col(Tag.pk)).where(alike))


def source_pks(session: Session, value: str) -> set[int]:
    """Return the source with this id, `arxiv:ID` or URL."""
    sources = select(col(Source.pk))
    pks = _pks(
        session,
        sources.where(col(Source.id) == value),
    )
    key = None if pks else identify(None, value).key
    if key:
        pks = _pks(
            session,
            sources.where(col(Source.id) == stable_id("s", key)),
        )
    return pks


def publisher_pks(session: Session, value: str) -> set[int]:
    """Return the publisher of a domain, in any spelling of its host."""
    domain = publisher_domain(value) or value
    return _pks(
        session,
        select(col(Publisher.pk)).where(
            col(Publisher.id) == domain,
        ),
    )


def thread_pks(session: Session, value: str) -> set[int]:
    """Return the thread with this id."""
    return _pks(
        session,
        select(col(Thread.pk)).where(
            col(Thread.id) == value,
        ),
    )


def name_contains(
    session: Session, q: str | None, table: Any, key: Any
) -> list[ColumnElement[bool]]:
    """Return the condition that a name or key contains `q`, ignoring script, case and width."""
    if q is None:
        return []
    folded = fold_variants(q.strip())
    pks = []
    for pk, name, row_key in session.execute(
        select(table.pk, table.name, key),
    ):
        if folded in fold_variants(name) or folded in fold_variants(row_key):
            pks.append(pk)
    # Literals instead of parameters: engines limit the number of parameters.
    matching: Any = bindparam("named", pks, expanding=True, literal_execute=True)
    return [table.pk.in_(matching)]


_LOOKUPS: dict[str, Callable[[Session, str], set[int]]] = {
    "channel": channel_pks,
    "entity": entity_pks,
    "tag": tag_pks,
    "keyword": tag_pks,
    "source": source_pks,
    "publisher": publisher_pks,
    "thread": thread_pks,
}
