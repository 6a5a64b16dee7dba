"""The sources a line names, label and target as written. What they mean is decided in `normalize/urls.py`."""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.parse.draft import SourceLink
from app.parse.inline import MAX_LIST_LINE, Label
from app.parse.lines import Line
from app.parse.markdown import Block

_URL = re.compile(
    r"(?:https?|ftp)://(?:(?!,(?:https?|ftp)://)[^\s<>|｜、；，。：！？（「」『』《》\"”“])+",
    re.IGNORECASE,
)
_AUTOLINK = re.compile(r"<(?P<target>[a-zA-Z][a-zA-Z0-9+.\-]*:[^\s<>]+|www\.[^\s<>]+)>")
_ARXIV = re.compile(
    r"arxiv\s*[:：]\s*(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Za-z]{2})?/\d{7})(?:v\d+)?(?:\s*\[[\w.\-]+\])?|(?:doi\s*[:：]\s*)?10\.\d{4,9}/[^\s|、；，。]+",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"[|｜、；;]|\s[·•・‧]|[·•・‧]\s")
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
_EDGES = " \t　-–—·•・‧|｜:：,，、;；。！？"


@dataclass(frozen=True, slots=True)
class Atom:
    """A link, autolink, URL or arXiv id within a line."""

    start: int
    end: int
    label: str | None
    target: str | None


def read_sources(line: Line, definitions: dict[str, str] | None = None) -> tuple[SourceLink, ...]:
    """The sources of one line in order. `definitions` resolves reference-style links (`[label][1]`)."""
    if len(line.text) > MAX_LIST_LINE:
        return (SourceLink(line.text, None, line.text, line.span),)
    atoms = list(link_atoms(line.text, definitions or {}))
    return tuple(link for piece, held in _pieces(line, atoms) for link in _links(piece, held))


def link_definitions(
    blocks: Iterable[Block],
) -> Iterator[tuple[str, str]]:
    """Name and target of each `[name]: target` line."""
    for block in blocks:
        if block.kind == "definition":
            for line in block.lines:
                name, _, target = line.text[1:].partition("]:")
                yield (
                    name.strip().lower(),
                    target.split()[0].strip("<>"),
                )


# Positions at which a link, an address or an identifier may begin.
_CANDIDATE = re.compile(
    r"\[|<|(?:https?|ftp)://|arxiv|doi|10\.\d",
    re.IGNORECASE,
)


def link_atoms(text: str, definitions: dict[str, str]) -> Iterator[Atom]:
    """Yield the links, addresses and identifiers of `text` in order."""
    pairs = _bracket_pairs(text)
    candidate = _CANDIDATE.search(text)
    while candidate:
        start = candidate.start()
        atom = _atom_at(text, start, pairs, definitions)
        if atom:
            yield atom
        candidate = _CANDIDATE.search(text, atom.end if atom else start + 1)


def _atom_at(
    text: str,
    start: int,
    pairs: dict[int, int],
    definitions: dict[str, str],
) -> Atom | None:
    if text[start] == "[":
        return _link(text, start, pairs, definitions)
    if match := _AUTOLINK.match(text, start):
        return Atom(start, match.end(), None, match["target"])
    if match := _URL.match(text, start):
        target = _without_tail(match.group())
        return Atom(start, start + len(target), None, target)
    if start == 0 or not text[start - 1].isalnum():
        if match := _ARXIV.match(text, start):
            return Atom(start, match.end(), None, match.group())
    return None


