"""A spelling that a curator adds or removes, searched for in the stored documents.

Only running text is decided again. The search takes long and runs outside any writing transaction,
which searches only the documents that changed in between.
"""

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from sqlmodel import Session, col, select

from app.normalize.entities.mentions import NameMatch, Scanner, lines_with
from app.normalize.scan import PartialScan
from app.parse.briefing import decode
from app.reading import scan_document
from app.store.db import Database, set_timeout
from app.store.document import rescan
from app.store.document.rescan import MentionChange, Rewritten
from app.store.entities import judgements
from app.store.rows import strip_unstorable
from app.store.tables import Briefing, Document, Mention, Naming


@dataclass(frozen=True, slots=True)
class Rescan:
    """The changes of mentions under the curators' `spellings` (spelling → node).

    `changes` maps a document's pk to the hash of its bytes and its change, None without change.
    """

    spellings: Mapping[str, str]
    changes: dict[int, tuple[str, MentionChange | None]] = field(default_factory=dict)


class _RescannedDocument(NamedTuple):
    pk: int
    sha256: str
    dialect: str


def read(database: Database, names: Collection[str], spellings: Mapping[str, str]) -> Rescan:
    """Decide on each document that may contain one of `names`. Slow; blocks no other writer."""
    ahead = Rescan(spellings)
    with database.read() as session:
        set_timeout(session)
        documents = _documents(session)
    for document in documents:
        with database.read() as session:
            set_timeout(session)
            change = _change(session, document, names, spellings)
        ahead.changes[document.pk] = document.sha256, change
    return ahead


def write(session: Session, names: Collection[str], ahead: Rescan, now: datetime) -> Rewritten:
    """Write the changes read before; documents that came or changed since are read now."""
    spellings = judgements.curated_spellings(session)
    known = ahead.changes if ahead.spellings == spellings else {}
    changes: dict[int, MentionChange] = {}
    for document in _documents(session):
        sha256, change = known.get(document.pk, ("", None))
        if sha256 != document.sha256:
            change = _change(session, document, names, spellings)
        if change:
            changes[document.pk] = change
    return rescan.write(session, changes, now)


def _documents(session: Session) -> list[_RescannedDocument]:
    """Return every published document."""
    rows = (
        select(col(Document.briefing_pk), col(Document.sha256), col(Briefing.dialect))
        .join(Briefing, col(Briefing.pk) == col(Document.briefing_pk))
        .where(~col(Briefing.draft))
    )
    return [_RescannedDocument(*row) for row in session.exec(rows)]


def _change(
    session: Session,
    document: _RescannedDocument,
    names: Collection[str],
    spellings: Mapping[str, str],
) -> MentionChange | None:
    """Return the change of a document's mentions, None if it contains none of `names`."""
    row = session.exec(
        select(col(Document.body), col(Document.name)).where(
            col(Document.briefing_pk) == document.pk
        )
    ).first()
    if row is None:
        return None
    body, file_name = row
    text = strip_unstorable(decode(body))
    lines = lines_with(text, names)
    if not lines:
        return None
    matches = _matches(session, document)
    if not _may_change(matches, text, names, lines):
        return None
    nodes = _listed_nodes(session, document)
    mentions = scan_document(
        body,
        file_name,
        document.dialect,
        spellings,
        nodes,
        PartialScan(lines, matches),
    )
    return rescan.compare(session, document.pk, mentions)


def _listed_nodes(session: Session, document: _RescannedDocument) -> dict[str, str]:
    """Return the stored node of each name that a document lists, by its key."""
    statement = (
        select(col(Naming.key), col(Naming.node))
        .join(Mention, col(Mention.naming_pk) == col(Naming.pk))
        .where(
            col(Mention.briefing_pk) == document.pk,
            col(Mention.kind) == "listed",
        )
    )
    nodes: dict[str, str] = {}
    ambiguous: set[str] = set()
    for key, node in session.exec(statement):
        if nodes.setdefault(key, node) != node:
            ambiguous.add(key)
    for key in ambiguous:
        del nodes[key]
    return nodes


@lru_cache(maxsize=4)
def _scanner(names: tuple[str, ...]) -> Scanner:
    return Scanner(spellings=dict.fromkeys(names, ""))


def _matches(session: Session, document: _RescannedDocument) -> list[NameMatch]:
    """Return the stored names in the running text of a document."""
    statement = (
        select(col(Mention.start_char), col(Mention.end_char), col(Naming.node))
        .join(Naming, col(Naming.pk) == col(Mention.naming_pk))
        .where(
            col(Mention.briefing_pk) == document.pk,
            col(Mention.kind) != "listed",
        )
    )
    return [NameMatch(*row) for row in session.exec(statement)]


def _may_change(
    matches: Sequence[NameMatch],
    text: str,
    names: Collection[str],
    lines: Sequence[tuple[int, int]],
) -> bool:
    """Return False if every place of `names` is in a mention that wins over it.

    A mention that begins earlier, or is longer, wins whatever else is searched for. Reading the
    document takes 15 ms, this 2 ms.
    """
    scanner = _scanner(tuple(sorted(names)))
    places = scanner.scan(text, visible=[(0, len(text))], lines=lines)
    if not places:
        return False
    longest: dict[int, int] = {}
    for start, end, _ in matches:
        longest[start] = max(end, longest.get(start, 0))
    starts = sorted(longest)
    for match in places:
        index = bisect_right(starts, match.start) - 1
        start = starts[index] if index >= 0 else -1
        end = longest.get(start, 0)
        is_inside = start < match.start < end
        is_shorter = start == match.start and match.end < end
        if not is_inside and not is_shorter:
            return True
    return False
