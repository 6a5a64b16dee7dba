"""The desk of curators: a cookie that scripts cannot read, previews, acts and undo."""

import re
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app.store import keys
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import document, item

FIRST = document(
    "2026-01-01",
    item("甲", summary="更新。", entities="NVIDIA, Foobar Lab"),
    item("乙", summary="更新。", entities="Quuxware, Bazquux"),
)


def key(database: Database, *scopes: str) -> str:
    """Return the text of a new key."""
    with database.write() as session:
        _, text = keys.create(session, "mei", scopes, datetime.now(UTC))
    return text


@pytest.fixture
def curator(fresh_client: TestClient, lite: Database) -> TestClient:
    """A client that is signed in, over a database of two items."""
    take_in(lite, FIRST)
    answer = fresh_client.post("/desk/sign-in", data={"key": key(lite, "entities")})
    assert answer.status_code == 303
    return fresh_client


def token(client: TestClient) -> str:
    """Return the token of the forms."""
    match = re.search(r'name="token" value="([0-9a-f]{64})"', client.get("/desk").text)
    assert match
    return match[1]


def test_the_key_stays_out_of_reach(fresh_client: TestClient, lite: Database) -> None:
    text = key(lite, "entities")
    answer = fresh_client.post("/desk/sign-in", data={"key": text})
    cookie = answer.headers["set-cookie"].lower()
    for part in ("httponly", "samesite=strict", "path=/desk"):
        assert part in cookie
    page = fresh_client.get("/desk")
    assert page.headers["cache-control"] == "no-store"
    assert text not in page.text
    assert "mei" in page.text


def test_without_a_right_key_there_is_a_form_only(fresh_client: TestClient, lite: Database) -> None:
    assert 'name="key"' in fresh_client.get("/desk").text
    for text in ("", "bb_wrong", key(lite, "ingest")):
        answer = fresh_client.post("/desk/sign-in", data={"key": text})
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers
    act = {"act": "merge", "entity": "NVIDIA", "value": "Foobar Lab", "step": "confirm"}
    assert fresh_client.post("/desk/act", data=act).status_code == 401


def test_another_site_cannot_send_a_form(curator: TestClient) -> None:
    act = {"act": "merge", "entity": "Foobar Lab", "value": "NVIDIA", "step": "confirm"}
    assert curator.post("/desk/act", data=act).status_code == 403
    signed = act | {"token": token(curator)}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert curator.post("/desk/act", data=signed, headers=headers).status_code == 403
    assert "Foobar Lab" in curator.get("/entities?lang=en").text


def test_a_merge_is_previewed_performed_and_undone(curator: TestClient) -> None:
    act = {"act": "merge", "entity": "Quuxware", "value": "Foobar Lab", "reason": "same"}
    act["token"] = token(curator)
    before = curator.get("/v1/info").json()["dataset_version"]
    preview = curator.post("/desk/act", data=act | {"step": "preview"})
    assert preview.status_code == 200
    assert 'value="confirm"' in preview.text
    assert ">乙<" in preview.text
    assert curator.get("/v1/info").json()["dataset_version"] == before
    done = curator.post("/desk/act", data=act | {"step": "confirm"})
    names = [entity["name"] for entity in curator.get("/v1/entities").json()["data"]]
    assert "Quuxware" not in names
    judgement = re.search(r'name="judgement" value="(j_[a-z0-9]+)"', done.text)
    assert judgement
    assert 'name="step" value="confirm"' in done.text
    assert 'name="step" value="preview"' not in done.text
    undo = {"act": "undo", "judgement": judgement[1], "token": act["token"], "step": "confirm"}
    assert curator.post("/desk/act", data=undo).status_code == 200
    names = [entity["name"] for entity in curator.get("/v1/entities").json()["data"]]
    assert "Quuxware" in names
    # Later, the list of acts previews an undo.
    assert 'value="preview"' in curator.get("/desk").text
    # The curator's own acts are listed, and each says why.
    listed = curator.get("/desk").text
    assert "merge" in listed
    assert "same" in listed


