"""BibTeX, with the fields of BibLaTeX. Pure."""

import re
from collections.abc import Iterable, Iterator

from app.render.citations.citation import CitedWork

_TYPE = "online"
"""The one type that BibLaTeX and the styles of pybtex share; `inreference` is an error there."""
# Braces get names: a parser counts them even behind a backslash.
_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
} | {char: f"\\{char}" for char in "$&#_%"}
_SPECIAL = re.compile(r"[\\{}~^$&#_%]")
_NOT_IN_URLS = re.compile(r"[{}\\\s\"<>^`]")


def bibtex(citations: Iterable[CitedWork]) -> bytes:
    """Return citations as a BibTeX file in UTF-8."""
    return "\n".join(_entry(citation) for citation in citations).encode()


def _entry(citation: CitedWork) -> str:
    lines = [f"@{_TYPE}{{{citation.key},"]
    for name, value in _fields(citation):
        lines.append(f"  {name} = {{{value}}},")
    return "\n".join([*lines, "}", ""])


def _fields(citation: CitedWork) -> Iterator[tuple[str, str]]:
    # The inner braces keep the case of a title, and an organisation one name.
    yield "title", f"{{{escaped(citation.title)}}}"
    if citation.author:
        yield "author", f"{{{escaped(citation.author)}}}"
    if citation.container:
        yield "organization", f"{{{escaped(citation.container)}}}"
    if citation.issued:
        yield "date", "-".join(f"{part:02}" for part in citation.issued)
        yield "year", str(citation.issued[0])
    yield "url", _url(citation.url)
    yield "urldate", citation.accessed.isoformat()
    if citation.arxiv_id:
        yield "eprint", citation.arxiv_id
        yield "eprinttype", "arXiv"
    if citation.version:
        yield "version", f"sha256:{citation.version}"
    yield "note", _note(citation)


def _note(citation: CitedWork) -> str:
    """Return the note with its addresses as commands."""
    words = []
    for word in citation.note.split(" "):
        address, mark = word.rstrip(";"), word[len(word.rstrip(";")) :]
        is_address = address.startswith(("http://", "https://"))
        words.append(f"\\url{{{_url(address)}}}{mark}" if is_address else escaped(word))
    return " ".join(words)


def escaped(text: str) -> str:
    """Return a text with the characters escaped that mean something to TeX."""
    return _SPECIAL.sub(lambda match: _ESCAPES[match[0]], text)


def _url(address: str) -> str:
    """Return an address as it is, but for characters that no address has: `{` as `%7B`."""
    return _NOT_IN_URLS.sub(lambda match: f"%{ord(match[0]):02X}", address)
