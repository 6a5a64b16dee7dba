"""Filters as conditions. The builder is pure but for the ids it looks up; an id that is not there is a warning, never a silent zero."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Select,
    String,
    and_,
    cast,
    exists,
    false,
    func,
    not_,
    or_,
    true,
    type_coerce,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.normalize.entities.names import name_key
from app.normalize.identity import slugify, stable_id
from app.normalize.sources.publishers import publisher_domain
from app.normalize.sources.urls import identify
from app.query.filters import families
from app.query.fulltext import conditions as matching
from app.query.request.briefing_params import BriefingFilter, WatchFilter
from app.query.request.filter_syntax import Clause, Range, clauses, day_range, number_range
from app.query.request.item_params import ItemFilter, ThreadList
from app.query.request.params import Days, Family, Searched
from app.query.snapshot.cache import CacheKind, version_cache
from app.store.tables import (
    Alias,
    BackgroundNote,
    Briefing,
    BriefingTag,
    Channel,
    Citation,
    Claim,
    Entity,
    Insight,
    Item,
    Mention,
    Publisher,
    Reading,
    Source,
    Tag,
    Thread,
    ThreadMember,
    WatchlistEntry,
)

Condition = ColumnElement[bool]
Meant = dict[tuple[str, str], set[int]]
"""What each value of an id-like parameter was found to be, by `pk`."""
_PKS: CacheKind[tuple[str, str], set[int]] = CacheKind(max_entries=10_000)


@dataclass
class Built:
    """Conditions that all hold, what to warn of, and what was found by each value of a parameter."""

    conditions: list[Condition] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    found: Meant = field(default_factory=dict)


@dataclass
class ResolvedIds:
    """What the values of id-like parameters name, and warnings for those that name nothing."""

    found: Meant = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def by_values(
    given: Iterable[str], condition: Callable[[Sequence[str]], Condition]
) -> list[Condition]:
    """One condition a clause; `condition` says when any of some values holds."""
    return [not_(condition(c.values)) if c.negated else condition(c.values) for c in clauses(given)]


def by_numbers(given: Iterable[str], column: Any) -> list[Condition]:
    """One condition on a number a clause of ranges."""
    return by_values(
        given, lambda values: or_(*(_between(column, number_range(value)) for value in values))
    )


def by_days(given: Iterable[str], column: Any) -> list[Condition]:
    """One condition on a day a clause of ranges."""
    return by_values(
        given, lambda values: or_(*(_between(column, day_range(value)) for value in values))
    )


def _between(column: Any, bounds: Range) -> Condition:
    first, last = bounds
    return and_(
        true(),
        *([column >= first] if first is not None else []),
        *([column <= last] if last is not None else []),
    )


def days(session: Session, filter: Days, day: Any, channel_pk: Any, built: Built) -> None:
    """Conditions on the date and channel columns of any table."""
    if filter.from_:
        built.conditions.append(day >= filter.from_)
    if filter.to:
        built.conditions.append(day <= filter.to)
    _by_ids(session, "channel", filter.channel, _channels, channel_pk.in_, built)


def searched(session: Session, filter: Searched, kind: str, pk: Any, built: Built) -> None:
    """The condition that a thing of `kind` holds what `q` looks for."""
    if wanted := matching.parse(session, filter):
        built.conditions.append(matching.found_by(session, kind, wanted, pk))


def resolve_channels(session: Session, filter: Days) -> ResolvedIds:
    """Return what the channels of a filter name."""
    resolved = ResolvedIds()
    _look_up(session, "channel", filter.channel, _channels, resolved)
    return resolved


def resolve_ids(session: Session, filter: ItemFilter) -> ResolvedIds:
    """Return what the channels and entities of a filter name."""
    resolved = resolve_channels(session, filter)
    _look_up(session, "entity", filter.entity, entity_pks, resolved)
    return resolved


def items(session: Session, filter: ItemFilter) -> Built:
    """Conditions on `Item`."""
    built = Built()
    days(session, filter, col(Item.date), col(Item.channel_pk), built)
    searched(session, filter, "item", col(Item.pk), built)
    built.conditions += by_values(filter.section, lambda v: col(Item.section_kind).in_(v))
    built.conditions += by_values(filter.kind, lambda v: col(Item.kind).in_(v))
    built.conditions += by_values(filter.importance, _importance)
    built.conditions += by_values(filter.certainty, _certainty)
    built.conditions += by_values(filter.has, _having(_HAS))
    written = select(col(Briefing.pk))
    built.conditions += by_values(
        filter.language, lambda v: col(Item.briefing_pk).in_(written.where(_in_language(v)))
    )
    built.conditions += by_values(filter.entity_type, lambda v: _mentioned(col(Entity.type).in_(v)))
    built.conditions += by_values(
        filter.source_status, lambda v: _cited(col(Citation.status).in_(v))
    )
    family = _family(session, filter)
    _by_ids(
        session,
        "entity",
        filter.entity,
        entity_pks,
        lambda pks: _mentioned(col(Mention.entity_pk).in_(family(pks))),
        built,
    )
    _by_ids(
        session,
        "tag",
        filter.tag,
        _tags,
        lambda pks: _tagged("tag", pks, col(Item.briefing_pk)),
        built,
    )
    _by_ids(
        session,
        "keyword",
        filter.keyword,
        _tags,
        lambda pks: _tagged("keyword", pks, col(Item.briefing_pk)),
        built,
    )
    _by_ids(
        session,
        "source",
        filter.source,
        source_pks,
        lambda pks: _cited(col(Citation.source_pk).in_(pks)),
        built,
    )
    _by_ids(
        session,
        "publisher",
        filter.publisher,
        publisher_pks,
        lambda pks: _cited(_published_by(pks)),
        built,
    )
    _by_ids(
        session,
        "thread",
        filter.thread,
        _threads,
        lambda pks: _threaded(col(ThreadMember.thread_pk).in_(pks)),
        built,
    )
    return built


def threads(
    session: Session, filter: ThreadList, size: Any, known: Sequence[Condition] = ()
) -> Built:
    """Conditions on `Thread`, of so many items (`size`): one of them, of those `known`, is what the filters of items ask for."""
    asked = items(
        session, ItemFilter.model_validate(filter.model_dump(include=set(ItemFilter.model_fields)))
    )
    built = Built([size >= filter.items], asked.warnings, asked.found)
    if asked.conditions or known:
        held = select(col(Item.pk)).where(*asked.conditions, *known)
        # By another name, so that a condition on threads does not take it for its own.
        member = aliased(ThreadMember)
        built.conditions.append(
            exists().where(col(member.thread_pk) == col(Thread.pk), col(member.item_pk).in_(held))
        )
    return built


def inside(
    session: Session, filter: ItemFilter, own: Collection[str], built: Built
) -> Select[Any] | None:
    """The items that `filter` asks for, days and the list's `own` parameters left out; None where that is all of them."""
    others = set(ItemFilter.model_fields) - set(Days.model_fields) - set(own)
    asked = ItemFilter.model_validate(filter.model_dump(include=others))
    if asked.model_copy(update={"family": False}) == ItemFilter.model_validate({}):
        return None
    narrowed = items(session, asked)
    built.warnings += narrowed.warnings
    built.found |= narrowed.found
    return select(col(Item.pk)).where(*narrowed.conditions)


