"""Citations and linked data over HTTP."""

import orjson
import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from fastapi.testclient import TestClient
from pyld import jsonld

from app.query.request.citation_params import CITATION_FORMATS
from tests.documents import NEWER

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
