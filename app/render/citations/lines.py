"""Citations as plain lines: APA (7th edition) and GB/T 7714-2015. Pure."""

from collections.abc import Iterable
from datetime import date

from app.render.citations.citation import CitedWork

_MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_GBT_TYPES = {"web": "EB/OL", "paper": "EB/OL", "entity": "DB/OL"}


def apa(citations: Iterable[CitedWork]) -> bytes:
    """Return a line in the style of APA for each citation."""
    return "".join(f"{_apa(citation)}\n" for citation in citations).encode()


def _apa(citation: CitedWork) -> str:
    issued = f"({_apa_date(citation.issued)})."
    title = citation.title
    version = ""
    if citation.version:
        version = f" (Document sha256 {citation.version}"
        lines = citation.lines_named.replace("-", "–")
        version += f", {lines})" if citation.lines else ")"
    # Without an author the title takes its place.
    parts = [_ended(citation.author), issued] if citation.author else []
    parts.append(_ended(title + version))
    if not citation.author:
        parts.append(issued)
    if citation.container and citation.container != citation.author:
        parts.append(_ended(citation.container))
    if citation.arxiv_id:
        parts.append(f"arXiv:{citation.arxiv_id}.")
    accessed = citation.accessed
    day = f"{_MONTH_NAMES[accessed.month - 1]} {accessed.day}, {accessed.year}"
    parts.append(f"Retrieved {day}, from {citation.url}")
    if citation.document:
        parts.append(f"[{citation.document}]")
    if citation.url != citation.permalink:
        parts.append(f"[{citation.permalink}]")
    return " ".join(parts)


def _apa_date(issued: tuple[int, ...]) -> str:
    """Return a date of publication: `2025, December 23`; `n.d.` without one."""
    if not issued:
        return "n.d."
    year, *others = issued
    text = str(year)
    if others:
        text += f", {_MONTH_NAMES[others[0] - 1]}"
    if len(others) > 1:
        text += f" {others[1]}"
    return text


def gbt7714(citations: Iterable[CitedWork]) -> bytes:
    """Return a line in the style of GB/T 7714 for each citation."""
    return "".join(f"{_gbt7714(citation)}\n" for citation in citations).encode()


def _gbt7714(citation: CitedWork) -> str:
    author = f"{_ended(citation.author)} " if citation.author else ""
    mark = f"[{_GBT_TYPES[citation.kind]}]"
    issued = "-".join(f"{part:02}" for part in citation.issued)
    container = ""
    if citation.container and citation.container != citation.author:
        container = f"//{citation.container}"
    dates = f"({issued})" if issued else ""
    line = f"{author}{citation.title}{mark}{container}. {dates}[{_day(citation.accessed)}]. "
    line += f"{citation.url}."
    if citation.document:
        place = f"L{citation.lines}, " if citation.lines else ""
        line += f" sha256:{citation.version}: {place}{citation.document}."
    if citation.url != citation.permalink:
        line += f" {citation.permalink}."
    return line


def _day(day: date) -> str:
    return day.isoformat()


def _ended(text: str) -> str:
    """Return a text that ends with a stop, unless it ends a sentence already."""
    return text if text.endswith((".", "?", "!", "。", "？", "！")) else f"{text}."
