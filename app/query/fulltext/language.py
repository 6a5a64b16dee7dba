"""The language of `q`, read: words, "phrases", -what to leave out, prefix*, a OR b. Pure.

A word is what stands between blanks; it is looked for as the phrase of its tokens (see `normalize/tokens.py`).
"""

import re
from dataclasses import dataclass, replace
from itertools import groupby

from app.errors import BadRequest
from app.normalize.text.tokens import JOINERS, Phrase, is_unspaced, phrase

MAX_TERMS = 32
_MOST_PARTS = 4
_QUOTES = '"＂“”„‟「」『』'
# A quote up to its end, one that never ends being a gap; or what stands between gaps. Only the plain hyphen leaves out.
_PIECE = re.compile(
    rf"(?P<no>(?<![^\s{_QUOTES}])[-－](?![-－\s]))?(?:[{_QUOTES}](?P<quoted>[^{_QUOTES}]*)[{_QUOTES}]|(?P<or>[|｜])|(?P<word>[^\s{_QUOTES}|｜]+))"
)


@dataclass(frozen=True, slots=True)
class Alternative:
    """Phrases that all must be there for a term to be. `spelling` and `entity`: it is another name of the entity (a pk) the words name."""

    phrases: tuple[Phrase, ...]
    spelling: str | None = None
    entity: int | None = None


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """A word or phrase as typed, and what it is found by: any of its readings. `either`: it is one of `a OR b` and may be missing
    where the next is there."""

    typed: str
    readings: tuple[Alternative, ...]
    plain: bool
    """Whether it is a word or phrase that may name something: nothing left out, no prefix, no alternative."""
    options: tuple["SearchTerm", ...] = ()
    """The alternatives of `a OR b`."""
    parts: tuple["SearchTerm", ...] = ()
    """What a word joins without a blank: Han and Latin (`輝達GPU`)."""


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What is looked for: all of `terms`, none of `without`."""

    terms: tuple[SearchTerm, ...]
    without: tuple[SearchTerm, ...]


def read(text: str) -> SearchQuery:
    """`text` as it is understood. What cannot be looked for is skipped; BadRequest where nothing is left, or too much is asked."""
    groups: list[list[SearchTerm]] = []
    without: list[SearchTerm] = []
    joins = left_out = False
    _check_brackets(text)
    for piece in _PIECE.finditer(text):
        if piece["or"] or (piece["word"] == "OR" and not piece["no"]):
            joins = bool(groups or without)
            # `-a|b` is one piece; where a blank or the word OR stands between, what is left out is anybody's guess.
            if (
                joins
                and left_out
                and not (
                    piece["or"]
                    and text[piece.start() - 1 : piece.end() + 1].strip()
                    == text[piece.start() - 1 : piece.end() + 1]
                )
            ):
                raise _mixed()
            continue
        if piece["word"] == "AND" and not piece["no"]:
            continue
        if piece["word"] == "NOT" and not piece["no"]:
            raise _refused(
                'NOT leaves nothing out: write -what, or "NOT" in quotes to look for the word',
                "NOT is written as -",
            )
        if joins and (piece["no"] or re.match(r"[-－]\w", piece["word"] or "")):
            raise _mixed()
        term = _term(piece)
        if term is None:
            continue
        left_out = bool(piece["no"]) or (joins and left_out)
        if left_out:
            without.append(replace(term, plain=False))
        elif joins:
            groups[-1].append(term)
        else:
            groups.append([term])
        joins = False
    if sum(map(len, groups)) + len(without) > MAX_TERMS:
        raise _refused(
            f"q holds more than {MAX_TERMS} words and phrases, the most that are looked for at once",
            "too many words",
        )
    if not groups and not without:
        raise _refused(
            'q holds nothing that can be looked for: give a word, a "phrase", the beginning of a word as prefix*, or -what to leave out',
            "no letter, figure or character",
        )
    return SearchQuery(tuple(map(_either, groups)), tuple(without))


def _term(piece: re.Match[str]) -> SearchTerm | None:
    quoted, word = piece["quoted"], piece["word"]
    # A pasted id: `arxiv:2512.02556`.
    word = word and re.sub(r"^arxiv[:：](?=\d)", "", word, flags=re.IGNORECASE)
    if quoted is not None:
        found = phrase(quoted)
        return SearchTerm(quoted.strip(), (Alternative((found,)),), True) if found else None
    stem = word.rstrip("*＊")
    begins = stem != word
    found = phrase(stem, prefix=begins)
    if found is None:
        return None
    if begins and sum(len(text) for text in _characters(found)) < 2:
        raise _refused(
            f"{word!r} would find too much: give at least two characters before the *",
            f"{word!r} is too short a prefix",
        )
    return SearchTerm(
        word, (Alternative((found,)),), not begins, parts=() if begins else _parts(word)
    )


def _parts(word: str) -> tuple[SearchTerm, ...]:
    """A word cut where Han and Latin meet; () where they do not."""
    cut = ["".join(run) for _, run in groupby(word, is_unspaced)]
    parts = [
        SearchTerm(text, (Alternative((found,)),), True) for text in cut if (found := phrase(text))
    ]
    return tuple(parts) if 1 < len(parts) <= _MOST_PARTS else ()


def _characters(found: Phrase) -> list[str]:
    return [token.text for token in found.tokens if token.text not in JOINERS]


def _either(group: list[SearchTerm]) -> SearchTerm:
    if len(group) == 1:
        return group[0]
    return SearchTerm(
        " OR ".join(term.typed for term in group),
        tuple(r for term in group for r in term.readings),
        False,
        tuple(group),
    )


def _check_brackets(text: str) -> None:
    """Refuse brackets that group: they would be passed over, and something else be found."""
    plain = re.sub(f"[{_QUOTES}][^{_QUOTES}]*[{_QUOTES}]", '""', text)
    grouped = any(
        re.search(r"\bOR\b|[|｜]|(?:^|\s)[-－][^\s\-－]", held)
        for held in re.findall(r"[(（]([^()（）]*)[)）]", plain)
    )
    if grouped or re.search(
        r"(?:^|\s)[-－][(（]|(?:\bOR\s+|[|｜]\s*)[(（]|[)）](?:\s+OR\b|\s*[|｜])", plain
    ):
        raise _refused(
            'q knows no brackets: "a OR b c" already means one of a and b, and c; -a|b leaves out both; text with brackets stands in quotes',
            "brackets do not group",
        )


def _mixed() -> BadRequest:
    return _refused(
        "what is left out cannot be an alternative: -a|b, without a blank, leaves out both a and b; -a -b does the same",
        "- beside OR",
    )


def _refused(detail: str, message: str) -> BadRequest:
    return BadRequest(f"{detail}.", [{"parameter": "q", "message": message}])
