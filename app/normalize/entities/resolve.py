"""Which entity each listed name names.

Exact name → folded key → spelling (maker, legal form, word order, plural, translation) → what the document's own names
say about each other (brackets, abbreviations, surnames, handles, dropped family words) → a slip of the pen → new, or
uncertain where something looks alike but nothing says it is the same. Deciding touches nothing: names and a catalogue
in, decisions out.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from app.normalize.entities.catalogue import TYPES, Catalogue
from app.normalize.entities.relations import Relation, relations
from app.normalize.entities.similarity import Neighbours, TypoIndex
from app.normalize.entities.spelling import ParsedName
from app.normalize.lexicon import gazetteer
from app.normalize.text.folding import is_han

Outcome = Literal["link", "new", "uncertain"]
_NEW = "new:"
_LONGEST_HAN_WORD = 3


@dataclass(frozen=True, slots=True)
class NameCandidate:
    """An entity a name may be, and how alike they look, in [0, 1]."""

    entity: str
    score: float


@dataclass(frozen=True, slots=True)
class Decision:
    """What a name was taken to name, how, how surely and why."""

    name: str
    entity: str
    """Slug of a catalogued entity, or `new:` and a key; names with equal `entity` are held to be the same."""
    outcome: Outcome
    method: str
    score: float
    evidence: str
    candidates: tuple[NameCandidate, ...] = ()


@dataclass(slots=True)
class _MatchReason:
    method: str
    score: float
    evidence: str


def resolve_names(names: Sequence[str], catalogue: Catalogue) -> list[Decision]:
    """One decision a name, in the order given; all names count as listed in one document.

    Which names meet does not depend on their order. An `uncertain` name is kept apart, as a new entity would be.
    """
    document = _DocumentResolver(sorted(set(names)), catalogue)
    decided = document.decide()
    return [decided[name] for name in names]


class _DocumentResolver:
    """The names of one document, gathered into clusters, each bound to at most one catalogued entity."""

    def __init__(self, names: Sequence[str], catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.names = names
        self.spelled = {name: catalogue.read(name) for name in names}
        self._above = {name: name for name in names}
        self._entity: dict[str, str] = {}
        self._reason: dict[str, _MatchReason] = {}
        self._doubt: dict[str, tuple[str, ...]] = {}

    def decide(self) -> dict[str, Decision]:
        self._exact()
        self._meet(
            lambda s: s.key,
            self.catalogue.folded,
            _MatchReason("key", 0.99, "same letters and digits"),
        )
        full, core, order = (self._spelled_index(kind) for kind in ("full", "core", "order"))
        self._meet(
            lambda s: s.full,
            full,
            _MatchReason("spelling", 0.97, "same words, translated or in another number"),
        )
        self._meet(
            lambda s: s.core,
            core,
            _MatchReason("affix", 0.95, "same but for maker or suffix"),
            by_maker=True,
            shorter=True,
        )
        self._meet(
            lambda s: s.order,
            order,
            _MatchReason("order", 0.94, "same words in another order"),
            by_maker=True,
        )
        self._relate(relations(self.spelled, self.catalogue))
        self._slips()
        return self._decisions()

    # Clusters

    def root(self, name: str) -> str:
        while self._above[name] != name:
            self._above[name] = self._above[self._above[name]]
            name = self._above[name]
        return name

    def entity(self, name: str) -> str | None:
        return self._entity.get(self.root(name))

    def _bind(self, name: str, slug: str, reason: _MatchReason) -> None:
        root = self.root(name)
        if root not in self._entity:
            self._entity[root] = slug
            self._reason.setdefault(name, reason)

    def _join(self, names: Iterable[str], reason: _MatchReason) -> None:
        """Make one cluster of `names`, unless they are bound to different entities."""
        roots = sorted({self.root(name): None for name in names})
        bound = {self._entity[root] for root in roots if root in self._entity}
        if len(roots) < 2 or len(bound) > 1:
            return
        for name in names:
            if self.root(name) not in self._entity or not bound:
                self._reason.setdefault(name, reason)
        for root in roots[1:]:
            self._above[root] = roots[0]
            self._entity.pop(root, None)
        if bound:
            self._entity[roots[0]] = bound.pop()

    # Steps

    def _exact(self) -> None:
        for name in self.names:
            if slug := self._meant(self.catalogue.exact(name)):
                self._bind(
                    name,
                    slug,
                    _MatchReason("exact", 1.0, f"“{name}” is a name of {self._title(slug)}"),
                )

    def _meant(self, slugs: Iterable[str]) -> str | None:
        """The one entity meant by a name that several bear: the first in the order of types, if alone there."""
        ranked = sorted((TYPES.index(self.catalogue.entities[slug].type), slug) for slug in slugs)
        if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
            return None
        return ranked[0][1]

    def _spelled_index(self, kind: str) -> Callable[[str], tuple[str, ...]]:
        return lambda key: self.catalogue.spelled(kind, key)

    def _meet(
        self,
        key_of: Callable[[ParsedName], str],
        known: Callable[[str], tuple[str, ...]],
        reason: _MatchReason,
        *,
        by_maker: bool = False,
        shorter: bool = False,
    ) -> None:
        """Join names with one key, and bind them to the entity that has it.

        `by_maker` keeps what two makers claim apart; `shorter` says that something was taken off to make the key.
        """
        groups: defaultdict[str, list[str]] = defaultdict(list)
        for name in self.names:
            groups[key_of(self.spelled[name])].append(name)
        for key, names in groups.items():
            # A catalogued name is longer than a listed one only where the catalogue did not want the short form:
            # Assembly is not yet AssemblyAI.
            consult = not shorter or any(self.spelled[name].full != key for name in names)
            slugs = known(key) if consult else ()
            for maker, part in self._parts(names, slugs) if by_maker else [("", names)]:
                fitting = [s for s in slugs if not by_maker or self._made_by(s, maker)]
                self._settle(part, fitting, reason)

    def _settle(self, names: list[str], slugs: Sequence[str], reason: _MatchReason) -> None:
        bound = {slug for name in names if (slug := self.entity(name))}
        free = [name for name in names if not self.entity(name)]
        if not free:
            return
        target = next(iter(bound)) if len(bound) == 1 else None if bound else self._meant(slugs)
        if target and (everyday := [name for name in free if self._only_translated(name, target)]):
            for name in everyday:
                self._doubt.setdefault(name, (target,))
            self._join(everyday, reason)
            free = [name for name in free if name not in everyday]
        if target:
            evidence = f"{reason.evidence} as {self._title(target)}"
            for name in free:
                self._bind(name, target, _MatchReason(reason.method, reason.score, evidence))
        else:
            self._join(free, reason)
            if doubt := tuple(sorted(bound or set(slugs))):
                for name in free:
                    self._doubt.setdefault(name, doubt)

    def _only_translated(self, name: str, slug: str) -> bool:
        """Whether `name` is one everyday word, and only the dictionary makes it a name of the entity.

        A word has many translations: 記憶體 is a chip, “memory” is more often something else; “equity” is not always a stock.
        """
        spelling = self.spelled[name]
        if (
            not spelling.term
            or len(spelling.words) != 1
            or len(spelling.tokens) != 1
            or name.isupper()
        ):
            return False
        (word,) = spelling.tokens
        han = is_han(word[0])
        if han and len(word) > _LONGEST_HAN_WORD:
            return False
        # Of one word, two regions of Chinese have two forms; two English words are two.
        borne = (self.catalogue.read(known) for known in self.catalogue.entities[slug].spellings)
        return not any(
            o.full == spelling.full
            and is_han(o.tokens[0][0]) == han
            and (han or o.key[:3] == spelling.key[:3])
            for o in borne
        )

    def _made_by(self, slug: str, maker: str) -> bool:
        made_by = self.catalogue.maker_of(slug)
        return not maker or not made_by or gazetteer.parent(made_by) == gazetteer.parent(maker)

    def _parts(self, names: list[str], slugs: Sequence[str]) -> list[tuple[str, list[str]]]:
        """Names by maker: together while no two makers claim the key, apart as soon as they do."""
        makers: defaultdict[str, list[str]] = defaultdict(list)
        for name in names:
            slug = self.entity(name)
            maker = self.spelled[name].maker or (self.catalogue.maker_of(slug) if slug else "")
            makers[gazetteer.parent(maker)].append(name)
        claims = {m for m in makers if m} | {
            gazetteer.parent(m) for s in slugs if (m := self.catalogue.maker_of(s))
        }
        if len(claims) < 2:
            return [(next(iter(claims), ""), names)]
        return [(maker, part) for maker, part in makers.items()]

    def _relate(self, found: Sequence[Relation]) -> None:
        """Join what the document's names say is one, until nothing more follows."""
        left, before = list(found), -1
        while len(left) != before:
            before = len(left)
            left = [relation for relation in left if not self._holds(relation)]

    def _holds(self, relation: Relation) -> bool:
        """Follow a relation, unless it could mean two things and so says nothing; whether it was followed."""
        mine = self.entity(relation.name)
        targets = {self.entity(n) or self.root(n) for n in relation.others} | set(relation.entities)
        if relation.method == "person" and not all(
            map(self._may_be_person, targets | {mine or ""})
        ):
            return False
        if len(targets if relation.strict else targets - {mine or self.root(relation.name)}) != 1:
            return False
        reason = _MatchReason(relation.method, relation.score, relation.evidence)
        if relation.entities and not mine:
            self._bind(relation.name, relation.entities[0], reason)
        for other in relation.others:
            self._join([relation.name, other], reason)
        return True

    def _may_be_person(self, target: str) -> bool:
        entity = self.catalogue.entities.get(target)
        return entity is None or entity.type == "person"

    def _slips(self) -> None:
        """Slips of the pen, between names of the document, then in names of the catalogue."""
        listed = TypoIndex(self.spelled.values())
        for name, spelling in self.spelled.items():
            for other in listed.of(spelling):
                self._join(
                    [name, other],
                    _MatchReason("fuzzy", 0.9, f"a slip of the pen in “{name}” or “{other}”"),
                )
        for name, spelling in self.spelled.items():
            known = [] if self.entity(name) else self.catalogue.slips.of(spelling)
            slugs = {slug for other in known for slug in self.catalogue.exact(other)}
            if len(slugs) == 1:
                self._bind(
                    name,
                    slugs.pop(),
                    _MatchReason("fuzzy", 0.9, f"a slip of the pen for “{known[0]}”"),
                )

    # Outcome

    def _title(self, slug: str) -> str:
        return self.catalogue.entities[slug].title

    def _decisions(self) -> dict[str, Decision]:
        clusters: defaultdict[str, list[str]] = defaultdict(list)
        for name in self.names:
            clusters[self.root(name)].append(name)
        identity = {root: self._identity(root, members) for root, members in clusters.items()}
        neighbours = Neighbours((identity[self.root(n)], s) for n, s in self.spelled.items())
        return {
            name: self._decision(name, identity[root], neighbours)
            for root, members in clusters.items()
            for name in members
        }

    def _identity(self, root: str, members: Sequence[str]) -> str:
        return self._entity.get(root) or _NEW + min(self.spelled[name].key for name in members)

    def _decision(self, name: str, identity: str, neighbours: Neighbours) -> Decision:
        reason = self._reason.get(name)
        if not identity.startswith(_NEW):
            reason = reason or _MatchReason("key", 0.99, "same as another name of the document")
            return Decision(name, identity, "link", reason.method, reason.score, reason.evidence)
        spelling = self.spelled[name]
        alike = dict(self.catalogue.neighbours.near(spelling) + neighbours.near(spelling))
        near = sorted(
            (NameCandidate(e, s) for e, s in alike.items() if e != identity),
            key=lambda c: (-c.score, c.entity),
        )
        if doubt := self._doubt.get(name):
            seen = tuple(NameCandidate(slug, 0.5) for slug in doubt)
            evidence = (
                "several entities bear this name"
                if len(doubt) > 1
                else "an everyday word, known in translation only"
            )
            return Decision(name, identity, "uncertain", "ambiguous", 0.5, evidence, seen)
        if near and not reason:
            evidence = f"looks like {near[0].entity}, and nothing says it is the same"
            return Decision(
                name, identity, "uncertain", "fuzzy", near[0].score, evidence, tuple(near[:3])
            )
        reason = reason or _MatchReason("new", 1.0, "no known name is like it")
        return Decision(
            name, identity, "new", reason.method, reason.score, reason.evidence, tuple(near[:3])
        )
