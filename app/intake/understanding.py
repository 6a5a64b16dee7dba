"""Documents understood in another process, within limits; nothing is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app import preview
from app.errors import Unreadable
from app.intake.reading import prepare
from app.parse.draft import BriefingDraft
from app.parse.outline import OutlineEntry, entries
from app.process_map import LimitedProcesses, LimitExceeded, Limits
from app.query.entities import lists
from app.query.request.entity_params import EntityList
from app.query.schemas.entities import EntitySummary
from app.reading import parse_document

LIMITS = Limits(seconds=4.0, memory_bytes=384 * 1024 * 1024)
"""A document of 256 KiB that consists of items takes 2.1 s."""
MAX_NAMES = 100
"""Names that are listed; all are counted."""
_CHANNEL = "bench"
_WARM_UP = "# 2026-01-01\n\n## 1\n\n- 1\n"


@dataclass(frozen=True)
class UnderstandingTask:
    """A document with the name of its file, and the language of its names."""

    data: bytes
    name: str
    lang: str


@dataclass(frozen=True)
class Understood:
    """The draft of a document, notes on its lines, its briefing and names as the API shows them."""

    draft: BriefingDraft
    notes: list[OutlineEntry]
    briefing: dict[str, Any]
    names: Sequence[EntitySummary]
    """At most `MAX_NAMES`."""
    names_total: int


def understand(task: UnderstandingTask) -> Understood:
    """Return what would be understood. Raises `AppError` for a document that cannot be read."""
    parsed = parse_document(task.data, task.name)
    briefing, names = preview.preview_with(
        parsed,
        _CHANNEL,
        lambda session: lists.find(session, EntityList(limit=MAX_NAMES), task.lang),
    )
    # A listing has a function for its cursors, which is not sent between processes.
    return Understood(
        parsed.draft, list(entries(parsed.draft)), briefing, names.entries, names.rows.total
    )


def begin() -> None:
    """Load names and a database in memory once, so that no task pays for them."""
    prepare()
    understand(UnderstandingTask(_WARM_UP.encode(), "2026-01-01.md", "en"))


class Understanding:
    """One process that understands documents, started when it is needed."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._processes = LimitedProcesses(
            understand, begin, 1, limits, preload=("app.intake.preloaded",)
        )

    def __call__(self, task: UnderstandingTask) -> Understood:
        """Return what would be understood. Raises `AppError`; `Unreadable` also over a limit."""
        try:
            return self._processes(task)
        except LimitExceeded as error:
            raise Unreadable(
                f"The document cannot be read within {error}; try a smaller part of it."
            ) from None

    def close(self) -> None:
        """End the process."""
        self._processes.close()