def test_spellings_are_added_and_split_off(curator: TestClient) -> None:
    form = {"token": token(curator), "step": "confirm"}
    alias = form | {"act": "alias", "entity": "Bazquux", "value": "巴茲"}
    assert curator.post("/desk/act", data=alias).status_code == 200
    entity = curator.get("/v1/entities/巴茲", follow_redirects=True).json()
    assert entity["name"] == "Bazquux"
    split = form | {"act": "split", "entity": "Bazquux", "value": "nothing here"}
    assert curator.post("/desk/act", data=split).status_code in (404, 409)
    unknown = curator.post("/desk/act", data=form | {"act": "explode"})
    assert unknown.status_code == 400


def test_signing_out_removes_the_cookie(curator: TestClient) -> None:
    assert curator.post("/desk/sign-out").status_code == 303
    assert 'name="key"' in curator.get("/desk").text


def act(client: TestClient, **fields: str) -> Response:
    """Send the form of the desk and return the answer."""
    return client.post("/desk/act?lang=en", data={"token": token(client), **fields})


def test_the_desk_opens_with_an_entity_in_its_form(curator: TestClient) -> None:
    entity = curator.get("/v1/entities/Quuxware", follow_redirects=True).json()["id"]
    page = curator.get(f"/desk?entity={entity}")
    assert page.status_code == 200
    assert f'name="entity" value="{entity}"' in page.text


def test_a_fault_leaves_the_form_as_it_was(curator: TestClient) -> None:
    fields = {"act": "split", "entity": "Bazquux", "value": "not there", "reason": "because"}
    answer = act(curator, step="preview", **fields)
    assert answer.status_code in (404, 409)
    assert 'role="alert"' in answer.text
    for value in ("Bazquux", "not there", "because"):
        assert f'value="{value}"' in answer.text
    assert '<option value="split" selected>' in answer.text


def test_an_undone_act_has_no_button(curator: TestClient) -> None:
    merge = {"act": "merge", "entity": "Quuxware", "value": "Foobar Lab", "step": "confirm"}
    done = act(curator, **merge)
    judgement = re.findall(r'name="judgement" value="(j_[a-z0-9]+)"', done.text)[0]
    log = curator.get("/desk?lang=en").text.partition('id="acts"')[2]
    assert judgement in log
    assert "mei · merged" in log
    assert "Quuxware → Foobar Lab" in log
    assert " UTC</time>" in log
    act(curator, act="undo", judgement=judgement, step="confirm")
    log = curator.get("/desk?lang=en").text.partition('id="acts"')[2]
    assert 'value="undo"' not in log
    assert ">Undone<" in log


def test_an_empty_log_says_so(curator: TestClient) -> None:
    assert "No acts so far" in curator.get("/desk?lang=en").text


def test_a_preview_names_both_sides_and_can_be_cancelled(curator: TestClient) -> None:
    merge = {"act": "merge", "entity": "Quuxware", "value": "Foobar Lab", "step": "preview"}
    html = act(curator, **merge).text
    assert "Merge “Quuxware” into “Foobar Lab”" in html
    assert "Changes 1 item<" in html
    assert re.search(
        r'<a class="button" href="/desk\?entity=Quuxware&amp;lang=en">Cancel</a>', html
    )
    assert 'role="alert"' not in html


@pytest.mark.parametrize(
    ("entity", "value", "warning"),
    [("Quuxware", "NVIDIA", "Their types differ"), ("OpenAI", "NVIDIA", "The catalogue has both")],
)
def test_a_doubtful_merge_warns(
    curator: TestClient, lite: Database, entity: str, value: str, warning: str
) -> None:
    entry = item("丁", summary="OpenAI 更新。", entities="OpenAI")
    take_in(lite, document("2026-01-02", entry), "2026-01-02.md")
    html = act(curator, act="merge", entity=entity, value=value, step="preview").text
    assert warning in html


def test_a_preview_lists_items_in_the_order_of_days(curator: TestClient, lite: Database) -> None:
    for day in ("2026-01-05", "2026-01-03", "2026-01-04"):
        entry = item(f"丙 {day}", summary="更新。", entities="Quuxware")
        take_in(lite, document(day, entry), f"{day}.md")
    merge = {"act": "merge", "entity": "Quuxware", "value": "Foobar Lab", "step": "preview"}
    days = re.findall(r"<time[^>]*>([\d-]+)</time> <a", act(curator, **merge).text)
    assert days == sorted(days, reverse=True)
    assert len(days) == 4