def _link(
    text: str,
    at: int,
    pairs: dict[int, int],
    definitions: dict[str, str],
) -> Atom | None:
    """`[label](target "title")`, brackets in pairs inside both, or `[label][name]`."""
    close = pairs.get(at)
    if close is None:
        return None
    label, following = (
        text[at + 1 : close],
        text[close + 1 : close + 2],
    )
    if following == "(":
        # A target whose brackets do not pair ends at the first one that closes.
        end = pairs.get(
            close + 1,
            text.find(")", close + 2, close + 8_192),
        )
        if end < 0:
            return None
        target = re.sub(
            r"""\s(?:"[^"]*"|'[^']*')\s*$""",
            "",
            text[close + 2 : end],
        ).strip()
        return Atom(
            at,
            end + 1,
            label,
            target[1:-1] if target[:1] == "<" and target[-1:] == ">" else target,
        )
    if following == "[" and (end := pairs.get(close + 1, -1)) >= 0:
        name = (text[close + 2 : end] or label).strip().lower()
        return Atom(
            at,
            end + 1,
            label,
            definitions.get(name, text[close + 2 : end]),
        )
    if label.strip().lower() in definitions:
        return Atom(
            at,
            close + 1,
            label,
            definitions[label.strip().lower()],
        )
    return None


def _bracket_pairs(text: str) -> dict[int, int]:
    """Where each `[` and `(` closes, in one pass; those that never do are absent."""
    pairs: dict[int, int] = {}
    stacks: dict[str, list[int]] = {"]": [], ")": []}
    for match in re.finditer(r"\\.|[\[\]()]", text):
        char = match.group()
        if char in "[(":
            stacks["]" if char == "[" else ")"].append(match.start())
        elif stacks.get(char):
            pairs[stacks[char].pop()] = match.start()
    return pairs


def _without_tail(url: str) -> str:
    """Closing punctuation belongs to the sentence, and a bracket whose partner is not in the URL ends it."""
    depth = 0
    for at, char in enumerate(url):
        depth += (char in "(（") - (char in ")）")
        if depth < 0:
            url = url[:at]
            break
    return url.rstrip(".,;:!?'*_`]】")


def _pieces(line: Line, atoms: list[Atom]) -> Iterator[tuple[Line, list[Atom]]]:
    """`line` cut at separators outside atoms, with the atoms of each piece, offsets made relative to it."""
    start = at = 0
    for end, following in _cuts(line.text, atoms):
        piece = line.cut(start, end)
        shift = piece.start - line.start
        held: list[Atom] = []
        while at < len(atoms) and atoms[at].start < end:
            held.append(
                Atom(
                    atoms[at].start - shift,
                    atoms[at].end - shift,
                    atoms[at].label,
                    atoms[at].target,
                )
            )
            at += 1
        if piece.text:
            yield piece, held
        start = following


def _cuts(text: str, atoms: list[Atom]) -> Iterator[tuple[int, int]]:
    """Where separators stand between the atoms, which are in order; the end of the text last."""
    at = 0
    for match in _SEPARATOR.finditer(text):
        while at < len(atoms) and atoms[at].end <= match.start():
            at += 1
        if at == len(atoms) or match.end() <= atoms[at].start:
            yield match.span()
    yield len(text), len(text)


def _links(piece: Line, atoms: list[Atom]) -> Iterator[SourceLink]:
    if not atoms:
        text = piece.text.strip("*_` ")
        if not text.strip("。.．"):
            return
        target = text if _BARE_TARGET.fullmatch(text) or _is_void(text) else None
        yield SourceLink(
            None if target else text,
            target,
            piece.text,
            piece.span,
        )
        return
    # Where the first label stands before its link, so do the others.
    leading = atoms[0].label is None and bool(piece.text[: atoms[0].start].strip(_EDGES))
    bounds = [
        0,
        *(
            atom.end if leading else following.start
            for atom, following in itertools.pairwise(atoms)
        ),
        len(piece.text),
    ]
    for atom, start, end in zip(atoms, bounds, bounds[1:], strict=False):
        own = piece.cut(start, end)
        label = atom.label
        if label is None:
            beside = (
                _unbracketed(piece.text[start : atom.start].strip(_EDGES + "（(<*_`")),
                piece.text[atom.end : end].strip(_EDGES + "（(）)】]>*_`"),
            )
            label = next(
                (
                    text
                    for text in beside
                    if text and not (_CONNECTIVE if len(atoms) == 1 else _PROSE).search(text)
                ),
                None,
            )
        yield SourceLink(label, atom.target, own.text, own.span)


