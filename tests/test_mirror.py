"""A mirror is equal to its source, whatever happened there."""

import io
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.curate import acts
from app.curate.conduct import Curation
from app.errors import Conflict, Gone
from app.intake import removal
from app.intake.removal import Removal
from app.mirror import source as source_module
from app.mirror.follow import Mirror, differences
from app.mirror.source import MirrorSource
from app.parse.briefing import MAX_BYTES
from app.query.time.changes import digest
from app.reading import DocumentReader
from app.store.db import Database
from tests.conftest import CHANNEL, client_of, new_url, take_in
from tests.documents import document, item
from tests.receiver import receiving

LINK = "https://a.com/one"
FIRST = document(
    "2026-01-01",
    item("甲模型發布", LINK, summary="發布。", entities="NVIDIA, Foobar Lab"),
    item("乙", summary="更新。", entities="Qwen, Bazquux"),
)
RETITLED = FIRST.replace("甲模型發布", "丙")
AGAIN = RETITLED.replace("更新。", "再次更新。")


class ClientSource(MirrorSource):
    """A source behind a test client."""

    def __init__(self, client: TestClient) -> None:
        super().__init__("http://source.example")
        self.client = client

    def _open(self, path: str, wait: int) -> Any:
        answer = self.client.get(path)
        if answer.status_code in (404, 410):
            raise Gone(answer.text)
        assert answer.status_code == 200, answer.text
        return io.BytesIO(answer.content)


@pytest.fixture
def copy(tmp_path: Path) -> Any:
    """An empty database for the mirror."""
    with closing(Database(new_url("sqlite", tmp_path, migrated=True), read_timeout=30)) as opened:
        yield opened


def outcomes(mirror: Mirror) -> list[str]:
    return [applied.outcome for applied in mirror.follow()]


def act(database: Database, action: str) -> None:
    reader = DocumentReader(CHANNEL, {})
    request = Removal("2026-01-01", "錯")
    if action == "delete":
        removal.delete(database, request)
    elif action == "purge":
        removal.purge(database, request)
    else:
        read = lambda task: reader.read(task.data, task.name, task.channel)  # noqa: E731
        removal.restore(database, request, read, CHANNEL)


def test_a_day_of_changes_is_followed(database: Database, copy: Database) -> None:
    with client_of(database) as client:
        source = ClientSource(client)
        mirror = Mirror(copy, source, CHANNEL)
        assert outcomes(mirror) == []
        take_in(database, FIRST, "2026-01-01.md")
        take_in(database, RETITLED, "2026-01-01.md")
        take_in(database, document("2026-01-02", item("丁", LINK, entities="Qwen")), "day2.md")
        take_in(database, document("2026-01-02", item("戊")), "weekly.md", "weekly")
        assert outcomes(mirror) == ["added", "replaced", "added", "added"]
        assert differences(copy, source) == []
        merged = acts.merge(database, CHANNEL, "Foobar Lab", "NVIDIA", Curation("desk", "一"))
        acts.alias(database, CHANNEL, "Qwen", "丁", None, "spelling", Curation("desk"))
        assert outcomes(mirror) == ["merge", "alias"]
        assert differences(copy, source) == []
        act(database, "delete")
        assert outcomes(mirror) == ["removed"]
        assert differences(copy, source) == []
        act(database, "restore")
        acts.undo(database, CHANNEL, merged.judgements[0], Curation("desk"))
        take_in(database, AGAIN, "2026-01-01.md")
        assert outcomes(mirror) == ["restored", "undo", "replaced"]
        assert differences(copy, source) == []
        assert outcomes(mirror) == []


def test_a_late_mirror_sees_only_what_is_left(database: Database, copy: Database) -> None:
    with client_of(database) as client:
        source = ClientSource(client)
        take_in(database, FIRST, "2026-01-01.md")
        take_in(database, RETITLED, "2026-01-01.md")
        act(database, "delete")
        mirror = Mirror(copy, source, CHANNEL)
        late = outcomes(mirror)
        assert late[:2] == ["left out: deleted since"] * 2
        assert differences(copy, source) == []
        # Its items have the ids of their first title, which only its former version tells.
        act(database, "restore")
        outcomes(mirror)
        assert differences(copy, source) == []
        act(database, "delete")
        act(database, "purge")
        assert outcomes(mirror) == ["removed", "purged"]
        take_in(database, FIRST, "2026-01-01.md")
        outcomes(mirror)
        assert differences(copy, source) == []