def briefings(session: Session, filter: BriefingFilter) -> Built:
    """Conditions on `Briefing`; drafts are never shown."""
    built = Built([col(Briefing.draft).is_(False)])
    here = col(Briefing.pk)
    held = exists().where(col(Item.briefing_pk) == here)
    counted = select(func.count()).where(col(Item.briefing_pk) == here).scalar_subquery()
    built.conditions += by_values(
        filter.section, lambda v: held.where(col(Item.section_kind).in_(v))
    )
    built.conditions += by_values(filter.importance, lambda v: held.where(_importance(v)))
    built.conditions += by_values(filter.certainty, lambda v: held.where(_certainty(v)))
    built.conditions += by_values(
        filter.source_status, lambda v: held.where(_cited(col(Citation.status).in_(v)))
    )
    _by_ids(
        session,
        "thread",
        filter.thread,
        _threads,
        lambda pks: held.where(_threaded(col(ThreadMember.thread_pk).in_(pks))),
        built,
    )
    built.conditions += by_values(filter.has, _having(_BRIEFING_HAS))
    built.conditions += by_values(filter.language, _in_language)
    built.conditions += by_numbers(filter.items, counted)
    days(session, filter, col(Briefing.date), col(Briefing.channel_pk), built)
    searched(session, filter, "briefing", here, built)
    _by_ids(session, "tag", filter.tag, _tags, lambda pks: _tagged("tag", pks, here), built)
    _by_ids(
        session, "keyword", filter.keyword, _tags, lambda pks: _tagged("keyword", pks, here), built
    )
    mentioned = exists().where(col(Mention.briefing_pk) == here)
    typed = mentioned.where(col(Entity.pk) == col(Mention.entity_pk))
    built.conditions += by_values(
        filter.entity_type, lambda v: typed.where(col(Entity.type).in_(v))
    )
    cited = exists().where(col(Citation.briefing_pk) == here)
    family = _family(session, filter)
    _by_ids(
        session,
        "entity",
        filter.entity,
        entity_pks,
        lambda pks: mentioned.where(col(Mention.entity_pk).in_(family(pks))),
        built,
    )
    _by_ids(
        session,
        "source",
        filter.source,
        source_pks,
        lambda pks: cited.where(col(Citation.source_pk).in_(pks)),
        built,
    )
    _by_ids(
        session,
        "publisher",
        filter.publisher,
        publisher_pks,
        lambda pks: cited.where(_published_by(pks)),
        built,
    )
    return built


