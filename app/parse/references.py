"""References of a document: what `[1]`, `[^1]` and `#ref-1` refer to, and the links of a text."""

import re
from collections.abc import (
    Callable,
    Iterable,
    Iterator,
)
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from app.parse.draft import SourceLink
from app.parse.inline import MAX_LIST_LINE
from app.parse.lines import Line
from app.parse.links import (
    Atom,
    link_atoms,
    link_definitions,
)
from app.parse.markdown import Block
from app.parse.markup import ANCHOR, plain_text
from app.parse.media import is_badge_label, is_media

_MEDIA_TAG = re.compile(
    r"<(?:img|video|source|audio|iframe|embed|picture|svg|track|link|script)\b[^<>]{0,4000}>",
    re.IGNORECASE,
)
_HTML_LINK = re.compile(
    r"<a\s[^<>]{0,2000}?\bhref\s*=\s*[\"']?(?P<target>[^\"'\s<>]{1,4000})[\"']?[^<>]{0,2000}>"
    r"(?P<label>[^<>]{0,500})(?:</a>)?",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"^\W{0,8}(?:作者|撰文|文|編輯|编辑|記者|记者|著者|執筆|written by|author|authors|by|edited by|"
    r"curated by|posted by)\s*(?:[:：/／|｜]\s*|(?=\[))",
    re.IGNORECASE,
)
_CITATION = re.compile(
    r"(?<!!)(?:\[(?P<numbers>\d{1,3}(?:\s*[,、，]\s*\d{1,3}){0,9})\](?![(:])"
    r"|【(?P<boxed>\d{1,3})】|\[\^(?P<note>[^\[\]\s]{1,40})\](?!:))"
)
_FOOTNOTE_TEXT = re.compile(r"^\[\^(?P<name>[^\[\]\s]{1,40})\]:\s*(?P<text>.*)$")
_NUMBERED_LINE = re.compile(
    r"^\s*(?:[-*+]\s+)?(?:\[(?P<square>\d{1,3})\]|【(?P<boxed>\d{1,3})】|(?P<plain>\d{1,3})[.)、：:])"
    r"(?!\()\s*"
)
_TABLE_NUMBER = re.compile(
    r"^\s*\|?\s*(?:<[^<>]{0,200}>\s*){0,4}\[?(?P<number>\d{1,3})\]?[.)]?\s*\|"
)
_SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.\-]*:")
_WEB = re.compile(r"^(?:https?|ftp)://", re.IGNORECASE)
_IDENTIFIER = re.compile(
    r"^(?:arxiv\s*[:：]|doi\s*[:：]|10\.\d{4,9}/)",
    re.IGNORECASE,
)
_TAIL_DIGITS = re.compile(r"(?:^|[^\d])(\d{1,3})$")

_WORD = re.compile(r"[^\W_]")


@dataclass
class References:
    """Targets that texts name from afar, by link name, number and anchor."""

    definitions: dict[str, str] = field(default_factory=dict)
    base: str | None = None
    numbers: dict[str, tuple[SourceLink, ...]] = field(default_factory=dict)
    anchors: dict[str, tuple[SourceLink, ...]] = field(default_factory=dict)
    notes: dict[str, tuple[SourceLink, ...]] = field(default_factory=dict)
    link_cache: dict[tuple[int, str], tuple[SourceLink, ...]] = field(default_factory=dict)
    """The links of stretches that were read already, by their start and text."""
    title_cache: dict[tuple[int, str], Any] = field(default_factory=dict)
    """The titles of stretches that were read already."""
    lead_cache: dict[tuple[int, str], Any] = field(default_factory=dict)
    """The titles that stretches begin with, or None."""
    ignores: Callable[[str], bool] | None = None
    """Tells whether an address is no source, where a dialect says so."""

    def resolve(self, target: str | None) -> str | None:
        """Return `target` as a web address or identifier; None for media, anchors and the like."""
        if not target or (self.ignores and self.ignores(target)):
            return None
        if target[:4].lower() == "www.":
            target = f"https://{target}"
        if _WEB.match(target):
            return None if is_media(target) else target
        if _IDENTIFIER.match(target):
            return target
        if target[:1] == "#" or _SCHEME.match(target) or not self.base:
            return None
        return self._joined(target)

    def _joined(self, target: str) -> str | None:
        try:
            joined = urljoin(self.base or "", target)
        except ValueError:
            return None
        return joined if _WEB.match(joined) and not is_media(joined) else None

    def cited(self, name: str) -> tuple[SourceLink, ...]:
        """Return the sources that an anchor such as `ref-3` refers to."""
        if name in self.anchors:
            return self.anchors[name]
        digits = _TAIL_DIGITS.search(name)
        return self.numbers.get(digits[1].lstrip("0"), ()) if digits else ()


def text_links(line: Line, references: References) -> tuple[SourceLink, ...]:
    """Return the sources named in a line of text, in order.

    Images, videos, badges and by-lines are none. Citations and anchors are resolved.
    """
    if not _WORD.search(line.text):
        return ()
    place = (line.start, line.text)
    links = references.link_cache.get(place)
    if links is None:
        links = _read_links(line, references)
        references.link_cache[place] = links
    return links


