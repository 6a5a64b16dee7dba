"""After any sequence of what is ingested, edited, withdrawn, merged, split and undone, all that is derived is as if made anew."""

from typing import Any

from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import doctor
from app.main import create_app
from app.store.db import Database
from tests.conftest import settings_for, take_in
from tests.curate.conftest import ACTS, FIRST, SECOND, perform, wipe
from tests.documents import document

_WITHDRAWN = st.just(("ingest", document("2026-01-01", draft=True), None))
PATHS = (
    "/v1/briefings", "/v1/briefings/latest", "/v1/headlines", "/v1/items?include=details,entities,sources,certainty,echoes,mentions",
    "/v1/items?entity=NVIDIA", "/v1/items?q=NVIDIA&lang=en", "/v1/entities", "/v1/entities?q=qwen&lang=zh-Hant", "/v1/search?q=NVIDIA",
    "/v1/autocomplete?q=n", "/v1/threads", "/v1/trends", "/v1/watchlist", "/v1/tags", "/v1/sources", "/v1/info", "/v1/quality",
    "/v1/entities/NVIDIA/items", "/v1/entities/NVIDIA/timeline?interval=day", "/v1/entities/NVIDIA/related", "/v1/timelines?entities=NVIDIA,Qwen",
)  # fmt: skip


def asked(client: TestClient, path: str) -> tuple[int, str, bytes]:
    answer = client.get(path, follow_redirects=True)
    return answer.status_code, answer.headers.get("etag", ""), answer.content


def test_all_that_is_derived_is_in_step(database: Database) -> None:
    @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(ACTS | _WITHDRAWN, min_size=1, max_size=4))
    def check(acts: list[Any]) -> None:
        wipe(database)
        for text in (FIRST, SECOND):
            take_in(database, text)
        keeping, fresh = (
            TestClient(create_app(settings_for(database, cache=cache))) for cache in (8, "off")
        )
        with keeping, fresh:
            for act in acts:
                for path in PATHS:
                    asked(keeping, path)
                perform(database, [act])
                database.settle()
                # By connections of its own: SQLite's check of an index that another connection wrote meanwhile is in error.
                assert not [
                    check for check in doctor.examine(settings_for(database)) if not check.ok
                ]
                for path in PATHS:
                    first, again = asked(keeping, path), asked(keeping, path)
                    assert first == again == asked(fresh, path), path
                    assert first[0] in (200, 404)

    check()
