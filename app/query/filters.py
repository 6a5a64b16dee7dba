"""Filters as conditions. The builder is pure but for the ids it looks up; an id that is not there is a warning, never a silent zero."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, String, and_, cast, exists, false, not_, or_, type_coerce
from sqlmodel import Session, col, select

from app.normalize.identity import slugify, stable_id
from app.normalize.names import name_key
from app.normalize.publishers import publisher_domain
from app.normalize.urls import identify
from app.query import families
from app.query.params import BriefingFilter, Clause, Days, Family, ItemFilter, ThreadList, clauses
from app.store.tables import (
    Alias,
    Briefing,
    BriefingTag,
    Channel,
    Citation,
    Entity,
    Item,
    Mention,
    Publisher,
    Source,
    Tag,
    Thread,
    ThreadMember,
)

Condition = ColumnElement[bool]


@dataclass
class Built:
    """Conditions that all hold, and what to warn of."""

    conditions: list[Condition] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def by_values(given: Iterable[str], condition: Callable[[Sequence[str]], Condition]) -> list[Condition]:
    """One condition a clause; `condition` says when any of some values holds."""
    return [not_(condition(c.values)) if c.negated else condition(c.values) for c in clauses(given)]


def days(session: Session, filter: Days, day: Any, channel_pk: Any, built: Built) -> None:
    """Conditions on the date and channel columns of any table."""
    if filter.from_:
        built.conditions.append(day >= filter.from_)
    if filter.to:
        built.conditions.append(day <= filter.to)
    _by_ids(session, "channel", filter.channel, _channels, channel_pk.in_, built)


def items(session: Session, filter: ItemFilter) -> Built:
    """Conditions on `Item`."""
    built = Built()
    days(session, filter, col(Item.date), col(Item.channel_pk), built)
    built.conditions += by_values(filter.section, lambda v: col(Item.section_kind).in_(v))
    built.conditions += by_values(filter.kind, lambda v: col(Item.kind).in_(v))
    built.conditions += by_values(filter.importance, _importance)
    built.conditions += by_values(filter.has, lambda v: or_(*(_HAS[name]() for name in v)))
    built.conditions += by_values(filter.entity_type, lambda v: _mentioned(col(Entity.type).in_(v)))
    _by_ids(session, "entity", filter.entity, _entities(filter), lambda pks: _mentioned(col(Mention.entity_pk).in_(pks)), built)
    _by_ids(session, "tag", filter.tag, _tags, lambda pks: _tagged("tag", pks, col(Item.briefing_pk)), built)
    _by_ids(session, "keyword", filter.keyword, _tags, lambda pks: _tagged("keyword", pks, col(Item.briefing_pk)), built)
    _by_ids(session, "source", filter.source, source_pks, lambda pks: _cited(col(Citation.source_pk).in_(pks)), built)
    _by_ids(session, "publisher", filter.publisher, _publishers, lambda pks: _cited(_published_by(pks)), built)
    _by_ids(session, "thread", filter.thread, _threads, lambda pks: _threaded(col(ThreadMember.thread_pk).in_(pks)), built)
    return built


def threads(session: Session, filter: ThreadList) -> Built:
    """Conditions on `Thread`: it has a member under the filters of days, and one that names an entity."""
    built, within = Built([col(Thread.items) >= filter.items]), Built()
    days(session, filter, col(Item.date), col(Item.channel_pk), within)
    member = select(col(ThreadMember.item_pk)).where(col(ThreadMember.thread_pk) == col(Thread.pk))
    if within.conditions:
        there = member.join(Item, col(Item.pk) == col(ThreadMember.item_pk)).where(*within.conditions)
        built.conditions.append(there.exists())
    naming = member.join(Mention, col(Mention.item_pk) == col(ThreadMember.item_pk))
    _by_ids(session, "entity", filter.entity, _entities(filter), lambda pks: naming.where(col(Mention.entity_pk).in_(pks)).exists(), built)
    built.warnings += within.warnings
    return built


def briefings(session: Session, filter: BriefingFilter) -> Built:
    """Conditions on `Briefing`; drafts are never shown."""
    built = Built([col(Briefing.draft).is_(False)])
    here = col(Briefing.pk)
    days(session, filter, col(Briefing.date), col(Briefing.channel_pk), built)
    _by_ids(session, "tag", filter.tag, _tags, lambda pks: _tagged("tag", pks, here), built)
    _by_ids(session, "keyword", filter.keyword, _tags, lambda pks: _tagged("keyword", pks, here), built)
    mentioned = exists().where(col(Mention.briefing_pk) == here)
    cited = exists().where(col(Citation.briefing_pk) == here)
    _by_ids(session, "entity", filter.entity, _entities(filter), lambda pks: mentioned.where(col(Mention.entity_pk).in_(pks)), built)
    _by_ids(session, "source", filter.source, source_pks, lambda pks: cited.where(col(Citation.source_pk).in_(pks)), built)
    _by_ids(session, "publisher", filter.publisher, _publishers, lambda pks: cited.where(_published_by(pks)), built)
    return built


def publishers(session: Session, given: Sequence[str], built: Built) -> None:
    """Conditions on `Source` by its publisher."""
    _by_ids(session, "publisher", given, _publishers, lambda pks: col(Source.publisher_pk).in_(pks), built)


Lookup = Callable[[Session, str], set[int]]


def _by_ids(
    session: Session, name: str, given: Sequence[str], lookup: Lookup, condition: Callable[[set[int]], Condition], built: Built
) -> None:
    for clause in clauses(given):
        pks: set[int] = set()
        for value in clause.values:
            found = lookup(session, value)
            pks |= found
            if not found:
                built.warnings.append(f"There is no {name} {value!r}; {_effect(clause)}.")
        holds = condition(pks) if pks else false()
        built.conditions.append(not_(holds) if clause.negated else holds)


def _effect(clause: Clause) -> str:
    if clause.negated:
        return "nothing is left out for it"
    return "nothing matches it" if len(clause.values) == 1 else "the other values of the parameter still count"


def _pks(session: Session, statement: Select[Any]) -> set[int]:
    return set(session.execute(statement).scalars())


def _channels(session: Session, value: str) -> set[int]:
    return _pks(session, select(col(Channel.pk)).where(col(Channel.id) == value))


def entity_pks(session: Session, value: str) -> set[int]:
    """The entities an id, slug or spelling names; a spelling may name several."""
    direct = select(col(Entity.pk), col(Entity.merged_into_pk)).where(or_(col(Entity.id) == value, col(Entity.slug) == value.lower()))
    rows = session.execute(direct).all()
    if not rows:
        spelled = select(col(Entity.pk), col(Entity.merged_into_pk)).join(Alias, col(Alias.entity_pk) == col(Entity.pk))
        rows = session.execute(spelled.where(col(Alias.key) == name_key(value))).all()
    return {merged or pk for pk, merged in rows}


def _entities(filter: Family) -> Lookup:
    """How a filter finds entities: with their families where it asks for them."""
    if not filter.family:
        return entity_pks
    return lambda session, value: families.with_members(session, entity_pks(session, value))


def tag_pk(session: Session, value: str) -> int | None:
    """The tag a slug or name names."""
    return min(_tags(session, value), default=None)


def _tags(session: Session, value: str) -> set[int]:
    return _pks(session, select(col(Tag.pk)).where(or_(col(Tag.slug) == slugify(value), col(Tag.key) == name_key(value))))


def source_pks(session: Session, value: str) -> set[int]:
    """The source an id, `arxiv:ID` or URL names."""
    found = _pks(session, select(col(Source.pk)).where(col(Source.id) == value))
    if not found and (key := identify(None, value).key):
        found = _pks(session, select(col(Source.pk)).where(col(Source.id) == stable_id("s", key)))
    return found


def _publishers(session: Session, value: str) -> set[int]:
    return _pks(session, select(col(Publisher.pk)).where(col(Publisher.id) == (publisher_domain(value) or value)))


def _threads(session: Session, value: str) -> set[int]:
    return _pks(session, select(col(Thread.pk)).where(col(Thread.id) == value))


def _threaded(*conditions: Condition) -> Condition:
    return exists().where(col(ThreadMember.item_pk) == col(Item.pk), *conditions)


def _importance(values: Sequence[str]) -> Condition:
    levels = col(Item.importance_level).in_([v for v in values if v != "none"])
    return or_(and_(col(Item.importance_level).is_not(None), levels), *([col(Item.importance_label).is_(None)] if "none" in values else []))


def _mentioned(condition: Condition) -> Condition:
    mention = exists().where(col(Mention.item_pk) == col(Item.pk))
    return mention.where(col(Entity.pk) == col(Mention.entity_pk), condition)


def _cited(condition: Condition) -> Condition:
    return exists().where(col(Citation.item_pk) == col(Item.pk), condition)


def _published_by(pks: set[int]) -> Condition:
    return and_(col(Source.pk) == col(Citation.source_pk), col(Source.publisher_pk).in_(pks))


def _tagged(kind: str, pks: set[int], briefing_pk: Any) -> Condition:
    return exists().where(col(BriefingTag.briefing_pk) == briefing_pk, col(BriefingTag.kind) == kind, col(BriefingTag.tag_pk).in_(pks))


def _detail(name: str) -> Condition:
    listed: Condition = type_coerce(col(Item.details), JSON)[name].as_string() != "[]"
    return listed


_HAS: dict[str, Callable[[], Condition]] = {
    "summary": lambda: col(Item.summary).is_not(None),
    "technical": lambda: _detail("technical"),
    "applications": lambda: _detail("applications"),
    "takeaways": lambda: _detail("takeaways"),
    "importance": lambda: col(Item.importance_label).is_not(None),
    "reason": lambda: col(Item.importance_reason).is_not(None),
    "entities": lambda: exists().where(col(Mention.item_pk) == col(Item.pk), col(Mention.kind) == "listed"),
    "sources": lambda: exists().where(col(Citation.item_pk) == col(Item.pk)),
    "parent": lambda: col(Item.parent).is_not(None),
    "thread": _threaded,
    "extra": lambda: cast(col(Item.extra), String) != "[]",
}