_SOURCE_LABEL = re.compile(
    r"(?:^|[\s（(【\[。.；;，,|｜—–])"
    r"(?P<label>(?:資料|资料|新聞|新闻)?(?:來源|来源)|出處|出处|原文|sources?|via|read more)\s*[：:]\s*(?P<rest>\S.*)$",
    re.IGNORECASE,
)
_SENTENCE_ENDS = "。.！!？?；;—–|｜·：:，,-”」』"


@dataclass(frozen=True, slots=True)
class Closing:
    """Sources at the end of a line of text: the text before them, their label if they have one, and they themselves."""

    text: Line
    label: Label | None
    links: tuple[SourceLink, ...]


def read_closing(line: Line, definitions: dict[str, str]) -> Closing | None:
    """The sources a text closes with: `… 來源：[x](url)`, `… ([x](url))`, `… [x](url)`; None where it closes with words."""
    if len(line.text) > MAX_LIST_LINE:
        return None
    if match := _SOURCE_LABEL.search(line.text):
        rest = line.cut(match.start("rest"))
        bracketed = rest.text[-1:] in "）)】]" and rest.text.count(rest.text[-1]) > sum(
            map(
                rest.text.count,
                "（(【["["）)】]".index(rest.text[-1])],
            )
        )
        links = read_sources(
            rest.cut(0, -1) if bracketed else rest,
            definitions,
        )
        if links and any(link.target for link in links):
            before = line.cut(0, match.start("label"))
            label = line.cut(match.start("label"), match.end("label"))
            return Closing(
                before.cut(
                    0,
                    len(before.text.rstrip(" \t（(【[|｜—–·-")),
                ),
                Label(
                    label.text,
                    label.span,
                    rest,
                    False,
                    True,
                ),
                links,
            )
    atoms = list(link_atoms(line.text, definitions))
    end = len(line.text)
    closing: list[Atom] = []
    while atoms and not line.text[atoms[-1].end : end].strip(_EDGES + "）)】]。.（(【["):
        closing.insert(0, atoms.pop())
        end = closing[0].start
    if not closing:
        return None
    links = tuple(
        SourceLink(
            atom.label,
            atom.target,
            line.text[atom.start : atom.end],
            line.cut(atom.start, atom.end).span,
        )
        for atom in closing
    )
    said = line.text[: closing[0].start].rstrip()
    apart = not said or said[-1] in _SENTENCE_ENDS + "（(【["
    return Closing(
        line.cut(0, len(said.rstrip(" \t（(【[|｜—–·：:"))) if apart else line,
        None,
        links,
    )


def links_in(line: Line, definitions: dict[str, str]) -> tuple[SourceLink, ...]:
    """The web links of a text, wherever they stand in it."""
    if len(line.text) > MAX_LIST_LINE:
        return ()
    return tuple(
        SourceLink(
            atom.label,
            atom.target,
            line.text[atom.start : atom.end],
            line.cut(atom.start, atom.end).span,
        )
        for atom in link_atoms(line.text, definitions)
        if atom.target and _URL.match(atom.target)
    )


def only_links(line: Line, definitions: dict[str, str]) -> bool:
    """Whether `line` is nothing but links and what separates them."""
    closing = read_closing(line, definitions)
    return bool(closing and closing.label is None and not closing.text.text)


def _unbracketed(text: str) -> str:
    wrapped = re.fullmatch(r"[\[【]([^\[\]【】]*)[\]】]", text)
    return wrapped[1] if wrapped else text.rstrip("[【")


def _is_void(text: str) -> bool:
    return text.lower() in {
        "n/a",
        "na",
        "none",
        "null",
        "無",
        "无",
        "-",
        "—",
        "–",
        "tbd",
        "tba",
        "待補",
        "待补",
        "不明",
        "未知",
        "缺",
        "暫無",
        "暂无",
        "?",
        "？",
    }
