"""Relations between the names of one document.

Examples: `大型語言模型（LLM）`; MTP beside Multi-Token Prediction; Karpathy beside Andrej Karpathy;
Opus 4 beside Claude Opus 4. A relation lists everything it could point at. It is followed only if
all of that is one entity.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.names import read_cell
from app.normalize.entities.persons import possible_forms, short_forms
from app.normalize.entities.spelling import ParsedName, initials, is_latin
from app.normalize.lexicon import gazetteer, vocabulary
from app.normalize.text.folding import has_han

_HANDLE_ENDINGS = (
    "ai",
    "hq",
    "ailabs",
    "labs",
    "lab",
    "inc",
    "devs",
    "evals",
    "official",
    "io",
    "org",
    "team",
)
_ARM_ENDINGS = ("ai", "ailabs", "labs", "lab")
_OWNER_TYPES = ("org", "product")
# Families whose members are often named without the family. A model made from another one, such as
# GTE-Qwen2 from Qwen2, is not a member.
_FAMILIES = frozenset(
    """
    gpt claude gemini gemma llama qwen deepseek mistral grok kimi glm minimax runway veo imagen seed
    doubao hunyuan ernie nova phi granite nemotron command jamba sora flux stability suno pangu
    spark yi step baichuan internlm reka palm
    """.split()
)
_MIN_OWNER_CHARS = 4
_MIN_ABBREVIATION_CHARS = 3
_MIN_SHORTENED_CHARS = 4
_MIN_NUMERONYM_CHARS = 6

_HAN = r"([㐀-鿿]{2,})"
_LATIN = r"([A-Za-z][A-Za-z .'-]*[A-Za-z])"
_TWO_SCRIPTS = re.compile(rf"{_HAN}\s*{_LATIN}|{_LATIN}\s*{_HAN}")
_CAPITALS = re.compile(r"[A-Z][A-Za-z]*[A-Z]s?")
_NUMERONYM = re.compile(r"[a-z]\d+[a-z]")
_INNER_CAPITAL = re.compile(r"[a-z][A-Z]")
_HANDLE = re.compile(r"[a-z][a-z_-]+")

Spelled = Mapping[str, ParsedName]
"""Name of the document → parsed name."""
NameIndex = Mapping[str, Iterable[str]]
"""Key → names of the document."""
_OrderedSet = dict[str, None]
"""Names or slugs without duplicates, in the order they were added."""


@dataclass(frozen=True, slots=True)
class Relation:
    """`name` is the same entity as each of `others` (document) and of `entities` (catalogue)."""

    name: str
    others: tuple[str, ...]
    entities: tuple[str, ...]
    method: str
    score: float
    evidence: str
    strict: bool = False
    """Whether the targets must be one entity already.

    Otherwise one more cluster may join the cluster of `name`.
    """


def relations(spelled: Spelled, catalogue: Catalogue) -> list[Relation]:
    """Return all relations between the names and to the catalogue, the most certain first."""
    return [
        *_brackets(spelled, catalogue),
        *_bilingual(spelled, catalogue),
        *_Abbreviations(spelled).relations(),
        *_persons(spelled, catalogue),
        *_handles(spelled, catalogue),
        *_members(spelled, catalogue),
    ]


def _names_by_key(spelled: Spelled, *key_names: str) -> NameIndex:
    """Return key → names, for the given fields of `ParsedName`."""
    names_by_key: defaultdict[str, _OrderedSet] = defaultdict(dict)
    for name, spelling in spelled.items():
        for key_name in key_names:
            key = getattr(spelling, key_name)
            if not key:
                continue

            names = names_by_key[key]
            names[name] = None

    return names_by_key


def _without(names: Iterable[str], name: str) -> tuple[str, ...]:
    """Return `names` without `name`, in their order."""
    others = list(names)
    if name in others:
        others.remove(name)
    return tuple(others)


def _brackets(spelled: Spelled, catalogue: Catalogue) -> Iterator[Relation]:
    """Yield `Name（ABBR）` and `名稱（Name）`: the bracket contains another name."""
    names_by_key = _names_by_key(spelled, "full", "core")
    for name, spelling in spelled.items():
        if not spelling.inner or spelling.maker:
            continue
        inner = catalogue.parse(spelling.inner)
        if not _is_bracketed_name(name, spelling, inner):
            continue
        others = _without(names_by_key.get(inner.full, ()), name)
        entities = catalogue.slugs_by_spelling("full", inner.full)
        if others or entities:
            yield Relation(
                name,
                others,
                entities,
                method="bracket",
                score=0.95,
                evidence="the name is in brackets",
                strict=True,
            )


def _is_bracketed_name(name: str, spelling: ParsedName, inner: ParsedName) -> bool:
    """Return whether a bracket contains the name in the other script, or its abbreviation."""
    text = spelling.inner
    written = read_cell(name).name
    outer_length = len(written) - len(text) - len("()")
    outer = written[:outer_length]
    is_other_script = has_han(outer) != has_han(text)
    if is_other_script and not _is_maker(inner):
        return True
    if not text.isupper():
        return False

    return text.lower() in initials(spelling.tokens)


def _bilingual(spelled: Spelled, catalogue: Catalogue) -> Iterator[Relation]:
    """Yield `昇騰 Ascend`: two names side by side which both occur elsewhere."""
    names_by_key = _names_by_key(spelled, "full", "core")
    for name in spelled:
        match = _TWO_SCRIPTS.fullmatch(read_cell(name).name)
        if not match:
            continue
        others: list[str] = []
        entities: dict[str, None] = {}
        known_halves = 0
        for half in filter(None, match.groups()):
            key = catalogue.parse(half).full
            names = _without(names_by_key.get(key, ()), name)
            slugs = catalogue.slugs_by_spelling("full", key)
            known_halves += bool(names or slugs)
            others.extend(names)
            entities.update(dict.fromkeys(slugs))
        if known_halves == 2:
            yield Relation(
                name,
                tuple(others),
                tuple(entities),
                method="bilingual",
                score=0.95,
                evidence="both halves are its names",
                strict=True,
            )


def _is_maker(spelling: ParsedName) -> bool:
    return "".join(spelling.tokens) in gazetteer.makers()


class _Abbreviations:
    """Short forms of the document's names.

    MTP beside Multi-Token Prediction, SD3 Medium beside Stable Diffusion 3 Medium, K8s beside
    Kubernetes.
    """

    def __init__(self, spelled: Spelled) -> None:
        self.spelled = spelled
        # Short form and profile (numbers and sizes) → names.
        self._by_initials: defaultdict[tuple[str, object], _OrderedSet] = defaultdict(dict)
        self._by_first_initials: defaultdict[tuple[str, object], _OrderedSet] = defaultdict(dict)
        self._owned_cores: set[str] = set()
        self._cores_in_capitals: set[str] = set()
        for name, spelling in spelled.items():
            self._index(name, spelling)

    def _index(self, name: str, spelling: ParsedName) -> None:
        profile = spelling.profile
        for short in _shortened(spelling):
            names = self._by_first_initials[short, profile]
            names[name] = None

        if not spelling.numbers:
            short_forms_of_all = initials(spelling.tokens)
            short_forms_of_all.update(_numeronyms(spelling))
            for short in short_forms_of_all:
                names = self._by_initials[short, profile]
                names[name] = None

        # A name with a maker or legal form elsewhere (PDD Holdings) is an entity of its own and
        # abbreviates no phrase of everyday words.
        if spelling.maker or spelling.full != spelling.core:
            self._owned_cores.add(spelling.core)

        written = read_cell(name).name
        if _CAPITALS.fullmatch(written):
            self._cores_in_capitals.add(spelling.core)

    def relations(self) -> Iterator[Relation]:
        """Yield a relation for each name that abbreviates others."""
        for name, spelling in self.spelled.items():
            is_owned = spelling.core in self._owned_cores
            others: list[str] = []
            for phrase in self._phrases(name, spelling):
                is_everyday = self.spelled[phrase].term
                if phrase == name:
                    continue
                if is_owned and is_everyday:
                    continue

                others.append(phrase)

            if not others:
                continue

            yield Relation(
                name,
                tuple(others),
                (),
                method="abbreviation",
                score=0.92,
                evidence=f"abbreviates “{others[0]}”",
            )

    def _phrases(self, name: str, spelling: ParsedName) -> Iterable[str]:
        """Return the names that `name` may abbreviate."""
        if _NUMERONYM.fullmatch(spelling.key):
            without_numbers = ((), ())
            return self._by_initials.get((spelling.key, without_numbers), ())

        # The vocabulary knows the meaning of a term.
        if spelling.term:
            return ()

        profile = spelling.profile
        letters = "".join(spelling.tokens)
        if self._is_abbreviation(name, spelling, letters):
            phrases = dict(self._by_initials.get((letters, profile), {}))
            phrases.update(self._by_first_initials.get((letters, profile), {}))
            return phrases

        short = "".join(spelling.words)
        if len(short) < _MIN_SHORTENED_CHARS:
            return ()

        return self._by_first_initials.get((short, profile), ())

    def _is_abbreviation(self, name: str, spelling: ParsedName, letters: str) -> bool:
        """Return whether `name` is one word that is written in capitals somewhere."""
        if len(spelling.tokens) != 1:
            return False
        if len(letters) < _MIN_ABBREVIATION_CHARS:
            return False
        if name.istitle():
            return False

        return spelling.core in self._cores_in_capitals


def _shortened(spelling: ParsedName) -> Iterator[str]:
    """Yield a phrase with two or more first words as initials: `sdxl`, Stable Diffusion XL."""
    words = [word for word in spelling.words if word != "v"]
    if not all(map(is_latin, words)):
        return

    has_numbers = bool(spelling.numbers)
    # With a number all words may be initials: SD 3.
    max_initials = len(words) if has_numbers else len(words) - 1
    short = "".join([word[0] for word in words])
    for count in range(2, max_initials + 1):
        rest = "".join(words[count:])
        if not has_numbers and len(rest) < 2:
            continue

        yield short[:count] + rest


def _numeronyms(spelling: ParsedName) -> set[str]:
    """Return `k8s` for `kubernetes`: first letter, number of inner letters, last letter."""
    letters = "".join(spelling.tokens)
    if len(letters) < _MIN_NUMERONYM_CHARS:
        return set()
    if not is_latin(letters):
        return set()
    # NexusRaven is two words, not n8n.
    if _INNER_CAPITAL.search(spelling.name):
        return set()

    inner_count = len(letters) - 2
    return {f"{letters[0]}{inner_count}{letters[-1]}"}


def _persons(spelled: Spelled, catalogue: Catalogue) -> Iterator[Relation]:
    """Yield surnames, nicknames, middle initials and handles beside full names."""
    names_by_form: defaultdict[str, _OrderedSet] = defaultdict(dict)
    for name, spelling in spelled.items():
        for form in short_forms(spelling):
            names = names_by_form[form]
            names[name] = None

    slugs_by_form = catalogued_persons(catalogue)
    for name, spelling in spelled.items():
        for form in possible_forms(spelling):
            others = _without(names_by_form.get(form, ()), name)
            entities = tuple(slugs_by_form.get(form, ()))
            if not others and not entities:
                continue

            yield Relation(
                name,
                others,
                entities,
                method="person",
                score=0.93,
                evidence="surname, short form or handle",
            )
            break


@lru_cache(maxsize=2)
def catalogued_persons(catalogue: Catalogue) -> Mapping[str, Iterable[str]]:
    """Return form → slugs of the people of the catalogue with this form of their name."""
    if catalogue.compiled:
        return catalogue.compiled["persons"]
    slugs_by_form: defaultdict[str, _OrderedSet] = defaultdict(dict)
    for slug, spelling in catalogue.spellings:
        entity = catalogue.entities[slug]
        if entity.type != "person":
            continue

        for form in short_forms(spelling):
            slugs = slugs_by_form[form]
            slugs[slug] = None

    return slugs_by_form


def _handles(spelled: Spelled, catalogue: Catalogue) -> Iterator[Relation]:
    """Yield metr_evals beside METR, mistralai beside Mistral: the owner's name and an ending."""
    names_by_core = _names_by_key(spelled, "core")
    for name, spelling in spelled.items():
        written = read_cell(name).name.lstrip("@")
        if spelling.numbers or not _HANDLE.fullmatch(written):
            continue
        for owner in _possible_owners(re.sub("[_-]", "", written)):
            others = _without(names_by_core.get(owner, ()), name)
            entities = _owners(owner, catalogue)
            if not others and not entities:
                continue
            yield Relation(
                name,
                others,
                entities,
                method="handle",
                score=0.92,
                evidence=f"a handle of “{owner}”",
            )
            break


