"""Names as they are typed: any script, prefix before infix before slips of the pen; only what the base names.

The names are held in memory. When the content changes, the entities that changed are read again, and found in an index of their
own until they are many.
"""

import ctypes
import gc
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from typing import Any

from sqlalchemy import String, and_, cast, func, select
from sqlmodel import Session, col

from app.normalize.entities.mentions import Scanner
from app.normalize.entities.names import name_key
from app.query.names.name_index import CANDIDATES, Match, NameIndex, Near
from app.query.schemas.lookup import Hint
from app.query.schemas.shared import ItemRef
from app.query.snapshot import dataset
from app.query.snapshot.budget import require_worker_thread
from app.query.snapshot.cache import CacheKind, VersionCache
from app.query.snapshot.dataset import Version
from app.query.snapshot.refs import entity_refs
from app.store.db import Database, WouldBlock, set_timeout
from app.store.tables import Alias, Entity, EntityChange, Item, Mention, Spelling

# What is typed beyond this many characters tells nothing more apart.
_LONGEST = 64
# A name that only documents hold is looked for in a text if it has so many characters.
_SHORTEST_OWN = 3
# So many changed entities are kept apart before all is put together anew.
_APART = 2_000
_LOOKS: CacheKind[tuple[int, str | None], dict[str, Any]] = CacheKind(max_entries=5_000)
# Answers that were much work.
_MATCHES: CacheKind[tuple[str, int], list[Match]] = CacheKind(max_entries=500)
_building = threading.Lock()


class NameLookup:
    """Every spelling of every entity that is named, at one version of the content."""

    def __init__(
        self,
        version: Version,
        whole: NameIndex,
        began: Version | None = None,
        changed: NameIndex | None = None,
    ) -> None:
        """`whole` is of the version `began`; what `changed` since is found in an index of its own, and in `whole` no more."""
        self.version, self.began, self.whole = version, began or version, whole
        self.parts = (whole.without(changed.entities), changed) if changed else (whole,)
        self.scanner: Scanner | None = None
        self.looks = VersionCache(_LOOKS)
        """What is shown of an entity in a language, beside how it was found."""
        self._matches = VersionCache(_MATCHES)

    def weight(self, entity: int) -> int:
        """How often an entity is named."""
        return sum(part.weight(entity) for part in self.parts)

    def find(self, typed: str, limit: int) -> list[Match]:
        """The entities `typed` may become, best first."""
        key = name_key(typed[:_LONGEST]) if typed.strip() else ""
        if not key:
            return []
        if (found := self._matches.get((key, limit))) is None:
            found = self._find(key, limit)
            if len(key) < 3 or any(match.how == "typo" for match in found):
                # What is short stands in many names, and slips are looked for among many.
                self._matches.put((key, limit), found)
        return found

    def _find(self, key: str, limit: int) -> list[Match]:
        best: dict[int, Match] = {}
        for kind in zip(*(part.spelled(key, limit) for part in self.parts), strict=True):
            best |= {match.entity: match for match in chain(*kind)}
            if len(best) >= limit:
                break
        if len(best) < limit and all(match.how != "exact" for match in best.values()):
            near = [part.near(key) for part in self.parts]
            if len(near) > 1 and sum(len(found) for found, _ in near) > CANDIDATES:
                near = self._nearest(near)
            for part, (found, _) in zip(self.parts, near, strict=True):
                for match in part.slips(key, found, limit + len(best)):
                    best.setdefault(match.entity, match)
        weights = {entity: self.weight(entity) for entity in best}
        return sorted(
            best.values(),
            key=lambda m: (-round(m.score, 3), -weights[m.entity], m.written, m.entity),
        )[:limit]

    def _nearest(self, near: Sequence[Near]) -> list[Near]:
        """Of what each part has, those that share most: as many as of one."""
        every = sorted(
            (-count, *self.parts[part].place(at), part, place)
            for part, (found, shared) in enumerate(near)
            for place, (at, count) in enumerate(zip(found.tolist(), shared.tolist(), strict=True))
        )[:CANDIDATES]
        kept = [sum(entry[-2] == part for entry in every) for part in range(len(near))]
        return [
            (found[:most], shared[:most]) for most, (found, shared) in zip(kept, near, strict=True)
        ]


