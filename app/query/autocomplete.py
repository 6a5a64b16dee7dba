"""Names as they are typed: any script, prefix before infix before slips of the pen; only what the base names.

The names are held in memory, made anew when the content changes. A slip is looked for among the few names that share bigrams
with what is typed, so that nothing is compared with everything.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from rapidfuzz.distance import OSA
from sqlalchemy import func, select
from sqlmodel import Session, col

from app.normalize.mentions import Scanner
from app.normalize.names import name_key
from app.normalize.text import fold
from app.query import dataset
from app.query.refs import entity_refs
from app.query.schemas.lookup import Completion, CompletionsOut, Hint
from app.query.schemas.shared import ItemRef
from app.store.tables import Alias, Entity, Item, Mention

# What is typed beyond this many characters tells nothing more apart.
_LONGEST = 64
# So many names are looked at closely for a slip.
_CANDIDATES = 300
_SHORTEST_SLIP = 4
# Below this, the first letter must be right.
_SURE_OF_A_SLIP = 6
# A name that only documents hold is looked for in a text if it has so many characters.
_SHORTEST_OWN = 3
_GAPS = re.compile(r"[\s\-_/.·•()（）]+")


@dataclass(frozen=True, slots=True)
class _Name:
    """One spelling of an entity: its key, and the keys it has from each of its words on."""

    entity: int
    written: str
    key: str
    words: tuple[str, ...]
    shown: bool


@dataclass(frozen=True, slots=True)
class Match:
    """An entity, the spelling it was found by, and how: 1 is the whole name."""

    entity: int
    written: str
    how: str
    score: float


class Names:
    """Every spelling of every entity that is named, at one version of the content."""

    def __init__(self, version: str, rows: list[tuple[int, str, str, bool]], weights: dict[int, int], own: dict[str, str]) -> None:
        """`rows` are (entity, spelling, its key, whether the entity is shown by it), `weights` how often each is named, `own` the spellings of documents → node."""
        self.version = version
        self.weights = weights
        self._own = own
        self._names = [_Name(pk, name, key, _words(name), shown) for pk, name, key, shown in rows]
        self._bigrams: defaultdict[str, list[int]] = defaultdict(list)
        for at, name in enumerate(self._names):
            for gram in {a + b for a, b in pairwise(name.key)}:
                self._bigrams[gram].append(at)

    @cached_property
    def scanner(self) -> Scanner:
        """Finds in a text what documents and curators call entities, beyond the catalogue's names."""
        return Scanner(own=self._own)

    def find(self, typed: str, limit: int) -> list[Match]:
        """The entities `typed` may become, best first."""
        key = name_key(typed[:_LONGEST]) if typed.strip() else ""
        if not key:
            return []
        best: dict[int, Match] = {}
        for match in self._spelled(key):
            held = best.get(match.entity)
            if held is None or match.score > held.score:
                best[match.entity] = match
        if len(best) < limit and all(match.how != "exact" for match in best.values()):
            for match in self._slips(key):
                best.setdefault(match.entity, match)
        return sorted(best.values(), key=lambda m: (-round(m.score, 3), -self.weights[m.entity], m.written, m.entity))[:limit]

    def _spelled(self, key: str) -> Iterator[Match]:
        """Whole names, then prefixes, prefixes of a later word, and what stands within: each kind below the one before it."""
        for name in self._names:
            if key not in name.key:
                continue
            # The nearer to the whole name, and to the name it is shown by, the better.
            nearness = 0.04 * len(key) / len(name.key) + 0.02 * name.shown
            if name.key == key:
                yield Match(name.entity, name.written, "exact", 1.0)
            elif name.key.startswith(key):
                yield Match(name.entity, name.written, "prefix", round(0.9 + nearness, 4))
            elif any(word.startswith(key) for word in name.words):
                yield Match(name.entity, name.written, "infix", round(0.8 + nearness, 4))
            else:
                yield Match(name.entity, name.written, "infix", round(0.7 + nearness, 4))

    def _slips(self, key: str) -> Iterator[Match]:
        if len(key) < _SHORTEST_SLIP:
            return
        shared: Counter[int] = Counter()
        for gram in {a + b for a, b in pairwise(key)}:
            shared.update(self._bigrams.get(gram, ()))
        allowed = 1 if len(key) < 8 else 2
        found = []
        for at, _ in sorted(shared.items(), key=lambda pair: (-pair[1], pair[0]))[:_CANDIDATES]:
            name = self._names[at]
            if len(key) < _SURE_OF_A_SLIP and key[0] != name.key[0]:
                continue
            # What is typed may be the beginning of a name.
            slips = min(
                OSA.distance(key, name.key[:end], score_cutoff=allowed) for end in {len(key) - 1, len(key), len(key) + 1, len(name.key)}
            )
            if slips <= allowed:
                found.append(Match(name.entity, name.written, "typo", round(0.6 * (1 - slips / len(key)), 4)))
        yield from sorted(found, key=lambda match: -match.score)


