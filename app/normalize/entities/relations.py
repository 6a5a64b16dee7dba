"""Relations between the names of one document.

`大型語言模型（LLM）`; MTP beside Multi-Token Prediction; Karpathy beside Andrej Karpathy; Opus 4 beside
Claude Opus 4. A relation lists everything it could point at. It is followed only if all of that is one
entity.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.names import read_cell
from app.normalize.entities.persons import possible_forms, short_forms
from app.normalize.entities.spelling import ParsedName, initials
from app.normalize.lexicon import gazetteer, vocabulary
from app.normalize.text.folding import is_han

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
NameIndex = Mapping[str, Sequence[str]]
"""Key → names of the document."""


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
    index: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for name, spelling in spelled.items():
        for key_name in key_names:
            key = getattr(spelling, key_name)
            if key:
                index[key][name] = None
    return {key: tuple(names) for key, names in index.items()}


def _without(names: Iterable[str], name: str) -> tuple[str, ...]:
    return tuple([other for other in names if other != name])


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
                evidence="the bracket says so",
                strict=True,
            )


def _is_bracketed_name(name: str, spelling: ParsedName, inner: ParsedName) -> bool:
    """Return whether a bracket contains the name in the other script, or its abbreviation."""
    text = spelling.inner
    outer = read_cell(name).name[: -len(text) - 2]
    is_other_script = _has_han(outer) != _has_han(text)
    if is_other_script and not _is_maker(inner):
        return True
    return text.isupper() and text.lower() in initials(spelling.tokens)


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
                evidence="both halves name it",
                strict=True,
            )


def _is_maker(spelling: ParsedName) -> bool:
    return "".join(spelling.tokens) in gazetteer.makers()


def _has_han(text: str) -> bool:
    return any(map(is_han, text))


class _Abbreviations:
    """Short forms of the document's names.

    MTP beside Multi-Token Prediction, SD3 Medium beside Stable Diffusion 3 Medium, K8s beside
    Kubernetes.
    """

    def __init__(self, spelled: Spelled) -> None:
        self.spelled = spelled
        # Short form and profile (numbers and sizes) → names, as keys of a dict for their order.
        self._initials: defaultdict[tuple[str, object], dict[str, None]] = defaultdict(dict)
        self._shortened: defaultdict[tuple[str, object], dict[str, None]] = defaultdict(dict)
        self._owned_cores: set[str] = set()
        self._cores_in_capitals: set[str] = set()
        for name, spelling in spelled.items():
            self._index(name, spelling)

    def _index(self, name: str, spelling: ParsedName) -> None:
        for short in _shortened(spelling):
            self._shortened[short, spelling.profile][name] = None
        if not spelling.numbers:
            for short in initials(spelling.tokens) | _numeronyms(spelling):
                self._initials[short, spelling.profile][name] = None
        # A name with a maker or legal form elsewhere (PDD Holdings, Samsung SDS) is an entity of its
        # own and abbreviates no phrase of everyday words.
        if spelling.maker or spelling.full != spelling.core:
            self._owned_cores.add(spelling.core)
        if _CAPITALS.fullmatch(read_cell(name).name):
            self._cores_in_capitals.add(spelling.core)

    def relations(self) -> Iterator[Relation]:
        """Yield a relation for each name that abbreviates others."""
        for name, spelling in self.spelled.items():
            others: list[str] = []
            for phrase in self._phrases(name, spelling):
                is_everyday = self.spelled[phrase].term and spelling.core in self._owned_cores
                if phrase != name and not is_everyday:
                    others.append(phrase)
            if others:
                yield Relation(
                    name,
                    tuple(others),
                    (),
                    method="abbreviation",
                    score=0.92,
                    evidence=f"“{others[0]}” abbreviates to it",
                )

    def _phrases(self, name: str, spelling: ParsedName) -> Iterable[str]:
        """Return the names that `name` may abbreviate."""
        if _NUMERONYM.fullmatch(spelling.key):
            return self._initials.get((spelling.key, ((), ())), {})
        if spelling.term:
            # The vocabulary knows its meaning.
            return ()
        letters = "".join(spelling.tokens)
        if self._is_abbreviation(name, spelling, letters):
            by_initials = self._initials.get((letters, spelling.profile), {})
            by_some_initials = self._shortened.get((letters, spelling.profile), {})
            return by_initials | by_some_initials
        short = "".join(spelling.words)
        if len(short) < _MIN_SHORTENED_CHARS:
            return ()
        return self._shortened.get((short, spelling.profile), {})

    def _is_abbreviation(self, name: str, spelling: ParsedName, letters: str) -> bool:
        """Return whether `name` is one word that is written in capitals somewhere."""
        if len(spelling.tokens) != 1 or len(letters) < _MIN_ABBREVIATION_CHARS:
            return False
        return spelling.core in self._cores_in_capitals and not name.istitle()


def _shortened(spelling: ParsedName) -> Iterator[str]:
    """Yield a phrase with two or more first words as initials: `sdxl`, Stable Diffusion XL."""
    words = [word for word in spelling.words if word != "v"]
    if not all(word.isascii() and word.isalpha() for word in words):
        return
    initial_letters = [word[0] for word in words]
    has_numbers = bool(spelling.numbers)
    # With a number all words may be initials: SD 3.
    for count in range(2, len(words) + has_numbers):
        rest = "".join(words[count:])
        if has_numbers or len(rest) >= 2:
            yield "".join(initial_letters[:count]) + rest


def _numeronyms(spelling: ParsedName) -> set[str]:
    """Return `k8s` for `kubernetes`: first letter, number of inner letters, last letter."""
    letters = "".join(spelling.tokens)
    is_latin = letters.isascii() and letters.isalpha()
    if len(letters) < _MIN_NUMERONYM_CHARS or not is_latin:
        return set()
    # NexusRaven is two words, not n8n.
    if _INNER_CAPITAL.search(spelling.name):
        return set()
    inner_count = len(letters) - 2
    return {f"{letters[0]}{inner_count}{letters[-1]}"}


def _persons(spelled: Spelled, catalogue: Catalogue) -> Iterator[Relation]:
    """Yield surnames, nicknames, middle initials and handles beside full names."""
    names_by_form: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for name, spelling in spelled.items():
        for form in short_forms(spelling):
            names_by_form[form][name] = None
    slugs_by_form = _catalogued_persons(catalogue)
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
def _catalogued_persons(catalogue: Catalogue) -> Mapping[str, Iterable[str]]:
    """Return form → slugs of the people of the catalogue with this form of their name."""
    slugs_by_form: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for slug, spelling in catalogue.spellings:
        if catalogue.entities[slug].type != "person":
            continue
        for form in short_forms(spelling):
            slugs_by_form[form][slug] = None
    return dict(slugs_by_form)


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
        is_too_short = owner == handle or len(owner) < _MIN_OWNER_CHARS
        if is_too_short or owner in vocabulary.english():
            continue
        # Google AI is not Google.
        if ending not in _ARM_ENDINGS or not gazetteer.has_arms(owner):
            yield owner


def _owners(core: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the slugs of the organisations and products with this core."""
    slugs: list[str] = []
    for slug in catalogue.slugs_by_spelling("core", core):
        if catalogue.entities[slug].type in _OWNER_TYPES:
            slugs.append(slug)
    return tuple(slugs)


def _members(spelled: Spelled, catalogue: Catalogue) -> Iterator[Relation]:
    """Yield Opus 4.5 beside Claude Opus 4.5: a member without the word of its family."""
    names_by_tail = _names_by_key(spelled, "tail")
    known_families = _catalogued_families(catalogue)
    for name, spelling in spelled.items():
        others = names_by_tail.get(spelling.bare, ())
        families = {spelled[other].head for other in others}
        families.update(known_families.get(spelling.bare, ()))
        # Two families with such a member leave open which one is meant.
        if len(families) == 1 and families <= _FAMILIES:
            yield Relation(
                name,
                tuple(others),
                catalogue.slugs_by_spelling("tail", spelling.bare),
                method="family",
                score=0.93,
                evidence="the same but for the family's name",
            )


@lru_cache(maxsize=2)
def _catalogued_families(catalogue: Catalogue) -> Mapping[str, set[str]]:
    """Return tail → first words of the catalogue's names with this tail."""
    families: defaultdict[str, set[str]] = defaultdict(set)
    for _, spelling in catalogue.spellings:
        if spelling.tail:
            families[spelling.tail].add(spelling.head)
    return dict(families)