def names(session: Session) -> NameLookup:
    """The names at the version `session` reads, kept for all; the session must have read nothing else yet."""
    memo = session.info["cache"]
    for _ in range(2):
        version = dataset.version(session)
        held: NameLookup | None = memo.get("names")
        if held and held.version.text == version.text:
            return held
        require_worker_thread(session)
        with _building:
            held = memo.get("names")
            if held is None or _precedes(held.version, version):
                memo["names"] = held = _read(session, version, held)
                return held
        # Another has read later than this session began.
        session.rollback()
        session.info.pop("version", None)
    return _read(session, dataset.version(session), None)


def warm(database: Database) -> None:
    """Have the names at hand before anybody asks."""
    if not database.in_memory:
        with database.read() as session:
            names(session)


def scanner(session: Session, known: NameLookup) -> Scanner:
    """Finds in a text what documents and curators call entities, beyond the catalogue's names."""
    with _building:
        if known.scanner is None:
            rows = session.execute(
                select(col(Alias.name), col(Entity.node), col(Alias.key), col(Alias.entity_pk))
                .join(Entity, col(Entity.pk) == col(Alias.entity_pk))
                .where(col(Alias.origin) != "catalogue")
                .order_by(col(Alias.name), col(Alias.entity_pk))
            )
            own = {
                name: node
                for name, node, key, pk in rows
                if len(key) >= _SHORTEST_OWN and known.weight(pk)
            }
            known.scanner = Scanner(spellings=own)
        return known.scanner


def _number(version: Version) -> tuple[str, int]:
    instance, _, number = version.text.rpartition("-")
    return instance, int(number)


def _precedes(one: Version, other: Version) -> bool:
    """Whether one is older than the other, or of another base."""
    (base, number), (wanted, at) = _number(one), _number(other)
    return base != wanted or number < at


def _read(session: Session, version: Version, held: NameLookup | None) -> NameLookup:
    set_timeout(session)
    if held and _number(held.version)[0] == _number(version)[0]:
        # What that version changed may have been written anew without another.
        since = select(col(EntityChange.entity_pk)).where(
            col(EntityChange.version) >= _number(held.began)[1]
        )
        changed = session.scalars(since.limit(_APART + 1)).all()
        if len(changed) <= _APART:
            return NameLookup(
                version, held.whole, held.began, _index(session, dict.fromkeys(changed, 0), since)
            )
    return NameLookup(version, _index(session, {}, None))


def _index(session: Session, weights: dict[int, int], which: Any) -> NameIndex:
    """The names of the entities `which`, or of all; of those of `weights` that nothing names there are none."""
    here = [] if which is None else [col(Entity.pk).in_(which)]
    counts = (
        select(col(Spelling.entity_pk), func.sum(col(Spelling.count)))
        .join(Entity, col(Entity.pk) == col(Spelling.entity_pk))
        .where(col(Entity.merged_into_pk).is_(None), *here)
        .group_by(col(Spelling.entity_pk))
    )
    connection = session.connection()
    weights |= {pk: int(count) for pk, count in connection.execute(counts)}
    named = select(col(Entity.pk), col(Entity.names)).where(
        cast(col(Entity.names), String) != "{}", *here
    )
    shown = {(pk, name) for pk, names in connection.execute(named) for name in names.values()}
    aliases = (
        select(
            col(Alias.entity_pk),
            col(Alias.name),
            col(Alias.key),
            col(Alias.name) == col(Entity.name),
        )
        .join(Entity, col(Entity.pk) == col(Alias.entity_pk))
        .where(*here)
    )
    rows = connection.execution_options(stream_results=True).execute(aliases)
    with _collecting_later():
        return NameIndex(
            (
                (pk, name, key, own or (pk, name) in shown)
                for pk, name, key, own in rows
                if weights.get(pk)
            ),
            weights,
        )


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Keep the collector from looking again and again through what is being put together."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
        with suppress(AttributeError, OSError, TypeError):
            # The C library keeps to itself what was needed meanwhile, more than what is held in the end.
            ctypes.CDLL(None).malloc_trim(0)