def _possible_owners(handle: str) -> Iterator[str]:
    """Yield the letters of a handle without an ending that may follow its owner's name."""
    for ending in _HANDLE_ENDINGS:
        owner = handle.removesuffix(ending)
        if owner == handle or len(owner) < _MIN_OWNER_CHARS:
            continue
        if owner in vocabulary.english():
            continue
        # Google AI is not Google.
        if ending in _ARM_ENDINGS and gazetteer.has_arms(owner):
            continue

        yield owner


def _owners(core: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the slugs of the organisations and products with this core."""
    slugs: list[str] = []
    for slug in catalogue.slugs_by_spelling("core", core):
        entity = catalogue.entities[slug]
        if entity.type in _OWNER_TYPES:
            slugs.append(slug)
    return tuple(slugs)


def _members(spelled: Spelled, catalogue: Catalogue) -> Iterator[Relation]:
    """Yield Opus 4.5 beside Claude Opus 4.5: a member without the word of its family."""
    names_by_tail = _names_by_key(spelled, "tail")
    known_families = catalogued_families(catalogue)
    for name, spelling in spelled.items():
        families = set(known_families.get(spelling.bare, ()))
        others = tuple(names_by_tail.get(spelling.bare, ()))
        for other in others:
            families.add(spelled[other].head)

        # Two families with such a member leave open which one is meant.
        if len(families) != 1:
            continue
        if not families <= _FAMILIES:
            continue

        yield Relation(
            name,
            others,
            catalogue.slugs_by_spelling("tail", spelling.bare),
            method="family",
            score=0.93,
            evidence="same except for the family's name",
        )


@lru_cache(maxsize=2)
def catalogued_families(catalogue: Catalogue) -> Mapping[str, Iterable[str]]:
    """Return tail → first words of the catalogue's names with this tail."""
    if catalogue.compiled:
        return catalogue.compiled["families"]
    families_by_tail: defaultdict[str, set[str]] = defaultdict(set)
    for _, spelling in catalogue.spellings:
        if not spelling.tail:
            continue

        families = families_by_tail[spelling.tail]
        families.add(spelling.head)

    return families_by_tail
