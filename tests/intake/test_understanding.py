"""Documents are understood in another process, within limits."""

from contextlib import closing

import pytest

from app.errors import Unreadable
from app.intake.understanding import Understanding, UnderstandingTask
from app.process_map import Limits
from tests.documents import document, item

DATA = document("2026-01-05", item("甲事", summary="Qwen 發表。", entities="Qwen")).encode()


def test_a_document_is_understood_elsewhere() -> None:
    with closing(Understanding()) as understanding:
        understood = understanding(UnderstandingTask(DATA, "2026-01-05.md", "en"))
        assert understood.briefing["date"] == "2026-01-05"
        assert any("甲事" in note.text for note in understood.notes)
        assert "Qwen" in [entity.name for entity in understood.names]
        with pytest.raises(Unreadable, match="UTF-8"):
            understanding(UnderstandingTask(b"\xff\xfe", "a.md", "en"))


def test_a_document_over_a_limit_is_refused() -> None:
    limits = Limits(seconds=0.001, memory_bytes=384 * 1024 * 1024)
    message = r"within 0\.00\d seconds; try a smaller part"
    with closing(Understanding(limits)) as understanding, pytest.raises(Unreadable, match=message):
        understanding(UnderstandingTask(DATA * 20, "2026-01-05.md", "en"))