def complete(
    session: Session | None, known: NameLookup, typed: str, limit: int, lang: str | None
) -> list[dict[str, Any]]:
    """`Completion`s as plain data: the entities that what is typed may become, each with what tells it from others of its name.

    Without a session those only whose looks are kept: Slow for others.
    """
    found = known.find(typed, limit)
    shown = {
        match.entity: look for match in found if (look := known.looks.get((match.entity, lang)))
    }
    if missing := [match.entity for match in found if match.entity not in shown]:
        if session is None:
            raise WouldBlock
        refs, told = entity_refs(session, missing, lang), hints(session, missing, lang)
        for entity in missing:
            look = {
                "ref": refs[entity].model_dump(mode="json"),
                "hint": told[entity].model_dump(mode="json"),
            }
            shown[entity] = look
            known.looks.put((entity, lang), look)
    return [
        {
            **look["ref"], "matched": match.written, "match": match.how, "score": match.score,
            "mentions": known.weight(match.entity), "hint": look["hint"],
        }
        for match in found
        for look in [shown[match.entity]]
    ]  # fmt: skip


def hints(session: Session, pks: Sequence[int], lang: str | None) -> dict[int, Hint]:
    """What tells each of `pks` from others of its name."""
    rows = session.execute(
        select(col(Entity.pk), col(Entity.type), col(Entity.maker_pk), col(Entity.family_pk)).where(
            col(Entity.pk).in_(pks)
        )
    ).all()
    refs = entity_refs(
        session, (pk for row in rows for pk in (row.maker_pk, row.family_pk) if pk), lang
    )
    last = latest_items(session, pks, 1)
    told = {}
    for row in rows:
        maker, family, items = refs.get(row.maker_pk), refs.get(row.family_pk), last.get(row.pk, [])
        shown = [
            row.type,
            *(ref.name for ref in (maker, family) if ref),
            *(item.title for item in items),
        ]
        told[row.pk] = Hint(
            text=" · ".join(shown),
            maker=maker,
            family=family,
            last_item=items[0] if items else None,
        )
    return told


def latest_items(session: Session, pks: Sequence[int], most: int) -> dict[int, list[ItemRef]]:
    """The newest items that name each of `pks`, newest first."""
    # By the index alone: where what is newest begins.
    days = select(col(Mention.date), col(Mention.item_pk)).where(
        col(Mention.entity_pk) == col(Entity.pk), col(Mention.item_pk).is_not(None)
    )
    newest = (
        days.distinct().order_by(col(Mention.date).desc()).limit(most).correlate(Entity).subquery()
    )
    since = select(func.min(newest.c.date)).scalar_subquery()
    named = (
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
        .join(Mention, and_(col(Mention.entity_pk) == col(Entity.pk), col(Mention.date) >= since))
        .join(Item, col(Item.pk) == col(Mention.item_pk))
        .where(col(Entity.pk).in_(pks))
        .order_by(
            col(Entity.pk),
            col(Item.date).desc(),
            col(Item.importance_rank).desc(),
            col(Item.ordinal),
            col(Item.pk),
        )
        .distinct()
    )
    found: defaultdict[int, list[ItemRef]] = defaultdict(list)
    for pk, item_id, title, day, *_ in session.execute(named):
        if len(found[pk]) < most:
            found[pk].append(ItemRef(id=item_id, title=title, date=day))
    return found
