"""Autocomplete: entities by a typed part of any spelling, in any script, with typos.

All names that documents mention are indexed in memory. After a write, the entities that changed
are indexed apart, until they are so many that everything is indexed again.
"""

import ctypes
import gc
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    select,
)
from sqlmodel import Session, col

from app.normalize.entities.mentions import Scanner
from app.normalize.entities.names import name_key
from app.normalize.text.folding import fold_variants
from app.query.names.name_index import CANDIDATES, Match, NameIndex, TypoCandidates
from app.query.schemas.lookup import Hint
from app.query.schemas.shared import EntityRef, ItemRef
from app.query.snapshot import dataset
from app.query.snapshot.budget import require_worker_thread
from app.query.snapshot.cache import CacheKind, VersionCache, version_cache
from app.query.snapshot.dataset import Version
from app.query.snapshot.refs import entity_refs
from app.store.db import Database, WouldBlock, set_timeout
from app.store.encoding.batches import batches
from app.store.tables import Alias, Entity, EntityChange, Item, Mention, Spelling

# Names of real documents differ within this many characters.
_MAX_TYPED_CHARS = 64
# Shorter names that only documents use are not annotated: they occur in too many words.
_MIN_SCANNED_CHARS = 3
# With more changed entities than this, all names are indexed again.
_MAX_CHANGED_ENTITIES = 2_000
_ENTITIES: CacheKind[tuple[int, str | None], dict[str, Any]] = CacheKind(max_entries=5_000)
_MATCHES: CacheKind[tuple[str, int], list[Match]] = CacheKind(max_entries=500)
# Shorter texts are part of thousands of names, so their matches are cached.
_MIN_CHEAP_CHARS = 3
_building = threading.Lock()


class NameLookup:
    """Every spelling of every mentioned entity, at one version of the content."""

    def __init__(
        self,
        version: Version,
        whole: NameIndex,
        began: Version | None = None,
        changed: NameIndex | None = None,
    ) -> None:
        """`whole` is an index of version `began`; `changed` replaces its entities that changed."""
        self.version, self.began, self.whole = version, began or version, whole
        self.parts: tuple[NameIndex, ...] = (whole,)
        if changed:
            self.parts = (whole.without(changed.entities), changed)

        self.scanner: Scanner | None = None
        self.entities = VersionCache(_ENTITIES)
        """`ref` and `hint` of an entity in a language, as plain data."""
        self._matches = VersionCache(_MATCHES)

    def weight(self, entity: int) -> int:
        """Return the number of mentions of an entity."""
        return sum(part.weight(entity) for part in self.parts)

    def find(self, typed: str, limit: int) -> list[Match]:
        """Return the entities that `typed` may complete to, best first."""
        key = fold_variants(name_key(typed[:_MAX_TYPED_CHARS])) if typed.strip() else ""
        if not key:
            return []

        matches = self._matches.get((key, limit))
        if matches is None:
            matches = self._find(key, limit)
            if _is_costly(key, matches):
                self._matches.put((key, limit), matches)

        return matches

    def _find(self, key: str, limit: int) -> list[Match]:
        best = self._spelled(key, limit)
        is_exact = any(match.how == "exact" for match in best.values())
        if len(best) < limit and not is_exact:
            for match in self._typos(key, limit + len(best)):
                best.setdefault(match.entity, match)

        return sorted(best.values(), key=self._rank)[:limit]

    def _rank(self, match: Match) -> tuple[float, int, str, int]:
        score = round(match.score, 3)
        return -score, -self.weight(match.entity), match.spelling, match.entity

    def _spelled(self, key: str, limit: int) -> dict[int, Match]:
        """Return matches without typos by entity, kind by kind until there are `limit`."""
        best: dict[int, Match] = {}
        kinds = (part.matches_by_kind(key, limit) for part in self.parts)
        for matches in zip(*kinds, strict=True):
            for match in chain(*matches):
                best[match.entity] = match

            if len(best) >= limit:
                break

        return best

    def _typos(self, key: str, limit: int) -> Iterator[Match]:
        candidates = [part.typo_candidates(key) for part in self.parts]
        if len(candidates) > 1:
            candidates = self._nearest(candidates)

        for part, (rows, _) in zip(self.parts, candidates, strict=True):
            yield from part.typo_matches(key, rows, limit)

    def _nearest(self, candidates: Sequence[TypoCandidates]) -> list[TypoCandidates]:
        """Return the CANDIDATES best of all parts: as many as a single index would return."""
        ranked: list[tuple[int, str, int, int]] = []
        for number, (part, (rows, shared)) in enumerate(zip(self.parts, candidates, strict=True)):
            for row, count in zip(rows.tolist(), shared.tolist(), strict=True):
                ranked.append((-count, *part.spelling_and_entity(row), number))

        ranked.sort()
        numbers = [number for *_, number in ranked[:CANDIDATES]]
        nearest = []
        for number, of_part in enumerate(candidates):
            nearest.append(of_part.first(numbers.count(number)))

        return nearest


