"""Sources named by a line, label and target as written; normalizing decides their meaning."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from app.parse.draft import SourceLink
from app.parse.inline import MAX_LIST_LINE, Label
from app.parse.lines import Line
from app.parse.links import URL, Atom, link_atoms
from app.parse.media import is_badge_label, is_media

_SEPARATOR = re.compile(r"[|｜、；;]|\s[·•・‧]|[·•・‧]\s")
_SLASH = re.compile(r"\s[/／]\s*|／\s*")
"""Separates sources only directly after an address: NYT / Reuters is one name."""
_BARE_TARGET = re.compile(r"(?=\S*[\d_./])[A-Za-z0-9][\w.\-:/#?=&%+~]*")
_CONNECTIVE = re.compile(
    r"^(?:及|與|与|和|以及|另見|另见|見|见|and|or|see|also|see also|via|at|from|by|in)$",
    re.IGNORECASE,
)
# Between links of one sentence, text with a comma or full stop in it is no label.
_PROSE = re.compile(
    r"[，。]|,(?!\s*(?:Inc|Ltd|LLC|Co)\b)|" + _CONNECTIVE.pattern,
    re.IGNORECASE,
)
_EDGES = " \t　-–—·•・‧|｜:：,，、;；。！？／"
_CLOSING_EDGES = _EDGES + "）)】]。.（(【["
_TEXT_EDGES = " \t（(【[|｜—–·"
_VOID_TARGETS = frozenset(
    "n/a na none null 無 无 - — – tbd tba 待補 待补 不明 未知 缺 暫無 暂无 ? ？".split()
)
_SOURCE_LABEL = re.compile(
    r"(?:^|[\s（(【\[。.；;，,|｜—–])"
    r"(?P<label>(?:資料|资料|新聞|新闻)?(?:來源|来源)|出處|出处|原文|sources?|via|read more)"
    r"\s*[：:]\s*(?P<rest>\S.*)$",
    re.IGNORECASE,
)
_SENTENCE_ENDS = "。.！!？?；;—–|｜·：:，,-”」』"
_SENTENCE = re.compile(r"[。！？!?（(]|\.\s+\w")
_SENTENCE_END = re.compile(r"[。！？!?]|\.\s")
_LIST_END = "。. "
_MAX_SOURCE_NAME_CHARS = 40
_LIST_NUMBER = re.compile(r"(?:\[\^?\d{1,3}\]:?|【\d{1,3}】|\d{1,3}[.)、．]|[①-⑳])\s+(?=\S)")
_MAX_CLOSING_LIST_CHARS = 2_000
_BRACKETS = {
    "）": "（",
    ")": "(",
    "】": "【",
    "]": "[",
}


def read_sources(
    line: Line,
    definitions: dict[str, str] | None = None,
) -> tuple[SourceLink, ...]:
    """Return the sources of one line in order; images, videos and badges are none."""
    if len(line.text) > MAX_LIST_LINE:
        return (
            SourceLink(
                line.text,
                None,
                line.text,
                line.span,
            ),
        )
    number = _LIST_NUMBER.match(line.text)
    if number and "://" in line.text:
        return _numbered_sources(line, number.end(), definitions)
    atoms = list(link_atoms(line.text, definitions or {}))
    links: list[SourceLink] = []
    for piece, inside in _pieces(line, atoms):
        links.extend(_links(piece, inside))
    return _without_decoration(links)


def _numbered_sources(
    line: Line, start: int, definitions: dict[str, str] | None
) -> tuple[SourceLink, ...]:
    """Return the sources after a list's number, which stays in the first one's stretch alone."""
    links = read_sources(line.cut(start), definitions)
    if not links:
        return links
    first = links[0]
    whole = line.cut(0, first.span.end - line.start)
    return (replace(first, raw=whole.text, span=whole.span), *links[1:])


def _without_decoration(links: Iterable[SourceLink]) -> tuple[SourceLink, ...]:
    """Return `links` without images, videos and badges."""
    sources: list[SourceLink] = []
    for link in links:
        if not is_badge_label(link.label) and not is_media(link.target or ""):
            sources.append(link)
    return tuple(sources)


def _pieces(line: Line, atoms: list[Atom]) -> Iterator[tuple[Line, list[Atom]]]:
    """Yield the pieces of `line` between separators, with their atoms.

    The offsets of the atoms are made relative to the piece.
    """
    start = index = 0
    for end, following in _cuts(line.text, atoms):
        piece = line.cut(start, end)
        shift = piece.start - line.start
        inside: list[Atom] = []
        while index < len(atoms) and atoms[index].start < end:
            atom = atoms[index]
            inside.append(
                replace(
                    atom,
                    start=atom.start - shift,
                    end=atom.end - shift,
                )
            )
            index += 1
        if piece.text:
            yield piece, inside
        start = following


def _cuts(text: str, atoms: list[Atom]) -> Iterator[tuple[int, int]]:
    """Yield where separators are between the atoms, which are in order; the text's end last."""
    index = 0
    spans = [match.span() for match in _SEPARATOR.finditer(text)]
    for atom in atoms:
        if slash := _SLASH.match(text, atom.end):
            spans.append(slash.span())
    for start, end in sorted(spans):
        while index < len(atoms) and atoms[index].end <= start:
            index += 1
        if index == len(atoms) or end <= atoms[index].start:
            yield start, end
    yield len(text), len(text)


