"""What the names of one document say about each other.

`大型語言模型（LLM）`; MTP beside Multi-Token Prediction; Karpathy beside Andrej Karpathy; Opus 4 beside Claude Opus 4.
A relation lists everything it could point at; it holds only where all of that is one entity.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.names import read_cell
from app.normalize.entities.spelling import ParsedName, initials, parse_name
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


_HAN, _LATIN = r"([㐀-鿿]{2,})", r"([A-Za-z][A-Za-z .'-]*[A-Za-z])"
_TWO_SCRIPTS = re.compile(rf"{_HAN}\s*{_LATIN}|{_LATIN}\s*{_HAN}")


@dataclass(frozen=True, slots=True)
class Relation:
    """`name` is the same as each of `others` (names of the document) and each of `entities` (of the catalogue)."""

    name: str
    others: tuple[str, ...]
    entities: tuple[str, ...]
    method: str
    score: float
    evidence: str
    strict: bool = False
    """Whether all must be one already; else one cluster beside that of `name` may join it."""


def relations(spelled: Mapping[str, ParsedName], catalogue: Catalogue) -> list[Relation]:
    """Every relation between `spelled` (name → spelling) and the catalogue, the surest first."""
    return [
        *_brackets(spelled, catalogue),
        *_bilingual(spelled, catalogue),
        *_abbreviations(spelled),
        *_persons(spelled, catalogue),
        *_handles(spelled, catalogue),
        *_tails(spelled, catalogue),
    ]


def _by(spelled: Mapping[str, ParsedName], *keys: str) -> dict[str, tuple[str, ...]]:
    """Names by any of their keys."""
    index: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for name, spelling in spelled.items():
        for key in keys:
            if value := getattr(spelling, key):
                index[value][name] = None
    return {key: tuple(names) for key, names in index.items()}


def _brackets(spelled: Mapping[str, ParsedName], catalogue: Catalogue) -> Iterator[Relation]:
    """`Name（ABBR）` and `名稱（Name）`: the bracket says what the name is also called."""
    by_full = _by(spelled, "full", "core")
    for name, spelling in spelled.items():
        inner = spelling.inner
        if not inner or spelling.maker:
            continue
        outer = read_cell(name).name[: -len(inner) - 2]
        other = catalogue.read(inner)
        crosses = _has_han(outer) != _has_han(inner)
        if (crosses and not _is_maker(other)) or (
            inner.isupper() and inner.lower() in initials(spelling.tokens)
        ):
            others = tuple(n for n in by_full.get(other.full, ()) if n != name)
            entities = catalogue.spelled("full", other.full)
            if others or entities:
                yield Relation(
                    name, others, entities, "bracket", 0.95, "the bracket says so", strict=True
                )


def _bilingual(spelled: Mapping[str, ParsedName], catalogue: Catalogue) -> Iterator[Relation]:
    """`昇騰 Ascend`: two names of one thing side by side; both stand elsewhere too, and mean one thing there."""
    by_full = _by(spelled, "full", "core")
    for name in spelled:
        match = _TWO_SCRIPTS.fullmatch(read_cell(name).name)
        if not match:
            continue
        halves = [catalogue.read(half).full for half in match.groups() if half]
        others = [[n for n in by_full.get(half, ()) if n != name] for half in halves]
        entities = [catalogue.spelled("full", half) for half in halves]
        if all(one or two for one, two in zip(others, entities, strict=True)):
            found = tuple(chain(*others)), tuple(dict.fromkeys(chain(*entities)))
            yield Relation(name, *found, "bilingual", 0.95, "both halves name it", strict=True)


def _is_maker(spelling: ParsedName) -> bool:
    return "".join(spelling.tokens) in gazetteer.makers()


def _has_han(text: str) -> bool:
    return any(map(is_han, text))


def _abbreviations(spelled: Mapping[str, ParsedName]) -> Iterator[Relation]:
    """MTP beside Multi-Token Prediction, SD3 Medium beside Stable Diffusion 3 Medium, K8s beside Kubernetes."""
    letters: defaultdict[tuple[str, object], dict[str, None]] = defaultdict(dict)
    partial: defaultdict[tuple[str, object], dict[str, None]] = defaultdict(dict)
    for name, spelling in spelled.items():
        for short in _shortened(spelling):
            partial[short, spelling.profile][name] = None
        if not spelling.numbers:
            for short in initials(spelling.tokens) | _numeronym(spelling):
                letters[short, spelling.profile][name] = None
    # What goes by a maker or a legal form elsewhere (PDD Holdings, Samsung SDS) is a thing of its own, and no phrase of everyday words.
    owned = {
        spelling.core
        for spelling in spelled.values()
        if spelling.maker or spelling.full != spelling.core
    }
    capitals = {
        s.core
        for name, s in spelled.items()
        if re.fullmatch(r"[A-Z][A-Za-z]*[A-Z]s?", read_cell(name).name)
    }
    for name, spelling in spelled.items():
        joined = "".join(spelling.tokens)
        if re.fullmatch(r"[a-z]\d+[a-z]", spelling.key):
            phrases = letters.get((spelling.key, ((), ())), {})
        elif spelling.term:
            # The vocabulary knows what it means.
            continue
        elif (
            len(spelling.tokens) == 1
            and spelling.core in capitals
            and len(joined) >= 3
            and not name.istitle()
        ):
            phrases = letters.get((joined, spelling.profile), {}) | partial.get(
                (joined, spelling.profile), {}
            )
        else:
            short = "".join(spelling.words)
            phrases = partial.get((short, spelling.profile), {}) if len(short) >= 4 else {}
        others = tuple(
            other
            for other in phrases
            if other != name and not (spelling.core in owned and spelled[other].term)
        )
        if others:
            yield Relation(
                name, others, (), "abbreviation", 0.92, f"“{others[0]}” abbreviates to it"
            )


def _shortened(spelling: ParsedName) -> Iterator[str]:
    """A phrase with two or more of its first words brought down to initials: `sdxl` for `stable diffusion xl`."""
    words = [word for word in spelling.words if word != "v"]
    if not all(word.isascii() and word.isalpha() for word in words):
        return
    for at in range(2, len(words) + bool(spelling.numbers)):
        rest = "".join(words[at:])
        if len(rest) >= 2 or spelling.numbers:
            yield "".join(word[0] for word in words[:at]) + rest


def _numeronym(spelling: ParsedName) -> set[str]:
    """`k8s` for `kubernetes`: first letter, how many follow, last letter."""
    joined = "".join(spelling.tokens)
    # NexusRaven is two words, and no n8n.
    if (
        len(joined) < 6
        or not (joined.isascii() and joined.isalpha())
        or re.search(r"[a-z][A-Z]", spelling.name)
    ):
        return set()
    return {f"{joined[0]}{len(joined) - 2}{joined[-1]}"}


@dataclass(frozen=True, slots=True)
class _Person:
    given: str
    surname: str
    written: tuple[str, ...]


def _person(spelling: ParsedName) -> _Person | None:
    """The person a Latin name of two to four words names, known by the given name; None where it is no such name."""
    words = spelling.tokens
    if (
        not 2 <= len(words) <= 4
        or spelling.name.endswith((")", "）"))
        or not all(word.isalpha() and word.isascii() for word in words)
    ):
        return None
    # LEO satellites are no Leo.
    if re.match(r"[A-Z]{2}", spelling.name):
        return None
    given, surname = gazetteer.given_names().get(words[0]), words[-1]
    if given is None and len(words) == 2 and gazetteer.is_pinyin_surname(surname):
        given = words[0]
    if (
        given is None
        or surname in vocabulary.english()
        or surname in gazetteer.places()
        or len(surname) < 2
    ):
        return None
    return None if surname in gazetteer.makers() else _Person(given, surname, words)


def _persons(spelled: Mapping[str, ParsedName], catalogue: Catalogue) -> Iterator[Relation]:
    """Surname alone, nickname, middle initial and handle beside the full name."""
    people: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for name, spelling in spelled.items():
        for sign in _signs(spelling):
            people[sign][name] = None
    listed = _people(catalogue)
    for name, spelling in spelled.items():
        for sign in _asks(spelling):
            others = tuple(other for other in people.get(sign, ()) if other != name)
            entities = tuple(listed.get(sign, ()))
            if others or entities:
                yield Relation(
                    name, others, entities, "person", 0.93, "surname, short form or handle"
                )
                break


@lru_cache(maxsize=2)
def _people(catalogue: Catalogue) -> dict[str, dict[str, None]]:
    """Sign → slugs of the catalogued people who answer to it."""
    people: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for slug, spelling in catalogue.spellings:
        if catalogue.entities[slug].type == "person":
            for sign in _signs(spelling):
                people[sign][slug] = None
    return dict(people)


def _signs(spelling: ParsedName) -> Iterator[str]:
    """What a full name answers to."""
    if person := _person(spelling):
        first = person.written[0]
        yield f"full:{person.given} {person.surname}"
        yield f"handle:{first}{person.surname}"
        yield f"handle:{first[0]}{person.surname}"
        if len(person.surname) >= 5 and person.surname not in gazetteer.given_names():
            yield f"surname:{person.surname}"
    elif "·" in spelling.name or "‧" in spelling.name or "•" in spelling.name:
        parts = re.split(r"[·‧•]", read_cell(spelling.name).name)
        if all(map(_has_han, parts)) and len(parts[-1]) >= 2:
            yield f"surname:{parse_name(parts[-1]).full}"


def _asks(spelling: ParsedName) -> Iterator[str]:
    """What a name may be short for, surest first."""
    words = spelling.tokens
    if person := _person(spelling):
        yield f"full:{person.given} {person.surname}"
        return
    if len(words) > 1 and all(map(is_han, spelling.full)):
        return
    if all(map(is_han, spelling.full)):
        yield f"surname:{spelling.full}"
        return
    written = [word for word in words if not word.isdigit()]
    joined = "".join(written)
    if spelling.term or not joined.isascii() or len(written) > 2:
        return
    written_as = read_cell(spelling.name).name.lstrip("@")
    if len(words) == 1 and words[0] not in gazetteer.makers() and not written_as.isupper():
        yield f"surname:{joined}"
    # A handle may go on after the name: markchen90, rohanpaul_ai, yitayml.
    if re.fullmatch(r"\w+", written_as):
        endings = 3 if "_" in written_as else 2 if written_as.islower() else 0
        for end in range(len(joined), max(len(joined) - endings, 5) - 1, -1):
            yield f"handle:{joined[:end]}"


def _handles(spelled: Mapping[str, ParsedName], catalogue: Catalogue) -> Iterator[Relation]:
    """metr_evals beside METR, mistralai beside Mistral: a handle is its owner's name and an ending."""
    by_core = _by(spelled, "core")
    for name, spelling in spelled.items():
        text = read_cell(name).name.lstrip("@")
        if spelling.numbers or not re.fullmatch(r"[a-z][a-z_-]+", text):
            continue
        joined = re.sub(r"[_-]", "", text)
        for ending in _HANDLE_ENDINGS:
            owner = joined.removesuffix(ending)
            if owner == joined or len(owner) < 4 or owner in vocabulary.english():
                continue
            if ending in ("ai", "ailabs", "labs", "lab") and gazetteer.has_arms(owner):
                continue
            others = tuple(n for n in by_core.get(owner, ()) if n != name)
            known = catalogue.spelled("core", owner)
            entities = tuple(
                slug for slug in known if catalogue.entities[slug].type in ("org", "product")
            )
            if others or entities:
                yield Relation(name, others, entities, "handle", 0.92, f"a handle of “{owner}”")
                break


