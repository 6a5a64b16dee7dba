"""A citation, whatever the format it is written in, and those of the things that are served."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal
from urllib.parse import quote

from app.query.schemas.briefings import BriefingSummary
from app.query.schemas.citations import SERVICE, CitationEvidence
from app.query.schemas.items import ItemOut
from app.query.schemas.shared import EntityRef
from app.query.schemas.taxonomy import SourceSummary
from app.render.printable import one_line

Kind = Literal["web", "paper", "entity"]
# 2512.17527 was submitted in December 2025; older ids have a field: cs/0112017.
_ARXIV_MONTH = re.compile(r"(?:[a-z-]+(?:\.[A-Z]{2})?/)?(\d\d)(\d\d)\d{3,5}|(\d\d)(\d\d)\.\d{4,5}")
_FIRST_ARXIV_YEAR = 91
_MONTHS = range(1, 13)


@dataclass(frozen=True, slots=True)
class Citing:
    """The circumstances of a citation: the service's address and the day it was looked at."""

    home: str
    accessed: date


@dataclass(frozen=True, slots=True)
class CitedWork:
    """A citation. `issued` is (year, month, day), (year, month) or ().

    `url` is the page of the thing for people, or the work itself where that is elsewhere;
    `permalink` is the record of the thing in the API; `document` is the address of the lines in
    the version of the document that says so.
    """

    key: str
    kind: Kind
    title: str
    author: str | None
    container: str | None
    issued: tuple[int, ...]
    permalink: str
    url: str
    accessed: date
    version: str | None = None
    lines: str | None = None
    document: str | None = None
    arxiv_id: str | None = None
    language: str | None = None

    @property
    def lines_named(self) -> str:
        """The lines in words: `line 63`, `lines 84-90`."""
        word = "lines" if "-" in (self.lines or "") else "line"
        return f"{word} {self.lines}"

    @property
    def note(self) -> str:
        """The version of the document, its lines and its address, in one line."""
        if not self.document:
            return f"Record: {self.permalink}"
        place = f"Document sha256 {self.version}"
        if self.lines:
            place += f", {self.lines_named}"
        note = f"{place}: {self.document}"
        return note if self.url == self.permalink else f"{note}; record: {self.permalink}"


def of_item(item: ItemOut, evidence: CitationEvidence | None, citing: Citing) -> CitedWork:
    """Return the citation of an item."""
    return _own(
        key=item.id,
        kind="web",
        title=item.title,
        author=evidence.author if evidence else SERVICE,
        container=item.briefing.title,
        day=item.date,
        place=("items", "items", item.id),
        evidence=evidence,
        citing=citing,
    )


def of_briefing(
    briefing: BriefingSummary, evidence: CitationEvidence | None, citing: Citing
) -> CitedWork:
    """Return the citation of a briefing."""
    return _own(
        key=f"briefing-{briefing.id.replace(':', '-')}",
        kind="web",
        title=briefing.title,
        author=evidence.author if evidence else SERVICE,
        container=SERVICE,
        day=briefing.date,
        place=("briefings", "days", briefing.id),
        evidence=evidence,
        citing=citing,
    )


def of_entity(entity: EntityRef, evidence: CitationEvidence | None, citing: Citing) -> CitedWork:
    """Return the citation of the page of an entity; its first mention is cited."""
    return _own(
        key=entity.id,
        kind="entity",
        title=entity.name,
        author=SERVICE,
        container=SERVICE,
        day=None,
        place=("entities", "entities", entity.id),
        evidence=evidence,
        citing=citing,
    )


def of_page(title: str, path: str, data: str, day: date | None, citing: Citing) -> CitedWork:
    """Return the citation of a page of several things, such as a search.

    `path` is that of the page, `data` that of its data; `day` is the day of the latest change.
    """
    return CitedWork(
        key=f"page-{hashlib.sha256(path.encode()).hexdigest()[:8]}",
        kind="web",
        title=one_line(title),
        author=SERVICE,
        container=SERVICE,
        issued=(day.year, day.month, day.day) if day else (),
        permalink=citing.home + data,
        url=citing.home + path,
        accessed=citing.accessed,
    )


def of_source(
    source: SourceSummary, evidence: CitationEvidence | None, citing: Citing
) -> CitedWork:
    """Return the citation of an article or paper; its first citation in a document is named."""
    permalink = f"{citing.home}/v1/sources/{source.id}"
    url = source.url
    issued: tuple[int, ...] = ()
    if source.arxiv_id:
        url = f"https://arxiv.org/abs/{source.arxiv_id}"
        issued = arxiv_month(source.arxiv_id)
    publisher = source.publisher.name if source.publisher else None
    return CitedWork(
        key=source.id,
        kind="paper" if source.arxiv_id else "web",
        title=one_line(_source_title(source, publisher) or url or source.id),
        author=one_line(publisher) if publisher else None,
        container="arXiv" if source.arxiv_id else None,
        issued=issued,
        permalink=permalink,
        url=url or permalink,
        accessed=citing.accessed,
        arxiv_id=source.arxiv_id,
        **_place(evidence, citing),
    )


def _source_title(source: SourceSummary, publisher: str | None) -> str | None:
    """Return the label of a source, unless it only repeats the publisher; then its address."""
    label = source.label or ""
    if label and label.casefold() != (publisher or "").casefold():
        return label
    return f"arXiv:{source.arxiv_id}" if source.arxiv_id else source.target


def arxiv_month(arxiv_id: str) -> tuple[int, ...]:
    """Return the year and month in an arXiv id, () if it has none."""
    match = _ARXIV_MONTH.fullmatch(arxiv_id)
    if not match:
        return ()
    year, month = int(match[1] or match[3]), int(match[2] or match[4])
    if month not in _MONTHS:
        return ()
    century = 1900 if year >= _FIRST_ARXIV_YEAR else 2000
    return century + year, month


def _own(
    key: str,
    kind: Kind,
    title: str,
    author: str,
    container: str,
    day: date | None,
    place: tuple[str, str, str],
    evidence: CitationEvidence | None,
    citing: Citing,
) -> CitedWork:
    collection, pages, name = place
    address = quote(name, safe=":")
    return CitedWork(
        key=key,
        kind=kind,
        title=one_line(title),
        author=one_line(author),
        container=one_line(container),
        issued=(day.year, day.month, day.day) if day else (),
        permalink=f"{citing.home}/v1/{collection}/{address}",
        url=f"{citing.home}/{pages}/{address}",
        accessed=citing.accessed,
        **_place(evidence, citing),
    )


def _place(evidence: CitationEvidence | None, citing: Citing) -> Mapping[str, str | None]:
    if evidence is None:
        return {}
    lines, fragment = None, ""
    if evidence.first_line:
        lines = f"{evidence.first_line}-{evidence.last_line}"
        if evidence.first_line == evidence.last_line:
            lines = str(evidence.first_line)
        fragment = f"#L{lines}"
    return {
        "version": evidence.sha256,
        "lines": lines,
        "document": f"{citing.home}/v1/documents/{evidence.sha256}{fragment}",
        "language": evidence.language,
    }
