"""Resolution of listed names: which entity each name of one document names.

The steps, in order: exact name; folded key; spelling (maker, legal form, word order, plural,
translation); relations between the document's names (brackets, abbreviations, surnames, handles,
dropped family words); typos. A name without a match is new. It is uncertain if another name looks
similar but no rule says that it is the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.normalize.entities.catalogue import Catalogue, preferred_entity
from app.normalize.entities.decisions import (
    NEW,
    Decision,
    NameCandidate,
    candidate_order,
    doubtful,
    new_decision,
)
from app.normalize.entities.name_clusters import MatchReason, NameClusters
from app.normalize.entities.names import plain_name, split_repository
from app.normalize.entities.relations import Relation, relations
from app.normalize.entities.similarity import Neighbours, TypoIndex
from app.normalize.entities.spelling import ParsedName
from app.normalize.lexicon import gazetteer
from app.normalize.text.folding import is_han

_MAX_HAN_WORD_CHARS = 3
_MAX_CANDIDATES = 3
_TYPO_SCORE = 0.9
_REPOSITORY_SCORE = 0.95
_REPOSITORY_TYPES = frozenset(["product", "model", "method", "dataset", "org"])
# Without its maker, a name of these types is a common noun.
_COMMON_TYPES = frozenset(["concept", "event", "place"])


@dataclass(frozen=True, slots=True)
class _Rule:
    """Equality of one field of `ParsedName`, as a reason to join names."""

    key_name: str
    reason: MatchReason
    by_maker: bool = False
    """Whether names of two makers stay separate."""
    is_shortened: bool = False
    """Whether the key leaves out a part of the name."""


_KEY_RULE = _Rule("key", MatchReason("key", 0.99, "same letters and digits"))
_SPELLING_RULES = (
    _Rule(
        "full",
        MatchReason("spelling", 0.97, "same words, translated, or singular for plural"),
    ),
    _Rule(
        "core",
        MatchReason("affix", 0.95, "same except for maker or suffix"),
        by_maker=True,
        is_shortened=True,
    ),
    _Rule(
        "order",
        MatchReason("order", 0.94, "same words in another order"),
        by_maker=True,
    ),
)
_SAME_CLUSTER = MatchReason("key", 0.99, "same as another name of the document")
_NO_MATCH = MatchReason("new", 1.0, "no similar name is known")


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
        self.clusters = NameClusters(names)
        self.spelled = {name: catalogue.parse(name) for name in names}

    def decide(self) -> dict[str, Decision]:
        """Apply all rules and return name → decision."""
        self._link_exact_names()
        self._apply(_KEY_RULE)
        for rule in _SPELLING_RULES:
            self._apply(rule)

        self._link_repositories()
        self._follow(relations(self.spelled, self.catalogue))
        self._join_typos()
        self._link_typos()
        return self._decisions()

    # Names and spellings of the catalogue

    def _link_exact_names(self) -> None:
        for name in self.names:
            slugs = self.catalogue.slugs_by_name(plain_name(name))
            slug = self._preferred(slugs)
            if not slug:
                continue

            evidence = f"“{name}” is a name of {self._title(slug)}"
            reason = MatchReason("exact", 1.0, evidence)
            self.clusters.link(name, slug, reason)

    def _link_repositories(self) -> None:
        """Link `vllm-project/vllm` to what its repository is called."""
        for name in self.names:
            parts = split_repository(plain_name(name))
            if parts is None or self.clusters.slug(name):
                continue

            repository = self.catalogue.parse(parts[1])
            slugs = self.catalogue.slugs_by_key(repository.key)
            if not slugs:
                slugs = self.catalogue.slugs_by_spelling("full", repository.full)
            products = [slug for slug in slugs if self._type_of(slug) in _REPOSITORY_TYPES]
            slug = self._preferred(products)
            if slug:
                evidence = f"a repository of {self._title(slug)}"
                self.clusters.link(name, slug, MatchReason("affix", _REPOSITORY_SCORE, evidence))

    def _type_of(self, slug: str) -> str:
        return self.catalogue.entities[slug].type

    def _preferred(self, slugs: Iterable[str]) -> str | None:
        """Return the entity that a name shared by several entities stands for, if one does."""
        candidates: list[tuple[str, str]] = []
        for slug in slugs:
            entity = self.catalogue.entities[slug]
            candidates.append((entity.type, slug))
        return preferred_entity(candidates)

    def _title(self, slug: str) -> str:
        return self.catalogue.entities[slug].title

    def _apply(self, rule: _Rule) -> None:
        """Join names with the same key and link them to the entity that has it."""
        names_by_key: defaultdict[str, list[str]] = defaultdict(list)
        for name in self.names:
            key = getattr(self.spelled[name], rule.key_name)
            names_with_key = names_by_key[key]
            names_with_key.append(name)

        for key, names in names_by_key.items():
            slugs = self._slugs_for(rule, key, names)
            if rule.by_maker:
                names = self._settle_things_of_makers(names, slugs, rule)
                self._settle_by_maker(names, slugs, rule.reason)
            else:
                self._settle(names, slugs, rule.reason)

    def _slugs_for(self, rule: _Rule, key: str, names: Sequence[str]) -> Sequence[str]:
        """Return the entities of the catalogue with this key."""
        if rule.key_name == "key":
            return self.catalogue.slugs_by_key(key)

        # If only the catalogue's name was shortened, the catalogue left out the short name on
        # purpose: Assembly is not AssemblyAI.
        full_keys = {self.spelled[name].full for name in names}
        if rule.is_shortened and full_keys == {key}:
            return ()

        return self.catalogue.slugs_by_spelling(rule.key_name, key)

    def _settle_things_of_makers(
        self, names: list[str], slugs: Sequence[str], rule: _Rule
    ) -> list[str]:
        """Settle the names with a maker, if the key is also that of a concept; return the others.

        Splunk MCP Server is one of the MCP servers, and OpenAI Deployment Company is a company.
        """
        things = [slug for slug in slugs if self._type_of(slug) not in _COMMON_TYPES]
        if not rule.is_shortened or len(things) == len(slugs):
            return names

        of_makers: list[str] = []
        others: list[str] = []
        for name in names:
            same_key = of_makers if self.spelled[name].maker else others
            same_key.append(name)

        self._settle_by_maker(of_makers, things, rule.reason)
        return others

    def _settle_by_maker(self, names: list[str], slugs: Sequence[str], reason: MatchReason) -> None:
        """Settle the names of each maker separately, with the entities it may have made."""
        for maker, names_of_maker in self._names_by_maker(names, slugs):
            fitting_slugs: list[str] = []
            for slug in slugs:
                if self._may_be_made_by(slug, maker):
                    fitting_slugs.append(slug)

            self._settle(names_of_maker, fitting_slugs, reason)

    def _may_be_made_by(self, slug: str, maker: str) -> bool:
        entity_maker = self.catalogue.maker_of(slug)
        if not maker or not entity_maker:
            return True
        return gazetteer.parent(entity_maker) == gazetteer.parent(maker)

    def _names_by_maker(
        self, names: list[str], slugs: Sequence[str]
    ) -> Iterable[tuple[str, list[str]]]:
        """Return (maker, names): all names together unless two makers claim the key."""
        makers: set[str] = set()
        for slug in slugs:
            maker = self.catalogue.maker_of(slug)
            makers.add(gazetteer.parent(maker))

        names_by_maker: defaultdict[str, list[str]] = defaultdict(list)
        for name in names:
            maker = gazetteer.parent(self._maker_of(name))
            makers.add(maker)
            names_of_maker = names_by_maker[maker]
            names_of_maker.append(name)

        makers.discard("")
        if len(makers) > 1:
            return names_by_maker.items()

        only_maker = makers.pop() if makers else ""
        return [(only_maker, names)]

    def _maker_of(self, name: str) -> str:
        """Return the maker in a name, else of its entity; empty if unknown."""
        maker = self.spelled[name].maker
        slug = self.clusters.slug(name)
        if maker or not slug:
            return maker
        return self.catalogue.maker_of(slug)

    def _settle(self, names: Sequence[str], slugs: Sequence[str], reason: MatchReason) -> None:
        """Link those of `names` without an entity to one, or join them as a new entity."""
        linked_slugs: set[str] = set()
        unlinked: list[str] = []
        for name in names:
            slug = self.clusters.slug(name)
            if slug:
                linked_slugs.add(slug)
            else:
                unlinked.append(name)

        if not unlinked:
            return

        target = self._target(linked_slugs, slugs)
        if target:
            self._link_all(unlinked, target, reason)
            return

        self.clusters.join(unlinked, reason)
        slugs_in_doubt = linked_slugs or set(slugs)
        if slugs_in_doubt:
            self.clusters.doubt(unlinked, slugs_in_doubt)

    def _target(self, linked_slugs: set[str], slugs: Sequence[str]) -> str | None:
        """Return the entity to link to: the one other names are linked to, else the preferred."""
        if not linked_slugs:
            return self._preferred(slugs)
        if len(linked_slugs) > 1:
            return None

        return min(linked_slugs)

    def _link_all(self, names: Iterable[str], slug: str, reason: MatchReason) -> None:
        """Link names to an entity, except everyday words that only a translation makes its name."""
        everyday_words: list[str] = []
        proper_names: list[str] = []
        for name in names:
            if self._is_only_translated(name, slug):
                everyday_words.append(name)
            else:
                proper_names.append(name)

        self.clusters.doubt(everyday_words, [slug])
        self.clusters.join(everyday_words, reason)
        evidence = f"{reason.evidence} as {self._title(slug)}"
        link_reason = replace(reason, evidence=evidence)
        for name in proper_names:
            self.clusters.link(name, slug, link_reason)

    def _is_only_translated(self, name: str, slug: str) -> bool:
        """Return whether `name` is one everyday word that only the dictionary makes a name.

        A word has many translations: 記憶體 is a chip, "memory" is more often something else;
        "equity" is not always a stock.
        """
        spelling = self.spelled[name]
        if len(spelling.words) != 1 or len(spelling.tokens) != 1:
            return False
        if name.isupper() or not spelling.term:
            return False

        word = spelling.tokens[0]
        if is_han(word[0]) and len(word) > _MAX_HAN_WORD_CHARS:
            return False

        entity = self.catalogue.entities[slug]
        for known_name in entity.spellings:
            known = self.catalogue.parse(known_name)
            if _is_same_word(spelling, known):
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
        name = relation.name
        slug = self.clusters.slug(name)
        targets = set(relation.entities)
        for other in relation.others:
            target = self.clusters.slug(other) or self.clusters.root(other)
            targets.add(target)

        if relation.method == "person":
            persons = {slug or "", *targets}
            if not self._may_be_persons(persons):
                return False

        if not relation.strict:
            own_target = slug or self.clusters.root(name)
            targets.discard(own_target)
        if len(targets) != 1:
            return False

        reason = MatchReason(
            relation.method,
            relation.score,
            relation.evidence,
        )
        if relation.entities and not slug:
            self.clusters.link(name, relation.entities[0], reason)
        for other in relation.others:
            self.clusters.join([name, other], reason)

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
                evidence = f"a typo in “{name}” or “{other}”"
                reason = MatchReason("fuzzy", _TYPO_SCORE, evidence)
                self.clusters.join([name, other], reason)

    def _link_typos(self) -> None:
        """Link names that differ by a typo from a name of the catalogue."""
        for name, spelling in self.spelled.items():
            if self.clusters.slug(name):
                continue

            known_names = self.catalogue.typo_index.typos_of(spelling)
            slugs: set[str] = set()
            for known_name in known_names:
                slugs.update(self.catalogue.slugs_by_name(known_name))

            if len(slugs) != 1:
                continue

            evidence = f"a typo for “{known_names[0]}”"
            reason = MatchReason("fuzzy", _TYPO_SCORE, evidence)
            self.clusters.link(name, slugs.pop(), reason)

    # Decisions

    def _decisions(self) -> dict[str, Decision]:
        entities = self._entities()
        neighbours = Neighbours()
        for name, entity in entities.items():
            neighbours.add(entity, self.spelled[name])

        decisions: dict[str, Decision] = {}
        for name, entity in entities.items():
            if entity.startswith(NEW):
                decision = self._new_entity(name, entity, neighbours)
            else:
                reason = self.clusters.reasons.get(name, _SAME_CLUSTER)
                decision = new_decision(name, entity, "link", reason)

            decisions[name] = decision

        return decisions

    def _entities(self) -> Mapping[str, str]:
        """Return name → slug, or `new:` and the smallest key of the cluster."""
        smallest_keys: dict[str, str] = {}
        for name, spelling in self.spelled.items():
            root = self.clusters.root(name)
            smallest = smallest_keys.get(root, spelling.key)
            smallest_keys[root] = min(smallest, spelling.key)

        entities: dict[str, str] = {}
        for name in self.names:
            slug = self.clusters.slug(name)
            if slug:
                entities[name] = slug
                continue

            root = self.clusters.root(name)
            entities[name] = NEW + smallest_keys[root]

        return entities

    def _new_entity(self, name: str, entity: str, neighbours: Neighbours) -> Decision:
        """Return the decision on a name that no catalogued entity has."""
        doubts = self.clusters.doubts.get(name)
        if doubts:
            return doubtful(name, entity, doubts)

        similar = self._similar(name, entity, neighbours)
        reason = self.clusters.reasons.get(name)
        if similar and not reason:
            nearest = similar[0]
            evidence = f"looks like {nearest.entity}, but no rule says it is the same"
            resemblance = MatchReason("fuzzy", nearest.score, evidence)
            return new_decision(name, entity, "uncertain", resemblance, similar)

        return new_decision(name, entity, "new", reason or _NO_MATCH, similar)

    def _similar(self, name: str, entity: str, neighbours: Neighbours) -> tuple[NameCandidate, ...]:
        """Return up to three other entities with similar names, most similar first."""
        spelling = self.spelled[name]
        scores = dict(self.catalogue.neighbours.nearest(spelling))
        scores.update(neighbours.nearest(spelling))
        scores.pop(entity, None)
        candidates: list[NameCandidate] = []
        for other, score in scores.items():
            # Splunk MCP Server resembles "MCP server", but it is a thing of its maker.
            known = self.catalogue.entities.get(other)
            if spelling.maker and known and known.type in _COMMON_TYPES:
                continue
            candidates.append(NameCandidate(other, score))

        candidates.sort(key=candidate_order)
        return tuple(candidates[:_MAX_CANDIDATES])


def _is_same_word(spelling: ParsedName, known: ParsedName) -> bool:
    """Return whether the catalogue has this word itself, not only its translation.

    Two regions of Chinese may have two forms of one word. Two English words are two.
    """
    word = spelling.tokens[0]
    known_word = known.tokens[0]
    is_chinese = is_han(word[0])
    if is_chinese != is_han(known_word[0]):
        return False
    if known.full != spelling.full:
        return False

    has_same_beginning = known.key[:3] == spelling.key[:3]
    return is_chinese or has_same_beginning