def _is_costly(key: str, matches: Iterable[Match]) -> bool:
    return len(key) < _MIN_CHEAP_CHARS or any(match.how == "typo" for match in matches)


def name_lookup(session: Session) -> NameLookup:
    """Return the names at the version that `session` reads, cached for all sessions.

    The session must not have read anything yet. Raises WouldBlock on the event loop if the names
    must be indexed.
    """
    memo = session.info["cache"]
    for _ in range(2):
        version = dataset.version(session)
        cached: NameLookup | None = memo.get("names")
        if cached and cached.version.text == version.text:
            return cached

        require_worker_thread(session)

        with _building:
            cached = memo.get("names")
            if cached is None or _precedes(cached.version, version):
                memo["names"] = lookup = _read(session, version, cached)
                return lookup

        # Another session has indexed a later version: start again at that one.
        session.rollback()
        session.info.pop("version", None)

    return _read(session, dataset.version(session), None)


def warm(database: Database) -> None:
    """Index the names and prepare to scan for them before the first request."""
    if not database.in_memory:
        with database.read() as session:
            scanner(session, name_lookup(session))


def scanner(session: Session, known: NameLookup) -> Scanner:
    """Return a scanner for the names that documents and curators use beside the catalogue's.

    Raises WouldBlock on the event loop if it must be built.
    """
    if known.scanner is None:
        require_worker_thread(session)
    with _building:
        if known.scanner is None:
            known.scanner = Scanner(spellings=_uncatalogued_names(session, known))

        return known.scanner


def _uncatalogued_names(session: Session, known: NameLookup) -> dict[str, str]:
    """Return the node of each name that is not from the catalogue."""
    rows = session.execute(
        select(col(Alias.name), col(Entity.node), col(Alias.key), col(Alias.entity_pk))
        .join(Entity, col(Entity.pk) == col(Alias.entity_pk))
        .where(col(Alias.origin) != "catalogue")
        .order_by(col(Alias.name), col(Alias.entity_pk))
    )
    nodes = {}
    for name, node, key, pk in rows:
        if len(key) >= _MIN_SCANNED_CHARS and known.weight(pk):
            nodes[name] = node

    return nodes


def _number(version: Version) -> tuple[str, int]:
    """Return the id of the database and the number of a version."""
    instance, _, number = version.text.rpartition("-")
    return instance, int(number)


def _precedes(version: Version, other: Version) -> bool:
    """Return whether a version is older than another, or of another database."""
    instance, number = _number(version)
    other_instance, other_number = _number(other)

    return instance != other_instance or number < other_number


def _read(session: Session, version: Version, cached: NameLookup | None) -> NameLookup:
    """Index the names of `version`, only the changed ones if a cached lookup allows it."""
    set_timeout(session)
    if cached and _number(cached.version)[0] == _number(version)[0]:
        # `>=`: entities of that version may be rewritten without a new version.
        changed_since = select(col(EntityChange.entity_pk)).where(
            col(EntityChange.version) >= _number(cached.began)[1]
        )
        changed = session.scalars(changed_since.limit(_MAX_CHANGED_ENTITIES + 1)).all()
        if len(changed) <= _MAX_CHANGED_ENTITIES:
            index = _index(
                session,
                dict.fromkeys(changed, 0),
                changed_since,
            )
            return NameLookup(version, cached.whole, cached.began, index)

    return NameLookup(version, _index(session, {}, None))


