"""Citations and linked data over HTTP."""

import orjson
import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from fastapi.testclient import TestClient
from pyld import jsonld

from app.query.request.citation_params import CITATION_FORMATS
from app.store.db import Database
from tests.conftest import client_of, take_in
from tests.documents import NEWER, document, item

LISTS = ("items", "sources", "entities", "briefings")


def paths(client: TestClient) -> list[str]:
    found_paths = [f"/v1/briefings/{NEWER}"]
    for name in ("items", "sources", "entities"):
        thing = client.get(f"/v1/{name}?limit=1").json()["data"][0]
        found_paths.append(f"/v1/{name}/{thing['id']}")
    return found_paths


def test_every_thing_has_a_citation(client: TestClient) -> None:
    for path in paths(client):
        for format_ in CITATION_FORMATS:
            answer = client.get(f"{path}?format={format_}&accessed=2026-01-05")
            assert answer.status_code == 200, (path, format_)
            assert "2026" in answer.text
            assert f"http://testserver{path}" in answer.text
            assert "/v1/documents/" in answer.text


def test_a_citation_leads_to_the_page_for_people(client: TestClient) -> None:
    pages = {"briefings": "days"}
    for path in paths(client):
        _, _, name, thing_id = path.split("/")
        if name == "sources":
            continue
        page = f"http://testserver/{pages.get(name, name)}/{thing_id}"
        (cited,) = client.get(f"{path}?format=csl").json()
        assert cited["URL"] == page
        assert f"http://testserver{path}" in cited["note"]
        assert cited["author"] == [{"literal": "Briefbase"}]
        (entry,) = parse_string(client.get(f"{path}?format=bibtex").text).entries
        assert entry["url"] == page
        (record,) = rispy.loads(client.get(f"{path}?format=ris").text)
        assert record["urls"] == [page]
        assert f"from {page} [" in client.get(f"{path}?format=apa").text
        assert f". {page}. " in client.get(f"{path}?format=gbt7714").text
        assert client.get(page.removeprefix("http://testserver")).status_code == 200


def test_a_citation_names_the_title_of_the_channel(lite: Database) -> None:
    take_in(lite, document("2026-01-01", item("甲", summary="乙")), "2026-01-01.md")
    settings = {"channel_titles": "daily=每日 AI 簡報", "public_url": "https://kb.example/kb"}
    with client_of(lite, allowed_hosts="testserver", **settings) as client:
        (cited,) = client.get("/kb/v1/items?format=csl").json()
        linked = client.get("/kb/v1/briefings/2026-01-01?format=jsonld").json()
        page = client.get(f"/kb/items/{cited['id']}").text
    assert cited["author"] == [{"literal": "每日 AI 簡報"}]
    assert cited["URL"] == f"https://kb.example/kb/items/{cited['id']}"
    assert linked["author"]["name"] == "每日 AI 簡報"
    assert "每日 AI 簡報. (2026, January 1). 甲" in page


def test_the_lines_of_a_citation_are_those_of_the_item(client: TestClient) -> None:
    item = client.get("/v1/items?limit=1").json()["data"][0]
    passage = client.get(f"/v1/items/{item['id']}/source").json()
    (cited,) = orjson.loads(client.get(f"/v1/items/{item['id']}?format=csl").content)
    assert f"http://testserver{passage['links']['document']}" in cited["note"]
    assert cited["version"] == f"sha256:{passage['sha256']}"


def test_without_a_day_of_access_it_is_today_and_not_cached(client: TestClient) -> None:
    path = f"/v1/briefings/{NEWER}?format=apa"
    assert client.get(path).headers["cache-control"] == "private, no-cache"
    dated = client.get(f"{path}&accessed=2026-01-05")
    assert dated.headers["cache-control"].startswith("public")
    assert "Retrieved January 5, 2026" in dated.text


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_one_file(client: TestClient, name: str) -> None:
    total = client.get(f"/v1/{name}?limit=1").json()["meta"]["total"]
    count = min(total, 1_000)
    answer = client.get(f"/v1/{name}?format=bibtex")
    library = parse_string(answer.text)
    assert (len(library.entries), len(library.failed_blocks)) == (count, 0)
    assert answer.headers["content-disposition"].startswith(f'inline; filename="{name}.bib"')
    assert len(rispy.loads(client.get(f"/v1/{name}?format=ris").text)) == count
    assert len(client.get(f"/v1/{name}?format=csl").json()) == count
    assert len(client.get(f"/v1/{name}?format=gbt7714").text.splitlines()) == count


def test_a_limited_file_leads_to_the_next(client: TestClient) -> None:
    answer = client.get("/v1/items?format=apa&limit=50")
    path = answer.headers["link"].partition(">")[0].removeprefix("<")
    assert len(answer.text.splitlines()) == 50
    assert len(client.get(path).text.splitlines()) == 29


def test_buckets_have_no_citations(client: TestClient) -> None:
    answer = client.get("/v1/items?format=ris&group_by=section")
    assert answer.status_code == 400
    assert "group_by" in answer.json()["detail"]


@pytest.mark.parametrize(
    "media",
    [
        "application/ld+json",
        "application/x-bibtex",
        "application/x-research-info-systems",
        "application/vnd.citationstyles.csl+json",
    ],
)
def test_accept_names_a_format(client: TestClient, media: str) -> None:
    for path in paths(client):
        answer = client.get(path, headers={"Accept": f"{media}, */*;q=0.1"})
        assert answer.headers["content-type"].partition(";")[0] == media
    assert client.get(path, headers={"Accept": "*/*"}).headers["content-type"] == (
        "application/json"
    )


def test_linked_data_needs_no_network(client: TestClient) -> None:
    def no_network(url: str, options: object) -> object:
        raise AssertionError(url)

    for path in paths(client):
        document = client.get(path, headers={"Accept": "application/ld+json"}).json()
        (node,) = jsonld.expand(document, {"documentLoader": no_network})
        assert node["@id"] == f"http://testserver{path}"
        assert node["@type"][0].startswith("https://schema.org/")
        if "/sources/" not in path:
            html = client.get(f"{path}?format=html").text
            inside = html.partition('<script type="application/ld+json">')[2]
            embedded = orjson.loads(inside.partition("</script>")[0])
            assert embedded["@id"] == document["@id"]