def test_drafts_are_not_followed(database: Database, copy: Database) -> None:
    with client_of(database) as client:
        source = ClientSource(client)
        mirror = Mirror(copy, source, CHANNEL)
        take_in(database, FIRST, "2026-01-01.md")
        draft = FIRST.replace("---\n", "---\ndraft: true\n", 1)
        take_in(database, draft, "2026-01-01.md")
        outcomes(mirror)
        assert differences(copy, source) == []
        take_in(database, RETITLED, "2026-01-01.md")
        outcomes(mirror)
        assert differences(copy, source) == []


class FixedSource(MirrorSource):
    """A source that answers every request alike."""

    def __init__(self, answer: Any) -> None:
        super().__init__("http://source.example")
        self.body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.requests = 0

    def _open(self, path: str, wait: int) -> Any:
        self.requests += 1
        assert self.requests < 5
        return io.BytesIO(self.body)


CHANGE = {
    "position": "a-1",
    "at": "2026-01-01T00:00:00Z",
    "action": "added",
    "object": "document",
    "object_id": "0" * 64,
    "briefing": "2026-01-01",
    "old": None,
    "details": {"name": "a.md", "channel": CHANNEL},
}


def page_of(*changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A page of a source, with the digest of what it says."""
    body: dict[str, Any] = {
        "since": "a-0",
        "position": "a-9",
        "data": changes,
        "meta": {"next_cursor": None},
    }
    body |= more
    return body | {"digest": digest(body["since"], body["data"], body["position"])}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ([], "is it a Briefbase"),
        (None, "is it a Briefbase"),
        (b"<html>", "is it a Briefbase"),
        (page_of() | {"data": [[]]}, "data.0"),
        (page_of() | {"meta": []}, "meta"),
        (page_of(CHANGE | {"at": "2999-01-01T00:00:00Z"}), "in the future"),
        (page_of(CHANGE | {"at": "yesterday"}), "data.0.at"),
        (page_of(meta={"next_cursor": "x"}), "without changes"),
        (page_of(CHANGE, CHANGE), "not after the one before"),
        (page_of(CHANGE, position="a-0"), "ends before"),
        (page_of(CHANGE | {"details": {"channel": CHANNEL, "x": 1}}), "other bytes"),
        (page_of(CHANGE | {"details": {"x": 1}}), "a-1 cannot be taken over"),
    ],
)
def test_a_source_that_is_none_is_refused(copy: Database, answer: Any, words: str) -> None:
    with pytest.raises(Conflict, match=words):
        outcomes(Mirror(copy, FixedSource(answer), CHANNEL))


def test_an_answer_is_bounded(copy: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_module, "MAX_LINE_BYTES", 10)
    with pytest.raises(Conflict, match="at most 10 bytes"):
        list(FixedSource(b"x" * 11).export("items"))
    assert list(FixedSource(b"x" * 9 + b"\ny").export("items")) == [b"x" * 9 + b"\n", b"y"]
    with pytest.raises(Conflict, match="too large"):
        FixedSource(b"x" * (MAX_BYTES + 1)).document("0" * 64)


def test_no_redirect_leaves_the_source() -> None:
    with receiving() as first, receiving() as second:
        first.statuses = [302]
        first.location = second.url
        source = MirrorSource(first.url.partition("/hook")[0])
        with pytest.raises(Conflict, match="another address"):
            source.page(None, 0)
        assert second.paths == []


def test_a_page_that_was_changed_on_its_way_is_refused(
    database: Database, copy: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(database, FIRST, "2026-01-01.md")
    with client_of(database) as client:
        source = ClientSource(client)
        whole = source._get

        def without_the_first(path: str, wait: int = 0) -> bytes:
            page = json.loads(whole(path, wait))
            if "data" in page:
                page["data"] = page["data"][1:]
            return json.dumps(page).encode()

        monkeypatch.setattr(source, "_get", without_the_first)
        with pytest.raises(Conflict, match="digest"):
            outcomes(Mirror(copy, source, CHANNEL))