def _words(name: str) -> tuple[str, ...]:
    """What follows each blank, hyphen or bracket of a name, closed up."""
    pieces = _GAPS.split(fold(name))
    return tuple("".join(pieces[at:]) for at in range(1, len(pieces)) if pieces[at])


def names(session: Session, held: Names | None) -> Names:
    """The names at the version `session` reads: those `held` if they are of it."""
    version = dataset.version(session).text
    if held is not None and held.version == version:
        return held
    weights = {
        pk: count
        for pk, count in session.execute(
            select(col(Mention.entity_pk), func.count())
            .join(Entity, col(Entity.pk) == col(Mention.entity_pk))
            .where(col(Entity.merged_into_pk).is_(None))
            .group_by(col(Mention.entity_pk))
        )
        if pk
    }
    aliases = [
        row
        for row in session.execute(
            select(
                col(Alias.entity_pk),
                col(Alias.name),
                col(Alias.key),
                col(Alias.origin),
                col(Entity.node),
                col(Entity.name).label("shown"),
                col(Entity.names),
            )
            .join(Entity, col(Entity.pk) == col(Alias.entity_pk))
            .order_by(col(Alias.name), col(Alias.entity_pk))
        )
        if row.entity_pk in weights
    ]
    own = {row.name: row.node for row in aliases if row.origin != "catalogue" and len(row.key) >= _SHORTEST_OWN}
    return Names(
        version, [(row.entity_pk, row.name, row.key, row.name in (row.shown, *row.names.values())) for row in aliases], weights, own
    )


def complete(session: Session, known: Names, typed: str, limit: int, lang: str | None) -> CompletionsOut:
    """The entities that what is typed may become, each with what tells it from others of its name."""
    found = known.find(typed, limit)
    refs = entity_refs(session, (match.entity for match in found), lang)
    told = hints(session, [match.entity for match in found], lang)
    return CompletionsOut(
        data=[
            Completion(
                **dict(refs[match.entity]), matched=match.written, match=match.how, score=match.score,
                mentions=known.weights[match.entity], hint=told[match.entity],
            )
            for match in found
        ],
        dataset_version=known.version,
    )  # fmt: skip


def hints(session: Session, pks: list[int], lang: str | None) -> dict[int, Hint]:
    """What tells each of `pks` from others of its name."""
    rows = session.execute(
        select(col(Entity.pk), col(Entity.type), col(Entity.maker_pk), col(Entity.family_pk)).where(col(Entity.pk).in_(pks))
    ).all()
    refs = entity_refs(session, (pk for row in rows for pk in (row.maker_pk, row.family_pk) if pk), lang)
    last = latest_items(session, pks, 1)
    told = {}
    for row in rows:
        maker, family, items = refs.get(row.maker_pk), refs.get(row.family_pk), last.get(row.pk, [])
        shown = [row.type, *(ref.name for ref in (maker, family) if ref), *(item.title for item in items)]
        told[row.pk] = Hint(text=" · ".join(shown), maker=maker, family=family, last_item=items[0] if items else None)
    return told


def latest_items(session: Session, pks: list[int], most: int) -> dict[int, list[ItemRef]]:
    """The newest items that name each of `pks`, newest first."""
    named = (
        select(col(Mention.entity_pk), col(Mention.item_pk))
        .where(col(Mention.entity_pk).in_(pks), col(Mention.item_pk).is_not(None))
        .distinct()
        .subquery()
    )
    ordered = func.row_number().over(
        partition_by=named.c.entity_pk, order_by=(col(Item.date).desc(), col(Item.importance_rank).desc(), col(Item.ordinal), col(Item.pk))
    )
    ranked = select(named.c.entity_pk, col(Item.id), col(Item.title), col(Item.date), ordered.label("place")).join(
        Item, col(Item.pk) == named.c.item_pk
    )
    within = ranked.subquery()
    found: defaultdict[int, list[ItemRef]] = defaultdict(list)
    for pk, item_id, title, day, _ in session.execute(
        select(within).where(within.c.place <= most).order_by(within.c.entity_pk, within.c.place)
    ):
        found[pk].append(ItemRef(id=item_id, title=title, date=day))
    return found
