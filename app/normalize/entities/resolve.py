"""Resolution of listed names: which entity each name of one document names.

The steps, in order: exact name; folded key; spelling (maker, legal form, word order, plural,
translation); relations between the document's names (brackets, abbreviations, surnames, handles, dropped
family words); typos. A name without a match is new. It is uncertain if something looks similar but no
rule says that it is the same. Names and a catalogue go in, decisions come out; nothing is stored.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.normalize.entities.catalogue import Catalogue, preferred_entity
from app.normalize.entities.relations import Relation, relations
from app.normalize.entities.similarity import Neighbours, TypoIndex
from app.normalize.entities.spelling import ParsedName
from app.normalize.kinds import Outcome
from app.normalize.lexicon import gazetteer
from app.normalize.text.folding import is_han

NEW = "new:"
"""Prefix of the key of an entity that is not in the catalogue."""
_MAX_HAN_WORD_CHARS = 3
_MAX_CANDIDATES = 3
_DOUBT_SCORE = 0.5


@dataclass(frozen=True, slots=True)
class NameCandidate:
    """An entity that a name may name, and their similarity in [0, 1]."""

    entity: str
    score: float


@dataclass(frozen=True, slots=True)
class Decision:
    """The entity of a name, with the method, the score in [0, 1] and the evidence."""

    name: str
    entity: str
    """Slug of a catalogued entity, or `new:` and a key. Names with equal `entity` are the same."""
    outcome: Outcome
    method: str
    score: float
    evidence: str
    candidates: tuple[NameCandidate, ...] = ()


@dataclass(frozen=True, slots=True)
class _MatchReason:
    method: str
    score: float
    evidence: str


@dataclass(frozen=True, slots=True)
class _Rule:
    """Equality of one field of `ParsedName`, as a reason to join names."""

    key_name: str
    reason: _MatchReason
    by_maker: bool = False
    """Whether names of two makers stay separate."""
    is_shortened: bool = False
    """Whether the key leaves out a part of the name."""


_KEY_RULE = _Rule("key", _MatchReason("key", 0.99, "same letters and digits"))
_SPELLING_RULES = (
    _Rule(
        "full",
        _MatchReason("spelling", 0.97, "same words, translated or in another number"),
    ),
    _Rule(
        "core",
        _MatchReason("affix", 0.95, "same but for maker or suffix"),
        by_maker=True,
        is_shortened=True,
    ),
    _Rule(
        "order",
        _MatchReason("order", 0.94, "same words in another order"),
        by_maker=True,
    ),
)
_SAME_CLUSTER = _MatchReason("key", 0.99, "same as another name of the document")
_NO_MATCH = _MatchReason("new", 1.0, "no known name is like it")


def resolve_names(names: Sequence[str], catalogue: Catalogue) -> list[Decision]:
    """Return one decision a name, in the order of `names`; all are names of one document.

    The order of names never changes a decision. An `uncertain` name is kept separate, like a new
    entity.
    """
    resolver = _DocumentResolver(sorted(set(names)), catalogue)
    decisions = resolver.decide()
    return [decisions[name] for name in names]


class _DocumentResolver:
    """The names of one document in clusters, each linked to at most one catalogued entity."""

    def __init__(self, names: Sequence[str], catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.names = names
        self.spelled = {name: catalogue.parse(name) for name in names}
        self._parents = {name: name for name in names}
        self._slugs: dict[str, str] = {}
        """Root of a cluster → slug of its entity."""
        self._reasons: dict[str, _MatchReason] = {}
        self._doubts: dict[str, tuple[str, ...]] = {}
        """Name → slugs it may stand for."""

    def decide(self) -> dict[str, Decision]:
        """Apply all rules and return name → decision."""
        self._link_exact_names()
        self._apply(_KEY_RULE)
        for rule in _SPELLING_RULES:
            self._apply(rule)
        self._follow(relations(self.spelled, self.catalogue))
        self._join_typos()
        self._link_typos()
        return self._decisions()

    # Clusters

    def root(self, name: str) -> str:
        """Return the root of the cluster of `name` (union-find with path halving)."""
        parents = self._parents
        while parents[name] != name:
            parents[name] = parents[parents[name]]
            name = parents[name]
        return name

    def slug(self, name: str) -> str | None:
        """Return the slug of the entity that the cluster of `name` is linked to."""
        return self._slugs.get(self.root(name))

    def _link(self, name: str, slug: str, reason: _MatchReason) -> None:
        """Link the cluster of `name` to an entity, unless it is linked already."""
        root = self.root(name)
        if root not in self._slugs:
            self._slugs[root] = slug
            self._reasons.setdefault(name, reason)

    def _join(self, names: Sequence[str], reason: _MatchReason) -> None:
        """Join `names` into one cluster, unless they are linked to different entities."""
        roots = sorted(set(map(self.root, names)))
        slugs = {self._slugs[root] for root in roots if root in self._slugs}
        if len(roots) < 2 or len(slugs) > 1:
            return
        for name in names:
            # A linked name has its reason already.
            if not slugs or not self.slug(name):
                self._reasons.setdefault(name, reason)
        first, *others = roots
        for root in others:
            self._parents[root] = first
            self._slugs.pop(root, None)
        if slugs:
            self._slugs[first] = slugs.pop()

    # Names and spellings of the catalogue

    def _link_exact_names(self) -> None:
        for name in self.names:
            slug = self._preferred(self.catalogue.slugs_by_name(name))
            if slug:
                evidence = f"“{name}” is a name of {self._title(slug)}"
                self._link(name, slug, _MatchReason("exact", 1.0, evidence))

    def _preferred(self, slugs: Iterable[str]) -> str | None:
        """Return the entity that a name shared by several entities stands for, if one does."""
        entities = self.catalogue.entities
        return preferred_entity([(entities[slug].type, slug) for slug in slugs])

    def _title(self, slug: str) -> str:
        return self.catalogue.entities[slug].title

    def _apply(self, rule: _Rule) -> None:
        """Join names with the same key and link them to the entity that has it."""
        names_by_key: defaultdict[str, list[str]] = defaultdict(list)
        for name in self.names:
            key = getattr(self.spelled[name], rule.key_name)
            names_by_key[key].append(name)
        for key, names in names_by_key.items():
            slugs = self._slugs_for(rule, key, names)
            if not rule.by_maker:
                self._settle(names, slugs, rule.reason)
                continue
            for maker, part in self._names_by_maker(names, slugs):
                fitting = [slug for slug in slugs if self._may_be_made_by(slug, maker)]
                self._settle(part, fitting, rule.reason)

    def _slugs_for(self, rule: _Rule, key: str, names: Sequence[str]) -> Sequence[str]:
        """Return the entities of the catalogue with this key."""
        if rule.key_name == "key":
            return self.catalogue.slugs_by_key(key)
        # If only the catalogue's name was shortened, the catalogue left out the short name on
        # purpose: Assembly is not AssemblyAI.
        is_name_shortened = any(self.spelled[name].full != key for name in names)
        if rule.is_shortened and not is_name_shortened:
            return ()
        return self.catalogue.slugs_by_spelling(rule.key_name, key)

    def _may_be_made_by(self, slug: str, maker: str) -> bool:
        entity_maker = self.catalogue.maker_of(slug)
        if not maker or not entity_maker:
            return True
        return gazetteer.parent(entity_maker) == gazetteer.parent(maker)

    def _names_by_maker(
        self, names: list[str], slugs: Sequence[str]
    ) -> Iterable[tuple[str, list[str]]]:
        """Return (maker, names): all names together unless two makers claim the key."""
        names_by_maker: defaultdict[str, list[str]] = defaultdict(list)
        for name in names:
            maker = gazetteer.parent(self._maker_of(name))
            names_by_maker[maker].append(name)
        makers = set(names_by_maker)
        for slug in slugs:
            makers.add(gazetteer.parent(self.catalogue.maker_of(slug)))
        makers.discard("")
        if len(makers) > 1:
            return names_by_maker.items()
        return [(makers.pop() if makers else "", names)]

    def _maker_of(self, name: str) -> str:
        """Return the maker in a name, else of its entity; empty if unknown."""
        maker = self.spelled[name].maker
        slug = self.slug(name)
        if maker or not slug:
            return maker
        return self.catalogue.maker_of(slug)

    def _settle(self, names: Sequence[str], slugs: Sequence[str], reason: _MatchReason) -> None:
        """Link those of `names` without an entity to one, or join them as a new entity."""
        known_slugs: set[str] = set()
        unlinked: list[str] = []
        for name in names:
            slug = self.slug(name)
            if slug:
                known_slugs.add(slug)
            else:
                unlinked.append(name)
        if not unlinked:
            return
        target = self._preferred(slugs)
        if known_slugs:
            target = min(known_slugs) if len(known_slugs) == 1 else None
        if target:
            self._link_all(unlinked, target, reason)
            return
        self._join(unlinked, reason)
        slugs_in_doubt = known_slugs or set(slugs)
        if slugs_in_doubt:
            self._doubt(unlinked, slugs_in_doubt)

    def _link_all(self, names: Iterable[str], slug: str, reason: _MatchReason) -> None:
        """Link names to an entity, except everyday words that only a translation makes its name."""
        everyday_words: list[str] = []
        proper_names: list[str] = []
        for name in names:
            is_everyday = self._is_only_translated(name, slug)
            (everyday_words if is_everyday else proper_names).append(name)
        self._doubt(everyday_words, [slug])
        self._join(everyday_words, reason)
        evidence = f"{reason.evidence} as {self._title(slug)}"
        for name in proper_names:
            self._link(name, slug, _MatchReason(reason.method, reason.score, evidence))

    def _doubt(self, names: Iterable[str], slugs: Iterable[str]) -> None:
        """Record that names may stand for these entities, unless other doubts are recorded."""
        candidates = tuple(sorted(slugs))
        for name in names:
            self._doubts.setdefault(name, candidates)

    def _is_only_translated(self, name: str, slug: str) -> bool:
        """Return whether `name` is one everyday word that only the dictionary makes a name.

        A word has many translations: 記憶體 is a chip, "memory" is more often something else;
        "equity" is not always a stock.
        """
        spelling = self.spelled[name]
        is_one_word = len(spelling.words) == 1 and len(spelling.tokens) == 1
        if not is_one_word or not spelling.term or name.isupper():
            return False
        word = spelling.tokens[0]
        if is_han(word[0]) and len(word) > _MAX_HAN_WORD_CHARS:
            return False
        for known_name in self.catalogue.entities[slug].spellings:
            if _is_same_word(spelling, self.catalogue.parse(known_name)):
                return False
        return True

    # Relations and typos

    def _follow(self, open_relations: Sequence[Relation]) -> None:
        """Follow relations until no other one can be followed."""
        count = -1
        while len(open_relations) != count:
            count = len(open_relations)
            open_relations = [
                relation for relation in open_relations if not self._is_followed(relation)
            ]

    def _is_followed(self, relation: Relation) -> bool:
        """Follow a relation if it has one meaning; return whether it has."""
        slug = self.slug(relation.name)
        targets = set(relation.entities)
        for other in relation.others:
            targets.add(self.slug(other) or self.root(other))
        if relation.method == "person" and not self._may_be_persons({slug or "", *targets}):
            return False
        if not relation.strict:
            targets.discard(slug or self.root(relation.name))
        if len(targets) != 1:
            return False
        reason = _MatchReason(relation.method, relation.score, relation.evidence)
        if relation.entities and not slug:
            self._link(relation.name, relation.entities[0], reason)
        for other in relation.others:
            self._join([relation.name, other], reason)
        return True

    def _may_be_persons(self, targets: Iterable[str]) -> bool:
        """Return whether no target is a catalogued entity other than a person."""
        for target in targets:
            entity = self.catalogue.entities.get(target)
            if entity and entity.type != "person":
                return False
        return True

    def _join_typos(self) -> None:
        """Join names of the document that differ by a typo."""
        index = TypoIndex(self.spelled.values())
        for name, spelling in self.spelled.items():
            for other in index.typos_of(spelling):
                evidence = f"a slip of the pen in “{name}” or “{other}”"
                self._join([name, other], _MatchReason("fuzzy", 0.9, evidence))

    def _link_typos(self) -> None:
        """Link names that differ by a typo from a name of the catalogue."""
        for name, spelling in self.spelled.items():
            if self.slug(name):
                continue
            known_names = self.catalogue.typo_index.typos_of(spelling)
            slugs: set[str] = set()
            for known_name in known_names:
                slugs.update(self.catalogue.slugs_by_name(known_name))
            if len(slugs) == 1:
                evidence = f"a slip of the pen for “{known_names[0]}”"
                self._link(name, slugs.pop(), _MatchReason("fuzzy", 0.9, evidence))

    # Decisions

    def _decisions(self) -> dict[str, Decision]:
        entities = self._entities()
        spellings = [(entities[name], spelling) for name, spelling in self.spelled.items()]
        neighbours = Neighbours(spellings)
        decisions: dict[str, Decision] = {}
        for name, entity in entities.items():
            if entity.startswith(NEW):
                decisions[name] = self._new_entity(name, entity, neighbours)
            else:
                reason = self._reasons.get(name, _SAME_CLUSTER)
                decisions[name] = _decision(name, entity, "link", reason)
        return decisions

    def _entities(self) -> Mapping[str, str]:
        """Return name → slug, or `new:` and the smallest key of the cluster."""
        smallest_keys: dict[str, str] = {}
        for name in self.names:
            root = self.root(name)
            key = self.spelled[name].key
            smallest_keys[root] = min(key, smallest_keys.get(root, key))
        entities: dict[str, str] = {}
        for name in self.names:
            root = self.root(name)
            entities[name] = self._slugs.get(root) or NEW + smallest_keys[root]
        return entities

    def _new_entity(self, name: str, entity: str, neighbours: Neighbours) -> Decision:
        """Return the decision on a name that no catalogued entity has."""
        doubts = self._doubts.get(name)
        if doubts:
            return _doubtful(name, entity, doubts)
        similar = self._similar(name, entity, neighbours)
        reason = self._reasons.get(name)
        if similar and not reason:
            nearest = similar[0]
            evidence = f"looks like {nearest.entity}, and nothing says it is the same"
            resemblance = _MatchReason("fuzzy", nearest.score, evidence)
            return _decision(name, entity, "uncertain", resemblance, similar)
        return _decision(name, entity, "new", reason or _NO_MATCH, similar)

    def _similar(self, name: str, entity: str, neighbours: Neighbours) -> tuple[NameCandidate, ...]:
        """Return up to three other entities with similar names, most similar first."""
        spelling = self.spelled[name]
        scores = dict(self.catalogue.neighbours.nearest(spelling))
        scores.update(neighbours.nearest(spelling))
        scores.pop(entity, None)
        candidates = [NameCandidate(other, score) for other, score in scores.items()]
        candidates.sort(key=_candidate_order)
        return tuple(candidates[:_MAX_CANDIDATES])


def _is_same_word(spelling: ParsedName, known: ParsedName) -> bool:
    """Return whether the catalogue has this word itself, not only its translation.

    Two regions of Chinese may have two forms of one word. Two English words are two.
    """
    is_chinese = is_han(spelling.tokens[0][0])
    if known.full != spelling.full or is_han(known.tokens[0][0]) != is_chinese:
        return False
    return is_chinese or known.key[:3] == spelling.key[:3]


def _candidate_order(candidate: NameCandidate) -> tuple[float, str]:
    """Sort key of a candidate: the highest score first, then by entity."""
    return -candidate.score, candidate.entity


def _decision(
    name: str,
    entity: str,
    outcome: Outcome,
    reason: _MatchReason,
    candidates: tuple[NameCandidate, ...] = (),
) -> Decision:
    return Decision(
        name,
        entity,
        outcome,
        reason.method,
        reason.score,
        reason.evidence,
        candidates,
    )


def _doubtful(name: str, entity: str, slugs: Sequence[str]) -> Decision:
    """Return the decision on a name that may stand for catalogued entities."""
    evidence = "an everyday word, known in translation only"
    if len(slugs) > 1:
        evidence = "several entities bear this name"
    reason = _MatchReason("ambiguous", _DOUBT_SCORE, evidence)
    candidates = tuple([NameCandidate(slug, _DOUBT_SCORE) for slug in slugs])
    return _decision(name, entity, "uncertain", reason, candidates)
