"""Documents read in other processes, within limits of time and memory."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.errors import Unreadable
from app.knowledge import knowledge
from app.process_map import LimitedProcesses, LimitExceeded, Limits
from app.reading import parse_document
from app.store.document.briefings import ReadDocument

READERS = 2
"""Documents read at a time by one process of the service."""
LIMITS = Limits(seconds=20.0, memory_bytes=768 * 1024 * 1024)


@dataclass(frozen=True)
class ReadingTask:
    """A document to read; `spellings` are those of curators. Without a name it gets its date's."""

    data: bytes
    name: str | None
    channel: str
    default_channel: str
    spellings: Mapping[str, str]


def read_document(task: ReadingTask) -> ReadDocument:
    """Read one document. Raises `AppError` for one that cannot be read."""
    parsed = parse_document(task.data, task.name or "")
    if task.name is None:
        parsed = replace(parsed, name=f"{parsed.draft.date.isoformat()}.md")
    return parsed.read(task.channel, task.default_channel, task.spellings)


def prepare() -> None:
    """Load the names that all documents are searched for."""
    _ = knowledge().scanner


class Readers:
    """Processes that read documents, started when they are needed."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._processes = LimitedProcesses(
            read_document,
            prepare,
            READERS,
            limits,
            preload=("app.intake.preloaded",),
        )

    def __call__(self, task: ReadingTask) -> ReadDocument:
        """Read one document. Raises `AppError`; `Unreadable` also for one over a limit."""
        try:
            return self._processes(task)
        except LimitExceeded as error:
            raise Unreadable(
                f"The document cannot be read within {error}; split it into smaller documents."
            ) from None

    def close(self) -> None:
        """End the processes."""
        self._processes.close()