def _index(session: Session, weights: dict[int, int], entity_pks: Select[Any] | None) -> NameIndex:
    """Index the names of the entities `entity_pks` selects, or of all.

    `weights` gets the mentions of each entity; names of entities without mentions are left out.
    """
    conditions = [] if entity_pks is None else [col(Entity.pk).in_(entity_pks)]
    connection = session.connection()
    for pk, count in connection.execute(_mention_counts(conditions)):
        weights[pk] = int(count)

    display_names: set[tuple[int, str]] = set()
    for pk, names in connection.execute(_display_names(conditions)):
        display_names.update((pk, name) for name in names.values())

    rows = connection.execution_options(stream_results=True).execute(_aliases(conditions))
    with _collecting_later():
        return NameIndex(_name_rows(rows, weights, display_names), weights)


def _name_rows(
    rows: Iterable[Any], weights: dict[int, int], display_names: set[tuple[int, str]]
) -> Iterator[tuple[int, str, str, bool]]:
    for pk, name, key, is_main_name in rows:
        if weights.get(pk):
            yield pk, name, fold_variants(key), is_main_name or (pk, name) in display_names


_Conditions = Sequence[ColumnElement[bool]]


def _mention_counts(conditions: _Conditions) -> Executable:
    return (
        select(col(Spelling.entity_pk), func.sum(col(Spelling.count)))
        .join(Entity, col(Entity.pk) == col(Spelling.entity_pk))
        .where(col(Entity.merged_into_pk).is_(None), *conditions)
        .group_by(col(Spelling.entity_pk))
    )


def _display_names(conditions: _Conditions) -> Executable:
    """Select the display names of each entity by language, where it has any."""
    has_names = cast(col(Entity.names), String) != "{}"
    return select(col(Entity.pk), col(Entity.names)).where(has_names, *conditions)


def _aliases(conditions: _Conditions) -> Executable:
    return (
        select(
            col(Alias.entity_pk),
            col(Alias.name),
            col(Alias.key),
            col(Alias.name) == col(Entity.name),
        )
        .join(Entity, col(Entity.pk) == col(Alias.entity_pk))
        .where(*conditions)
    )


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Pause the garbage collector, which would scan the growing index again and again."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()

        with suppress(AttributeError, OSError, TypeError):
            # glibc keeps the freed memory of the build, more than the index itself needs.
            ctypes.CDLL(None).malloc_trim(0)


def complete(
    session: Session | None, known: NameLookup, typed: str, limit: int, lang: str | None
) -> list[dict[str, Any]]:
    """Return the entities that `typed` may complete to, in the form of `Completion`.

    Without a session only cached entities are returned. Raises WouldBlock if any is not cached.
    """
    matches = known.find(typed, limit)
    entities: dict[int, dict[str, Any]] = {}
    missing: list[int] = []
    for match in matches:
        cached = known.entities.get((match.entity, lang))
        if cached:
            entities[match.entity] = cached
        else:
            missing.append(match.entity)

    if missing:
        if session is None:
            raise WouldBlock

        for pk, entity in _described(session, missing, lang).items():
            entities[pk] = entity
            known.entities.put((pk, lang), entity)

    return [_completion(match, known, entities[match.entity]) for match in matches]


def _described(session: Session, pks: Sequence[int], lang: str | None) -> dict[int, dict[str, Any]]:
    """Return the reference and the hint of each of `pks` as plain data."""
    refs = entity_refs(session, pks, lang)
    hints_by_pk = hints(session, pks, lang)
    described = {}
    for pk in pks:
        described[pk] = {
            "ref": refs[pk].model_dump(mode="json"),
            "hint": hints_by_pk[pk].model_dump(mode="json"),
        }

    return described


def _completion(match: Match, known: NameLookup, entity: dict[str, Any]) -> dict[str, Any]:
    return {
        **entity["ref"],
        "matched": match.spelling,
        "match": match.how,
        "score": match.score,
        "mentions": known.weight(match.entity),
        "hint": entity["hint"],
    }