def _links(piece: Line, atoms: list[Atom]) -> Iterator[SourceLink]:
    if not atoms:
        yield from _bare_source(piece)
        return
    # Where the first label comes before its link, so do the others.
    before = piece.text[: atoms[0].start].strip(_EDGES)
    leading = atoms[0].label is None and bool(before)
    bounds = [0]
    for atom, following in pairwise(atoms):
        bounds.append(atom.end if leading else following.start)
    bounds.append(len(piece.text))
    for atom, (start, end) in zip(atoms, pairwise(bounds), strict=True):
        stretch = piece.cut(start, end)
        label = atom.label
        if label is None:
            label = _label_beside(
                piece.text,
                atom,
                start,
                end,
                lone=len(atoms) == 1,
            )
        yield SourceLink(
            label,
            atom.target,
            stretch.text,
            stretch.span,
        )


def _bare_source(
    piece: Line,
) -> Iterator[SourceLink]:
    text = piece.text.strip("*_` ")
    if not text.strip("。.．"):
        return
    is_target = bool(_BARE_TARGET.fullmatch(text)) or text.lower() in _VOID_TARGETS
    label = None if is_target else text
    target = text if is_target else None
    yield SourceLink(label, target, piece.text, piece.span)


def _label_beside(
    text: str,
    atom: Atom,
    start: int,
    end: int,
    *,
    lone: bool,
) -> str | None:
    """Return the words before or after a bare address that name it."""
    before = text[start : atom.start].strip(_EDGES + "（(<*_`")
    after = text[atom.end : end].strip(_EDGES + "（(）)】]>*_`")
    no_label = _CONNECTIVE if lone else _PROSE
    for words in (_unbracketed(before), after):
        if words and not no_label.search(words):
            return words
    return None


def source_list(line: Line, definitions: dict[str, str]) -> tuple[SourceLink, ...]:
    """Return the sources of `(A, URL; B, URL)` or `A URL ／ B URL`; none of any other line.

    Without brackets there must be two, for text closes with an address, too.
    """
    text = line.text
    if len(text) > MAX_LIST_LINE or "://" not in text:
        return ()
    bracketed = text[:1] in ("(", "（") and text[-1:] in (")", "）")
    inner = line.cut(1, len(text) - 1) if bracketed else line
    links = named_sources(inner, definitions)
    return links if bracketed or len(links) > 1 else ()


def named_sources(line: Line, definitions: dict[str, str]) -> tuple[SourceLink, ...]:
    """Return the sources of a line that consists of names with a bare address each."""
    atoms = list(link_atoms(line.text, definitions))
    links: list[SourceLink] = []
    for piece, inside in _pieces(line, atoms):
        named = list(_links(piece, inside))
        if len(inside) != 1 or inside[0].label is not None or named[0].label is None:
            return ()
        around = piece.text[inside[0].end :].strip(_CLOSING_EDGES)
        if around or len(named[0].label) > _MAX_SOURCE_NAME_CHARS:
            return ()
        if _SENTENCE.search(named[0].label):
            return ()
        links.extend(named)
    return _without_decoration(links)


@dataclass(frozen=True, slots=True)
class Closing:
    """Sources at the end of a line of text, with the text before and the label, if any."""

    text: Line
    label: Label | None
    links: tuple[SourceLink, ...]


