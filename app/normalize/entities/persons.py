"""Personal names: the short forms of a full name, and the forms that another name may be.

A form is a string with its kind in front: `full:`, `handle:` or `surname:`. Two names of one
document with a common form may name one person.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.normalize.entities.names import read_cell
from app.normalize.entities.spelling import ParsedName, is_latin, parse_name
from app.normalize.lexicon import gazetteer, vocabulary
from app.normalize.text.folding import has_han, is_han

_MAX_WORDS = 4
_MIN_SURNAME_CHARS = 5
_MIN_HANDLE_CHARS = 5
_TWO_CAPITALS = re.compile(r"[A-Z]{2}")
_ONE_WORD = re.compile(r"\w+")
_NAME_DOT = re.compile(r"[·‧•]")


@dataclass(frozen=True, slots=True)
class _Person:
    """A Latin name; `given_name` is the first form of its group, the others are as written."""

    given_name: str
    first_word: str
    surname: str

    @property
    def full_form(self) -> str:
        return f"full:{self.given_name} {self.surname}"


def _person(spelling: ParsedName) -> _Person | None:
    """Return the person a Latin name of two to four words names; None if it names none.

    A person is recognised by a known given name, or by a Chinese surname in pinyin.
    """
    words = spelling.tokens
    if not 2 <= len(words) <= _MAX_WORDS:
        return None
    if spelling.name.endswith((")", "）")):
        return None
    if not all(map(is_latin, words)):
        return None
    # LEO satellites are not Leo.
    if _TWO_CAPITALS.match(spelling.name):
        return None

    first_word = words[0]
    surname = words[-1]
    if not _may_be_surname(surname):
        return None

    given_name = gazetteer.given_names().get(first_word)
    if given_name is None and len(words) == 2 and gazetteer.is_pinyin_surname(surname):
        given_name = first_word
    if given_name is None:
        return None

    return _Person(given_name, first_word, surname)


def _may_be_surname(word: str) -> bool:
    if len(word) < 2:
        return False
    if word in vocabulary.english():
        return False
    if word in gazetteer.places():
        return False

    return word not in gazetteer.makers()


def short_forms(spelling: ParsedName) -> Iterator[str]:
    """Yield the forms of a full name; none for any other name."""
    person = _person(spelling)
    if not person:
        yield from _chinese_surname(spelling)
        return

    first_word = person.first_word
    surname = person.surname
    yield person.full_form
    yield f"handle:{first_word}{surname}"
    yield f"handle:{first_word[0]}{surname}"
    is_given_name = surname in gazetteer.given_names()
    if len(surname) >= _MIN_SURNAME_CHARS and not is_given_name:
        yield f"surname:{surname}"


def _chinese_surname(spelling: ParsedName) -> Iterator[str]:
    """Yield the surname of a foreign name in Chinese: 沃克斯 of 約翰·沃克斯."""
    if not _NAME_DOT.search(spelling.name):
        return

    written = read_cell(spelling.name).name
    parts = _NAME_DOT.split(written)
    if not all(map(has_han, parts)):
        return

    surname = parts[-1]
    if len(surname) >= 2:
        key = parse_name(surname).full
        yield f"surname:{key}"


def possible_forms(spelling: ParsedName) -> Iterator[str]:
    """Yield the forms of a full name that this name may be, most certain first."""
    person = _person(spelling)
    if person:
        yield person.full_form
    elif all(map(is_han, spelling.full)):
        if len(spelling.tokens) <= 1:
            yield f"surname:{spelling.full}"
    elif not spelling.term:
        yield from _latin_forms(spelling)


def _latin_forms(spelling: ParsedName) -> Iterator[str]:
    """Yield the surname or handle that a name of one or two words may be."""
    words = [word for word in spelling.tokens if not word.isdigit()]
    letters = "".join(words)
    if len(words) > 2:
        return
    if not letters.isascii():
        return

    written = read_cell(spelling.name).name
    written = written.lstrip("@")
    is_one_token = len(spelling.tokens) == 1
    is_maker = letters in gazetteer.makers()
    if is_one_token and not is_maker and not written.isupper():
        yield f"surname:{letters}"
    if _ONE_WORD.fullmatch(written):
        yield from _handle_forms(letters, written)


def _handle_forms(letters: str, written: str) -> Iterator[str]:
    """Yield a handle whole and shortened; it may have an ending after the name.

    Examples: markchen90, rohanpaul_ai, yitayml.
    """
    max_ending_chars = 0
    if "_" in written:
        max_ending_chars = 3
    elif written.islower():
        max_ending_chars = 2

    min_chars = max(len(letters) - max_ending_chars, _MIN_HANDLE_CHARS)
    for length in range(len(letters), min_chars - 1, -1):
        handle = letters[:length]
        yield f"handle:{handle}"