def _in_language(values: Sequence[str]) -> Condition:
    return func.coalesce(col(Briefing.language), "").in_(values)


def publishers(session: Session, given: Sequence[str], built: Built) -> None:
    """Conditions on `Source` by its publisher."""
    here = col(Source.publisher_pk)
    _by_ids(
        session,
        "publisher",
        given,
        publisher_pks,
        lambda pks: and_(here.is_not(None), here.in_(pks)),
        built,
    )


def entity_has(given: Iterable[str]) -> list[Condition]:
    """Conditions on `Entity` by what it has."""
    return by_values(given, _having(_ENTITY_HAS))


def source_has(given: Iterable[str]) -> list[Condition]:
    """Conditions on `Source` by what it has."""
    return by_values(given, _having(_SOURCE_HAS))


def entities(
    session: Session, filter: WatchFilter, condition: Callable[[set[int]], Condition], built: Built
) -> None:
    """Conditions on whatever names entities."""
    family = _family(session, filter)
    _by_ids(session, "entity", filter.entity, entity_pks, lambda pks: condition(family(pks)), built)


Lookup = Callable[[Session, str], set[int]]


def _look_up(
    session: Session,
    name: str,
    texts: Sequence[str],
    lookup: Lookup,
    resolved: "ResolvedIds | Built",
) -> None:
    """Add to `resolved` what each value of a parameter names."""
    for clause in clauses(texts):
        for value in clause.values:
            pks = resolved.found[name, value] = lookup(session, value)
            if not pks:
                resolved.warnings.append(f"There is no {name} {value!r}; {_effect(clause)}.")


def _by_ids(
    session: Session,
    name: str,
    given: Sequence[str],
    lookup: Lookup,
    condition: Callable[[set[int]], Condition],
    built: Built,
) -> None:
    _look_up(session, name, given, lookup, built)
    for clause in clauses(given):
        pks: set[int] = set()
        for value in clause.values:
            pks |= built.found[name, value]
        holds = condition(pks) if pks else false()
        built.conditions.append(not_(holds) if clause.negated else holds)


def _effect(clause: Clause) -> str:
    if clause.negated:
        return "nothing is left out for it"
    return (
        "nothing matches it"
        if len(clause.values) == 1
        else "the other values of the parameter still count"
    )


def _pks(session: Session, statement: Select[Any]) -> set[int]:
    return set(session.execute(statement).scalars())