def read_closing(line: Line, definitions: dict[str, str]) -> Closing | None:
    """Return the sources a text closes with; None where it closes with words.

    Forms are `… 來源：[x](url)`, `… ([x](url))` and `… [x](url)`.
    """
    if len(line.text) > MAX_LIST_LINE:
        return None
    labelled = _labelled_closing(line, definitions)
    if labelled:
        return labelled
    listed = _listed_closing(line, definitions)
    if listed:
        return listed
    atoms = _closing_atoms(
        line.text,
        list(link_atoms(line.text, definitions)),
    )
    if not atoms or line.text[: atoms[0].start].endswith("!"):
        return None  # an image closes the text
    links = _without_decoration(atom.source(line) for atom in atoms)
    text = line.text[: atoms[0].start].rstrip()
    if text and text[-1] not in _SENTENCE_ENDS + "（(【[":
        # The link is a word of the sentence.
        return Closing(line, None, links)
    before = line.cut(0, len(text.rstrip(_TEXT_EDGES + "：:")))
    return Closing(before, None, links)


def _labelled_closing(line: Line, definitions: dict[str, str]) -> Closing | None:
    match = _SOURCE_LABEL.search(line.text)
    if not match:
        return None
    rest = line.cut(match.start("rest"))
    last = rest.text[-1:]
    opening = _BRACKETS.get(last)
    unpaired = opening is not None and rest.text.count(last) > rest.text.count(opening)
    links = read_sources(
        rest.cut(0, -1) if unpaired else rest,
        definitions,
    )
    if not any(link.target for link in links):
        return None
    before = line.cut(0, match.start("label"))
    label = line.cut(match.start("label"), match.end("label"))
    text = before.cut(
        0,
        len(before.text.rstrip(_TEXT_EDGES + "-")),
    )
    return Closing(
        text,
        Label(
            label.text,
            label.span,
            rest,
            False,
            True,
        ),
        links,
    )


def _listed_closing(line: Line, definitions: dict[str, str]) -> Closing | None:
    """Return the sources of a text that closes with `(A, URL; B, URL)` or `A URL ／ B URL`."""
    start = closing_list_start(line, definitions)
    if not start:
        return None
    end = len(line.text.rstrip(_LIST_END))
    text = line.cut(0, start)
    links = source_list(line.cut(start, end), definitions)
    return Closing(text.cut(0, len(text.text.rstrip(_TEXT_EDGES))), None, links)


def closing_list_start(line: Line, definitions: dict[str, str]) -> int:
    """Return where the list of names and addresses begins that closes a text, 0 without one."""
    text = line.text
    first = text.find("://")
    if first < 0 or len(text) > MAX_LIST_LINE:
        return 0
    end = len(text.rstrip(_LIST_END))
    if text[end - 1 : end] in (")", "）"):
        start = _opening_of(text, end - 1)
    else:
        ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, first)]
        start = ends[-1] if ends else 0
    return start if start and source_list(line.cut(start, end), definitions) else 0


def _opening_of(text: str, closing: int) -> int:
    """Return the index of the bracket that `closing` closes, 0 without one near it."""
    depth = 0
    for index in range(closing, max(0, closing - _MAX_CLOSING_LIST_CHARS), -1):
        depth += (text[index] in ")）") - (text[index] in "(（")
        if depth == 0:
            return index
    return 0


def _closing_atoms(text: str, atoms: list[Atom]) -> Sequence[Atom]:
    """Return the atoms after which only brackets and punctuation follow."""
    first = len(atoms)
    end = len(text)
    while first and not text[atoms[first - 1].end : end].strip(_CLOSING_EDGES):
        first -= 1
        end = atoms[first].start
    return atoms[first:]


def links_in(line: Line, definitions: dict[str, str]) -> tuple[SourceLink, ...]:
    """Return the web links of a text, wherever they are."""
    if len(line.text) > MAX_LIST_LINE:
        return ()
    links: list[SourceLink] = []
    for atom in link_atoms(line.text, definitions):
        if atom.target and URL.match(atom.target):
            links.append(atom.source(line))
    return _without_decoration(links)


def only_links(line: Line, definitions: dict[str, str]) -> bool:
    """Return whether `line` is nothing but links and separators."""
    closing = read_closing(line, definitions)
    return bool(closing and closing.label is None and not closing.text.text)


def _unbracketed(text: str) -> str:
    wrapped = re.fullmatch(r"[\[【]([^\[\]【】]*)[\]】]", text)
    return wrapped[1] if wrapped else text.rstrip("[【")
