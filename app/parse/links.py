"""Links, addresses and identifiers within a line, label and target as written."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.parse.draft import SourceLink
from app.parse.lines import Line
from app.parse.markdown import Block

URL = re.compile(
    r"(?:https?|ftp)://(?:(?!,(?:https?|ftp)://)"
    r"(?!\[[^\[\]\n]{2,80}\](?![=&\w]))[^\s<>|｜、；，。：！？（「」『』《》\"”“])+",
    re.IGNORECASE,
)
DOMAIN = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24}(?:/\S{0,2000})?", re.IGNORECASE)
"""An address without its scheme."""
_AUTOLINK = re.compile(
    r"<(?P<target>[a-zA-Z][a-zA-Z0-9+.\-]*:[^\s<>|]+|www\.[^\s<>|]+)"
    r"(?:\|(?P<label>[^<>|\n]{1,400}))?>"
)
"""An address in brackets, with a label where chats export it: `<address|label>`."""
_ARXIV = re.compile(
    r"arxiv\s*[:：]\s*(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Za-z]{2})?/\d{7})(?:v\d+)?"
    r"(?:\s*\[[\w.\-]+\])?"
    r"|(?:doi\s*[:：]\s*)?10\.\d{4,9}/[^\s|、；，。]+",
    re.IGNORECASE,
)
# Positions at which a link, an address or an identifier may begin.
_CANDIDATE = re.compile(
    r"\[|<|(?:https?|ftp)://|arxiv|doi|10\.\d",
    re.IGNORECASE,
)
_LINK_TITLE = re.compile(r"""\s(?:"[^"]*"|'[^']*')\s*$""")
_BRACKET = re.compile(r"\\.|[\[\]()]")
_MAX_TARGET_CHARS = 8_192


_CLOSING_ADDRESS = re.compile(r"https?://[^\s()（）<>]+[)）>]?$", re.IGNORECASE)


def without_closing_address(line: Line) -> Line:
    """Return a line without the bare address at its end."""
    start = line.text.rfind("http")
    if start < 0 or not _CLOSING_ADDRESS.match(line.text, start):
        return line
    return line.cut(0, len(line.text[:start].rstrip(" \t\u3000(（<")))


@dataclass(frozen=True, slots=True)
class Atom:
    """A link, autolink, address or identifier within a line, by its offsets."""

    start: int
    end: int
    label: str | None
    target: str | None

    def source(self, line: Line) -> SourceLink:
        """Return the atom as a source of `line`."""
        span = line.cut(self.start, self.end).span
        return SourceLink(
            self.label,
            self.target,
            line.text[self.start : self.end],
            span,
        )


def link_definitions(
    blocks: Iterable[Block],
) -> Iterator[tuple[str, str]]:
    """Yield the name and target of each `[name]: target` line."""
    for block in blocks:
        if block.kind != "definition":
            continue
        for line in block.lines:
            name, _, target = line.text[1:].partition("]:")
            yield (
                name.strip().lower(),
                target.split()[0].strip("<>"),
            )


def link_atoms(text: str, definitions: dict[str, str]) -> Iterator[Atom]:
    """Yield the links, addresses and identifiers of `text` in order.

    `definitions` resolves reference-style links (`[label][1]`).
    """
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
        return Atom(
            start,
            match.end(),
            match["label"],
            match["target"],
        )
    if match := URL.match(text, start):
        target = _without_tail(match.group())
        return Atom(start, start + len(target), None, target)
    if start and text[start - 1].isalnum():
        return None
    match = _ARXIV.match(text, start)
    return Atom(start, match.end(), None, match.group()) if match else None


def _link(
    text: str,
    start: int,
    pairs: dict[int, int],
    definitions: dict[str, str],
) -> Atom | None:
    """Return `[label](target "title")`, brackets in pairs inside both, or `[label][name]`."""
    close = pairs.get(start)
    if close is None:
        return None
    label = text[start + 1 : close]
    following = text[close + 1 : close + 2]
    if following == "(":
        return _inline_link(text, start, close, pairs)
    end = pairs.get(close + 1, -1)
    if following == "[" and end >= 0:
        written = text[close + 2 : end]
        name = (written or label).strip().lower()
        if name.isdecimal() and label.isdecimal() and name not in definitions:
            return None  # `[1][2]` are two citations
        return Atom(
            start,
            end + 1,
            label,
            definitions.get(name, written),
        )
    target = definitions.get(label.strip().lower())
    return None if target is None else Atom(start, close + 1, label, target)


def _inline_link(
    text: str,
    start: int,
    close: int,
    pairs: dict[int, int],
) -> Atom | None:
    # A target whose brackets do not pair ends at the first one that closes.
    first_close = text.find(")", close + 2, close + _MAX_TARGET_CHARS)
    end = pairs.get(close + 1, first_close)
    if end < 0:
        return None
    target = _LINK_TITLE.sub("", text[close + 2 : end]).strip()
    if target[:1] == "<" and target[-1:] == ">":
        target = target[1:-1]
    return Atom(
        start,
        end + 1,
        text[start + 1 : close],
        target,
    )


def _bracket_pairs(text: str) -> dict[int, int]:
    """Return where each `[` and `(` closes, in one pass; those that never do are absent."""
    pairs: dict[int, int] = {}
    stacks: dict[str, list[int]] = {
        "]": [],
        ")": [],
    }
    for match in _BRACKET.finditer(text):
        char = match.group()
        if char in "[(":
            closing = "]" if char == "[" else ")"
            stacks[closing].append(match.start())
        elif stacks.get(char):
            pairs[stacks[char].pop()] = match.start()
    return pairs


def _without_tail(url: str) -> str:
    """Return an address without the sentence's punctuation.

    A bracket whose partner is not in the address ends it.
    """
    depth = 0
    for index, char in enumerate(url):
        if char in "(（":
            depth += 1
        elif char in ")）":
            depth -= 1
        if depth < 0:
            url = url[:index]
            break
    return url.rstrip(".,;:!?'*_`]】")