def _meant(session: Session, what: str, value: str, look: Lookup) -> set[int]:
    """What a value of an id-like parameter means, asked of the base once a version."""
    cache = version_cache(session, _PKS)
    return set(cache.get_or_make((what, value), lambda: look(session, value)))


def _channels(session: Session, value: str) -> set[int]:
    return _meant(session, "channels", value, _channels_anew)


def _channels_anew(session: Session, value: str) -> set[int]:
    # A channel of drafts alone is told from none by nothing.
    shown = exists().where(
        col(Briefing.channel_pk) == col(Channel.pk), col(Briefing.draft).is_(False)
    )
    return _pks(session, select(col(Channel.pk)).where(col(Channel.id) == value, shown))


def entity_pks(session: Session, value: str) -> set[int]:
    """The entities an id, slug or spelling names; a spelling may name several."""
    return _meant(session, "entities", value, _entities_anew)


def _entities_anew(session: Session, value: str) -> set[int]:
    direct = select(col(Entity.pk), col(Entity.merged_into_pk)).where(
        or_(col(Entity.id) == value, col(Entity.slug) == value.lower())
    )
    rows = session.execute(direct).all()
    if not rows:
        spelled = select(col(Entity.pk), col(Entity.merged_into_pk)).join(
            Alias, col(Alias.entity_pk) == col(Entity.pk)
        )
        rows = session.execute(spelled.where(col(Alias.key) == name_key(value))).all()
    return {merged or pk for pk, merged in rows}


def _family(session: Session, filter: Family) -> Callable[[set[int]], set[int]]:
    """Entities as a filter means them: with their families where it asks for them."""
    return lambda pks: families.with_members(session, pks) if filter.family else pks


def tag_pk(session: Session, value: str) -> int | None:
    """The tag a slug or name names."""
    return min(_tags(session, value), default=None)


def _tags(session: Session, value: str) -> set[int]:
    # A slug is of one tag alone, though another may be spelled like it.
    exact = _pks(session, select(col(Tag.pk)).where(col(Tag.slug) == value))
    return exact or _pks(
        session,
        select(col(Tag.pk)).where(
            or_(col(Tag.slug) == slugify(value), col(Tag.key) == name_key(value))
        ),
    )


def source_pks(session: Session, value: str) -> set[int]:
    """The source an id, `arxiv:ID` or URL names."""
    found = _pks(session, select(col(Source.pk)).where(col(Source.id) == value))
    if not found and (key := identify(None, value).key):
        found = _pks(session, select(col(Source.pk)).where(col(Source.id) == stable_id("s", key)))
    return found


def publisher_pks(session: Session, value: str) -> set[int]:
    """The publisher at a domain, however its host is written."""
    return _pks(
        session,
        select(col(Publisher.pk)).where(col(Publisher.id) == (publisher_domain(value) or value)),
    )


def _threads(session: Session, value: str) -> set[int]:
    return _pks(session, select(col(Thread.pk)).where(col(Thread.id) == value))


def _threaded(*conditions: Condition) -> Condition:
    return exists().where(col(ThreadMember.item_pk) == col(Item.pk), *conditions)


def _importance(values: Sequence[str]) -> Condition:
    level, label = col(Item.importance_level), col(Item.importance_label)
    none, unknown = label.is_(None), and_(level.is_(None), label.is_not(None))
    levels = and_(
        level.is_not(None), level.in_([v for v in values if v not in ("none", "unknown")])
    )
    return or_(
        levels, *([none] if "none" in values else []), *([unknown] if "unknown" in values else [])
    )


def _certainty(values: Sequence[str]) -> Condition:
    marked = exists().where(col(Claim.item_pk) == col(Item.pk))
    return or_(
        marked.where(col(Claim.kind).in_([v for v in values if v != "none"])),
        *([~marked] if "none" in values else []),
    )


def _mentioned(condition: Condition) -> Condition:
    mention = exists().where(col(Mention.item_pk) == col(Item.pk))
    return mention.where(col(Entity.pk) == col(Mention.entity_pk), condition)