def hints(session: Session, pks: Sequence[int], lang: str | None) -> dict[int, Hint]:
    """Return for each of `pks` what distinguishes it from entities of the same name."""
    rows: list[Any] = []
    for batch in batches(pks):
        rows.extend(session.connection().execute(_RELATIONS, {"pks": batch}))

    related_pks: set[int] = set()
    for row in rows:
        related_pks.update(pk for pk in (row.maker_pk, row.family_pk) if pk)

    refs = entity_refs(session, related_pks, lang)
    last_items = latest_items(session, pks, 1)
    hints_by_pk = {}
    for row in rows:
        maker, family = refs.get(row.maker_pk), refs.get(row.family_pk)
        items = last_items.get(row.pk, [])
        hints_by_pk[row.pk] = _hint(
            row.type,
            maker,
            family,
            items[0] if items else None,
        )

    return hints_by_pk


def _hint(
    type: str, maker: EntityRef | None, family: EntityRef | None, last_item: ItemRef | None
) -> Hint:
    parts = [type]
    parts += [ref.name for ref in (maker, family) if ref]
    if last_item:
        parts.append(last_item.title)

    return Hint(
        text=" · ".join(parts),
        maker=maker,
        family=family,
        last_item=last_item,
    )


def latest_items(session: Session, pks: Sequence[int], limit: int) -> dict[int, Sequence[ItemRef]]:
    """Return the newest `limit` items that mention each of `pks`, newest first.

    An entity that no item mentions is left out.
    """

    def read(keys: list[tuple[int, int]]) -> dict[tuple[int, int], Sequence[ItemRef]]:
        return _latest_items(session, [pk for pk, _ in keys], limit)

    items = version_cache(session, _LATEST).get_or_make_all([(pk, limit) for pk in pks], read)
    return {pk: refs for (pk, _), refs in items.items() if refs}


def _latest_items(
    session: Session, pks: Sequence[int], limit: int
) -> dict[tuple[int, int], Sequence[ItemRef]]:
    items: dict[int, list[ItemRef]] = {pk: [] for pk in pks}
    for batch in batches(pks):
        values = {"pks": batch, "days": limit}
        for pk, item_id, title, day, *_ in session.connection().execute(_MENTIONING_ITEMS, values):
            if len(items[pk]) < limit:
                items[pk].append(ItemRef(id=item_id, title=title, date=day))

    return {(pk, limit): refs for pk, refs in items.items()}


def _mentioning_items() -> Executable:
    """Select the items that mention each of `pks` on its `days` newest days or later."""
    # The index of mentions alone tells the day of the oldest item that is needed.
    newest = (
        select(col(Mention.date), col(Mention.item_pk))
        .where(col(Mention.entity_pk) == col(Entity.pk), col(Mention.item_pk).is_not(None))
        .distinct()
        .order_by(col(Mention.date).desc())
        .limit(bindparam("days"))
        .correlate(Entity)
        .subquery()
    )
    first_day = select(func.min(newest.c.date)).scalar_subquery()
    is_recent = and_(col(Mention.entity_pk) == col(Entity.pk), col(Mention.date) >= first_day)

    return (
        select(
            col(Entity.pk),
            col(Item.id),
            col(Item.title),
            col(Item.date),
            col(Item.importance_rank),
            col(Item.ordinal),
            col(Item.pk),
        )
        .select_from(Entity)
        .join(Mention, is_recent)
        .join(Item, col(Item.pk) == col(Mention.item_pk))
        .where(col(Entity.pk).in_(bindparam("pks", expanding=True)))
        .order_by(
            col(Entity.pk),
            col(Item.date).desc(),
            col(Item.importance_rank).desc(),
            col(Item.ordinal),
            col(Item.pk),
        )
        .distinct()
    )


_LATEST: CacheKind[tuple[int, int], Sequence[ItemRef]] = CacheKind(max_entries=10_000)
"""By entity and number of items, some 300 bytes an item."""
_RELATIONS = select(
    col(Entity.pk), col(Entity.type), col(Entity.maker_pk), col(Entity.family_pk)
).where(col(Entity.pk).in_(bindparam("pks", expanding=True)))
# Composed once: SQLAlchemy takes longer to compose it than SQLite to answer it.
_MENTIONING_ITEMS = _mentioning_items()