def _read_links(line: Line, references: References) -> tuple[SourceLink, ...]:
    text = line.text
    if len(text) > MAX_LIST_LINE or _BYLINE.match(text):
        return ()
    if (note := _FOOTNOTE_TEXT.match(text)) and note["name"] in references.notes:
        # The links of a footnote are sources where it is cited.
        return ()
    placed: list[tuple[int, SourceLink]] = []
    text = _MEDIA_TAG.sub(_masked, text)
    for match in _HTML_LINK.finditer(text):
        span = line.cut(*match.span()).span
        placed.append(
            (
                match.start(),
                SourceLink(
                    match["label"],
                    match["target"],
                    match.group(),
                    span,
                ),
            )
        )
    text = _HTML_LINK.sub(_masked, text)
    for atom in link_atoms(text, references.definitions):
        link = _atom_link(line, text, atom)
        if link:
            placed.append((atom.start, link))
    links: list[tuple[int, SourceLink]] = []
    for start, link in placed:
        for resolved in _resolved(link, references):
            links.append((start, resolved))
    links.extend(_citations(text, references))
    links.sort(key=lambda entry: entry[0])
    return _unique(link for _, link in links)


def _masked(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _atom_link(line: Line, text: str, atom: Atom) -> SourceLink | None:
    if not atom.target or text[atom.start - 1 : atom.start] == "!":
        return None
    label = atom.label
    if is_badge_label(label):
        return None
    if label is not None:
        label = plain_text(label).strip("'\"‘’“”")
        if not label and "![" in (atom.label or ""):
            return None
    span = line.cut(atom.start, atom.end).span
    return SourceLink(
        label or None,
        atom.target,
        text[atom.start : atom.end],
        span,
    )


def _resolved(link: SourceLink, references: References) -> tuple[SourceLink, ...]:
    target = link.target or ""
    if target[:1] == "#":
        return references.cited(target[1:])
    resolved = references.resolve(target)
    if resolved is None:
        return ()
    return (
        SourceLink(
            link.label,
            resolved,
            link.raw,
            link.span,
        ),
    )


def _citations(text: str, references: References) -> Iterator[tuple[int, SourceLink]]:
    if not references.numbers and not references.notes:
        return
    for match in _CITATION.finditer(text):
        if match["note"]:
            cited = references.notes.get(match["note"], ())
        else:
            cited = _numbered(
                match["numbers"] or match["boxed"],
                references,
            )
        for link in cited:
            yield match.start(), link


def _numbered(numbers: str, references: References) -> tuple[SourceLink, ...]:
    links: list[SourceLink] = []
    for number in re.findall(r"\d+", numbers):
        links.extend(references.numbers.get(number.lstrip("0"), ()))
    return tuple(links)


def _unique(
    links: Iterable[SourceLink],
) -> tuple[SourceLink, ...]:
    by_target: dict[str | None, SourceLink] = {}
    for link in links:
        by_target.setdefault(link.target, link)
    return tuple(by_target.values())


def unique_links(
    links: Iterable[SourceLink],
) -> tuple[SourceLink, ...]:
    """Return `links`, each target once; links without a target are all kept."""
    targets: set[str] = set()
    unique: list[SourceLink] = []
    for link in links:
        if link.target is None or link.target not in targets:
            unique.append(link)
        if link.target is not None:
            targets.add(link.target)
    return tuple(unique)


def read_references(
    blocks: Iterable[Block],
    listed: Iterable[Block],
    base: str | None,
) -> References:
    """Collect the references of a document: anchors and footnotes anywhere, numbers in `listed`.

    `listed` are the blocks below headings such as 參考資料; `base` is the address that relative
    links start from.
    """
    blocks = list(blocks)
    references = References(dict(link_definitions(blocks)), base)
    for line in block_lines(blocks):
        _read_footnote(line, references)
        _read_anchors(line, references)
    count = 0
    for block in listed:
        for line in block_lines([block]):
            count = _read_numbered(line, block, count, references)
    return references


def block_lines(
    blocks: Iterable[Block],
) -> Iterator[Line]:
    """Yield the lines of `blocks` and of all blocks inside, without their indentation."""
    for block in blocks:
        if block.children:
            yield from block_lines(block.children)
        else:
            for line in block.lines:
                yield line.cut(0)


def _read_footnote(line: Line, references: References) -> None:
    if line.text[:2] != "[^":
        return
    match = _FOOTNOTE_TEXT.match(line.text)
    if match:
        rest = line.cut(match.start("text"))
        references.notes.setdefault(
            match["name"],
            text_links(
                rest,
                References(base=references.base),
            ),
        )


def _read_anchors(line: Line, references: References) -> None:
    if "<a" not in line.text or len(line.text) > MAX_LIST_LINE:
        return
    anchors = [match["name"] for match in ANCHOR.finditer(line.text)]
    if not anchors:
        return
    links = text_links(
        line,
        References(references.definitions, references.base),
    )
    for name in anchors:
        if links:
            references.anchors.setdefault(name, links)


def _read_numbered(
    line: Line,
    block: Block,
    count: int,
    references: References,
) -> int:
    """Take a line of a reference list; return how many entries there were so far."""
    links = text_links(
        line,
        References(references.definitions, references.base),
    )
    if not links:
        return count
    match = _NUMBERED_LINE.match(line.text) or _TABLE_NUMBER.match(line.text)
    count += 1
    number = str(count)
    if match:
        groups = match.groupdict()
        stated = groups.get("number") or groups.get("square") or groups.get("boxed")
        number = stated or groups.get("plain") or number
    references.numbers.setdefault(number.lstrip("0"), links)
    return count
