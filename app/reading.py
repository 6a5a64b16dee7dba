"""Reading a document: from its bytes to the decisions on it. Nothing is stored here."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from app import __version__
from app.errors import AppError
from app.knowledge import (
    catalogue_files,
    configured_dialects,
    configured_zone,
    dialect_files,
    knowledge,
)
from app.normalize.decide import FORM, DecidedBriefing, decide, scan_running_text
from app.normalize.lexicon import english_words
from app.normalize.report import quality
from app.normalize.scan import NamedMention, PartialScan
from app.normalize.text.word_edges import word_file
from app.parse.briefing import decode, parse_text, reread_text
from app.parse.draft import BriefingDraft
from app.parse.section_kinds import SECTION_KINDS
from app.settings import Settings
from app.store.derived import search, stored_json
from app.store.document.briefings import ReadDocument, StoredDocument
from app.store.migrations import head
from app.store.rows import strip_unstorable
from app.telemetry import stage, stage_seconds

_FORM_CHARS = 16


@cache
def forms() -> str:
    """Return a hash of the forms in which answers are stored; a fingerprint begins with it."""
    stored = f"{head()}/{stored_json.FORM}"
    return hashlib.sha256(stored.encode()).hexdigest()[:_FORM_CHARS]


@cache
def fingerprint() -> str:
    """Return a hash of everything that decides how a document is read and stored.

    That is the catalogue, the dialects, the words of sections, the lists of Chinese and English
    words, the time zone, the version of the code, the schema, and the versions of the decisions,
    the searchable texts and the stored JSON.
    """
    decided = f"{FORM}/{search.FORM}/{stored_json.FORM}"
    versions = f"{__version__}/{head()}/{decided}/{configured_zone()}"
    digest = hashlib.sha256(f"{versions}/{SECTION_KINDS}".encode())
    dialects = dialect_files(Settings().dialects)
    words = (word_file(), english_words.word_file())
    for path in (*catalogue_files(), *dialects, *words):
        digest.update(path.read_bytes())
    return forms() + digest.hexdigest()[_FORM_CHARS:]


@dataclass(frozen=True)
class ParsedDocument:
    """A document: its bytes as they came, its decoded text and the draft that counts in it."""

    data: bytes
    name: str
    text: str
    draft: BriefingDraft

    def decide(
        self, channel: str, default_channel: str, spellings: Mapping[str, str]
    ) -> DecidedBriefing:
        """Decide on everything in the draft; `spellings` are those of curators, with nodes."""
        with stage("decide"):
            return decide(
                self.draft,
                self.text,
                knowledge(),
                channel,
                default_channel,
                spellings,
                name=self.name,
            )

    def scan(
        self, spellings: Mapping[str, str], listed_nodes: Mapping[str, str] | None = None
    ) -> Iterator[tuple[int, NamedMention]]:
        """Yield the mentions in running text with their items' ordinals, 0 outside of items.

        `spellings` are those of curators, with nodes. `listed_nodes` are nodes of listed names by
        name key, as they are stored.
        """
        return scan_running_text(self.draft, self.text, knowledge(), spellings, listed_nodes)

    def read(
        self, channel: str, default_channel: str, spellings: Mapping[str, str]
    ) -> ReadDocument:
        """Decide on the draft and report on its quality."""
        decided = self.decide(channel, default_channel, spellings)
        with stage("decide"):
            report = quality.report(decided, self.text, knowledge().catalogue)
        return ReadDocument(
            self.data,
            self.name,
            decided,
            report,
        )


def parse_document(data: bytes, name: str) -> ParsedDocument:
    """Parse a document. Characters that no database stores become U+FFFD, in its text and values.

    Raises `TooLarge` and `Unreadable` like `parse_text`.
    """
    name = strip_unstorable(name)
    with stage("parse"):
        text = strip_unstorable(decode(data))
        draft = parse_text(
            text,
            name,
            zone=configured_zone(),
            dialects=configured_dialects(),
        )
        return ParsedDocument(
            data,
            name,
            text,
            _storable(draft),
        )


def scan_document(
    data: bytes,
    name: str,
    layout: str,
    spellings: Mapping[str, str],
    listed_nodes: Mapping[str, str],
    partial: PartialScan | None = None,
) -> Iterator[tuple[int, NamedMention]]:
    """Yield what `ParsedDocument.scan` does, of a document stored in the dialect `layout`.

    `partial` limits the search to some lines.
    """
    name = strip_unstorable(name)
    text = strip_unstorable(decode(data))
    draft = reread_text(text, name, layout=layout, dialects=configured_dialects())
    if draft is None or strip_unstorable(draft.front_matter.values) != draft.front_matter.values:
        return parse_document(data, name).scan(spellings, listed_nodes)
    return scan_running_text(draft, text, knowledge(), spellings, listed_nodes, partial)


def _storable(draft: BriefingDraft) -> BriefingDraft:
    """Return a draft that can be stored: YAML and TOML may escape unstorable characters."""
    values = draft.front_matter.values
    if strip_unstorable(values) == values:
        return draft
    return replace(
        draft,
        title=strip_unstorable(draft.title),
        description=strip_unstorable(draft.description),
        summary=strip_unstorable(draft.summary),
        published_at=strip_unstorable(draft.published_at),
        tags=tuple(strip_unstorable(draft.tags)),
        front_matter=replace(draft.front_matter, values=strip_unstorable(values)),
    )


@dataclass(frozen=True)
class Task:
    """A document to be read, unless it is `stored` already, or `error` says why it has no bytes."""

    name: str
    channel: str
    data: bytes = b""
    stored: StoredDocument | None = None
    error: str | None = None

    @property
    def is_settled(self) -> bool:
        """Whether there is nothing to read."""
        return self.stored is not None or self.error is not None


@dataclass(frozen=True)
class ReadOutcome:
    """A document that was read, or was stored already, or why it could not be read."""

    name: str
    document: ReadDocument | None = None
    stored: StoredDocument | None = None
    error: str | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    """The time it took, by stage."""


@dataclass(frozen=True)
class DocumentReader:
    """Reads documents, in this process or in a copy of it. `spellings` are those of curators."""

    default_channel: str
    spellings: Mapping[str, str]

    def __call__(self, task: Task) -> ReadOutcome:
        """Read one document; an error of the document is returned, not raised."""
        if task.is_settled:
            return ReadOutcome(
                task.name,
                stored=task.stored,
                error=task.error,
            )

        before = dict(stage_seconds)
        try:
            document = self.read(task.data, task.name, task.channel)
        except AppError as error:
            return ReadOutcome(task.name, error=str(error))

        seconds = {}
        for name, total in stage_seconds.items():
            seconds[name] = total - before.get(name, 0.0)
        return ReadOutcome(task.name, document, seconds=seconds)

    def read(self, data: bytes, name: str, channel: str) -> ReadDocument:
        """Read one document. Raises `AppError` for one that cannot be read."""
        parsed = parse_document(data, name)
        return parsed.read(channel, self.default_channel, self.spellings)
