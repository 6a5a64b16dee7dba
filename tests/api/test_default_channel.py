"""The setting of the default channel changes: ids of briefings stay, and all doors open them."""

from collections.abc import Iterator

import orjson
import pytest
from fastapi.testclient import TestClient

from app import ingest, startup
from app.ingest import Report
from app.mcp import resources
from app.mcp.citing import Asked
from app.store.db import Database
from tests.api.conftest import token
from tests.conftest import client_of, take_in
from tests.documents import document, item

DAILY = document("2026-01-02", item("a"), item("b"))
WEEKLY = document("2026-01-02", item("c"), item("d"))
FORMS = {
    "2026-01-02": "2026-01-02",
    "daily:2026-01-02": "2026-01-02",
    "weekly:2026-01-02": "weekly:2026-01-02",
}
"""Ids by their other forms, of a database whose first default channel is daily."""


@pytest.fixture
def two_channels(lite: Database) -> Database:
    take_in(lite, DAILY)
    take_in(lite, WEEKLY, channel="weekly")
    return lite


@pytest.fixture(params=["daily", "weekly", "other"])
def default(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def reader(two_channels: Database, default: str) -> Iterator[TestClient]:
    with client_of(two_channels, channel=default) as opened:
        yield opened


@pytest.mark.parametrize(
    "path",
    [
        "/v1/briefings/{}",
        "/v1/briefings/{}/source",
        "/v1/briefings/{}/versions",
        "/v1/briefings/{}/quality",
        "/days/{}",
    ],
)
def test_every_form_opens_the_stored_id(reader: TestClient, path: str) -> None:
    for form, stored in FORMS.items():
        answer = reader.get(path.format(form), follow_redirects=True)
        assert answer.status_code == 200, (form, answer.text)
        assert answer.url.path == path.format(stored)


@pytest.mark.parametrize("path", ["/days/{}/lines", "/quality/{}"])
def test_pages_below_a_day_open_by_every_form(reader: TestClient, path: str) -> None:
    for form in FORMS:
        assert reader.get(path.format(form)).status_code == 200, form


def test_a_difference_takes_every_form(reader: TestClient) -> None:
    for form, stored in FORMS.items():
        answer = reader.get(f"/v1/briefings/diff?from={form}&to=weekly:2026-01-02")
        assert answer.json()["from"]["briefing"]["id"] == stored


def test_listed_resources_can_be_read(two_channels: Database, default: str) -> None:
    with two_channels.read() as session:
        asked = Asked(session, "http://localhost", default)
        listed = [spec.uri for spec in resources.listed(asked) if "briefings" in spec.uri]
        assert len(listed) == 2
        for uri in [*listed, *(resources.address("briefings", form) for form in FORMS)]:
            assert orjson.loads(resources.read(asked, uri))["id"] in FORMS.values()


def test_changes_of_a_channel(reader: TestClient) -> None:
    for channel, stored in (("daily", "2026-01-02"), ("weekly", "weekly:2026-01-02")):
        listed = reader.get(f"/v1/changes?channel={channel}&type=briefing").json()["data"]
        assert [change["object_id"] for change in listed] == [stored]


def _ingest(database: Database, title: str, channel: str, *, dry_run: bool = False) -> Report:
    """Ingest a day under another default channel than the stored days had."""
    return ingest.ingest(
        database,
        document("2026-01-03", item(title)).encode(),
        "2026-01-03.md",
        channel=channel,
        default_channel="weekly",
        dry_run=dry_run,
    )


def test_a_day_of_the_new_default_channel_is_not_that_of_the_former(two_channels: Database) -> None:
    report = _ingest(two_channels, "e", "daily")
    assert report.briefing == "2026-01-03"
    report = _ingest(two_channels, "f", "weekly")
    assert (report.status, report.briefing) == ("added", "weekly:2026-01-03")


def test_a_prediction_has_the_id_of_the_ingestion(two_channels: Database) -> None:
    report = _ingest(two_channels, "f", "weekly", dry_run=True)
    assert report.briefing == "weekly:2026-01-03"


def test_ids_stay_when_documents_are_read_again(two_channels: Database) -> None:
    assert startup.reread_documents(two_channels, "weekly", always=True) == 2
    with client_of(two_channels, channel="weekly") as client:
        listed = client.get("/v1/briefings").json()["data"]
    assert {entry["id"] for entry in listed} == set(FORMS.values())


@pytest.mark.parametrize("form", FORMS)
def test_writers_take_every_form(two_channels: Database, default: str, form: str) -> None:
    stored = FORMS[form]
    text = (DAILY if stored == "2026-01-02" else WEEKLY).replace("2026-01-02", "2026-01-02 ", 1)
    with client_of(two_channels, channel=default) as client:
        client.headers.update(token(two_channels, "ingest"))
        replaced = client.put(f"/v1/briefings/{form}", content=text.encode())
        assert (replaced.status_code, replaced.json()["briefing"]) == (200, stored)
        deleted = client.request("DELETE", f"/v1/briefings/{form}?reason=x")
        assert (deleted.status_code, deleted.json()["briefing"]) == (200, stored)
        assert client.get(f"/v1/briefings/{form}", follow_redirects=True).status_code == 410
        restored = client.post(f"/v1/briefings/{form}/restore")
        assert (restored.status_code, restored.json()["briefing"]) == (200, stored)


def test_a_database_without_days_of_the_default_channel(lite: Database) -> None:
    take_in(lite, WEEKLY, channel="weekly")
    with client_of(lite, channel="weekly") as client:
        assert client.get("/v1/briefings/weekly:2026-01-02").json()["id"] == "weekly:2026-01-02"
        missing = client.get("/v1/briefings/weekly:2026-02-02", follow_redirects=True)
        assert (missing.status_code, missing.url.path) == (404, "/v1/briefings/2026-02-02")