def _cited(condition: Condition) -> Condition:
    return exists().where(col(Citation.item_pk) == col(Item.pk), condition)


def _published_by(pks: set[int]) -> Condition:
    return and_(col(Source.pk) == col(Citation.source_pk), col(Source.publisher_pk).in_(pks))


def _tagged(kind: str, pks: set[int], briefing_pk: Any) -> Condition:
    return exists().where(
        col(BriefingTag.briefing_pk) == briefing_pk,
        col(BriefingTag.kind) == kind,
        col(BriefingTag.tag_pk).in_(pks),
    )


def _detail(name: str) -> Condition:
    listed: Condition = type_coerce(col(Item.details), JSON)[name].as_string() != "[]"
    return listed


def _having(known: dict[str, Callable[[], Condition]]) -> Callable[[Sequence[str]], Condition]:
    return lambda values: or_(*(known[name]() for name in values))


def _of(table: Any, *conditions: Condition) -> Condition:
    """That a briefing has rows of `table`."""
    return exists().where(col(table.briefing_pk) == col(Briefing.pk), *conditions)


def _filed(briefing_pk: Any, kind: str) -> Condition:
    return exists().where(
        col(BriefingTag.briefing_pk) == briefing_pk, col(BriefingTag.kind) == kind
    )


def _attributed() -> Condition:
    return and_(col(Source.pk) == col(Citation.source_pk), col(Source.publisher_pk).is_not(None))


_HAS: dict[str, Callable[[], Condition]] = {
    "summary": lambda: col(Item.summary).is_not(None),
    "technical": lambda: _detail("technical"),
    "applications": lambda: _detail("applications"),
    "takeaways": lambda: _detail("takeaways"),
    "importance": lambda: col(Item.importance_label).is_not(None),
    "reason": lambda: col(Item.importance_reason).is_not(None),
    "entities": lambda: exists().where(
        col(Mention.item_pk) == col(Item.pk), col(Mention.kind) == "listed"
    ),
    "mentions": lambda: exists().where(
        col(Mention.item_pk) == col(Item.pk), col(Mention.entity_pk).is_not(None)
    ),
    "sources": lambda: exists().where(col(Citation.item_pk) == col(Item.pk)),
    "publisher": lambda: _cited(_attributed()),
    "tags": lambda: _filed(col(Item.briefing_pk), "tag"),
    "keywords": lambda: _filed(col(Item.briefing_pk), "keyword"),
    "parent": lambda: col(Item.parent).is_not(None),
    "thread": _threaded,
    "extra": lambda: cast(col(Item.extra), String) != "[]",
}
_BRIEFING_HAS: dict[str, Callable[[], Condition]] = {
    "summary": lambda: col(Briefing.summary).is_not(None),
    "description": lambda: col(Briefing.description).is_not(None),
    "items": lambda: _of(Item),
    "insight": lambda: _of(Insight),
    "watchlist": lambda: _of(WatchlistEntry),
    "readings": lambda: _of(Reading),
    "background": lambda: _of(BackgroundNote),
    "tags": lambda: _filed(col(Briefing.pk), "tag"),
    "keywords": lambda: _filed(col(Briefing.pk), "keyword"),
    "entities": lambda: _of(Mention, col(Mention.entity_pk).is_not(None)),
    "sources": lambda: _of(Citation),
    "publisher": lambda: _of(Citation, _attributed()),
}
_ENTITY_HAS: dict[str, Callable[[], Condition]] = {
    "family": lambda: col(Entity.family_pk).is_not(None),
    "maker": lambda: col(Entity.maker_pk).is_not(None),
    "external_ids": lambda: cast(col(Entity.external_ids), String) != "{}",
}
_SOURCE_HAS: dict[str, Callable[[], Condition]] = {
    "url": lambda: col(Source.url).is_not(None),
    "arxiv_id": lambda: col(Source.arxiv_id).is_not(None),
    "publisher": lambda: col(Source.publisher_pk).is_not(None),
    "items": lambda: exists().where(
        col(Citation.source_pk) == col(Source.pk), col(Citation.item_pk).is_not(None)
    ),
}
