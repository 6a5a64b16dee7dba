"""RIS. Pure."""

from collections.abc import Iterable, Iterator

from app.query.schemas.citations import SERVICE
from app.render.citations.citation import CitedWork

_TYPES = {"web": "ELEC", "paper": "UNPB", "entity": "ENCYC"}


def ris(citations: Iterable[CitedWork]) -> bytes:
    """Return citations as a RIS file in UTF-8; lines end with CRLF."""
    lines = []
    for citation in citations:
        for tag, value in _fields(citation):
            lines.append(f"{tag}  - {value}\r\n")
        lines.append("\r\n")
    return "".join(lines).encode()


def _fields(citation: CitedWork) -> Iterator[tuple[str, str]]:
    yield "TY", _TYPES[citation.kind]
    yield "ID", citation.key
    yield "TI", citation.title
    if citation.author:
        yield "AU", citation.author
    if citation.container:
        yield "T2", citation.container
    if citation.issued:
        parts = [f"{part:02}" for part in citation.issued]
        yield "PY", parts[0]
        yield "DA", "/".join(parts)
    yield "UR", citation.url
    yield "Y2", citation.accessed.strftime("%Y/%m/%d")
    if citation.arxiv_id:
        yield "AN", f"arXiv:{citation.arxiv_id}"
    if citation.version:
        yield "ET", f"sha256:{citation.version}"
    if citation.lines:
        yield "SP", citation.lines
    if citation.language:
        yield "LA", citation.language
    yield "DB", SERVICE
    yield "N1", citation.note
    yield "ER", ""