# Families whose members are often named without them. GTE-Qwen2 beside Qwen2 is another matter: a model made from it.
_FAMILY_WORDS = """
gpt claude gemini gemma llama qwen deepseek mistral grok kimi glm minimax runway veo imagen seed doubao hunyuan ernie
nova phi granite nemotron command jamba sora flux stability suno pangu spark yi step baichuan internlm reka palm
"""
_FAMILIES = frozenset(_FAMILY_WORDS.split())


def _tails(spelled: Mapping[str, ParsedName], catalogue: Catalogue) -> Iterator[Relation]:
    """Opus 4.5 beside Claude Opus 4.5: a dropped family word."""
    by_tail = _by(spelled, "tail")
    known_heads = _heads(catalogue)
    for name, spelling in spelled.items():
        others = by_tail.get(spelling.bare, ())
        heads = {spelled[other].head for other in others} | known_heads.get(spelling.bare, set())
        # Two families with such a member leave it open which is meant.
        if len(heads) == 1 and heads <= _FAMILIES:
            entities = catalogue.spelled("tail", spelling.bare)
            yield Relation(
                name, others, entities, "family", 0.93, "the same but for the family's name"
            )


@lru_cache(maxsize=2)
def _heads(catalogue: Catalogue) -> dict[str, set[str]]:
    """Tail → the words it goes without in the catalogue."""
    heads: defaultdict[str, set[str]] = defaultdict(set)
    for _, spelling in catalogue.spellings:
        if spelling.tail:
            heads[spelling.tail].add(spelling.head)
    return dict(heads)
