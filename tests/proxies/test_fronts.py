"""Answers behind nginx and Varnish: two hosts, two languages, a prefix, and an ingestion.

The configurations are those of docs/proxies; only their ports are replaced.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import new_url
from tests.documents import NEWER, document, item
from tests.servers import ROOT, Answer, Server, briefbase, free_port, serving

CONFIGURATIONS = ROOT / "docs" / "proxies"
CACHE_SECONDS = 1
"""Lifetime of an answer; the default is longer."""
LANGUAGES = {"en": "Type", "zh-Hant": "類型"}
HOSTS = ("a.example", "b.example")


@dataclass(frozen=True)
class Front:
    """A proxy and the server behind it; `url` is that of its database."""

    proxy: Server
    origin: Server
    folder: Path
    url: str

    def both(self, path: str, **headers: str) -> tuple[Answer, Answer]:
        """Return the answers of the origin and of the proxy."""
        # Pages have absolute links, which begin with the host that was asked.
        headers = {"Host": HOSTS[0]} | headers
        return self.origin.get(path, **headers), self.proxy.get(path, **headers)


def command(name: str, folder: Path, port: int, origin: int) -> list[str]:
    """Return the command of a proxy whose configuration has these ports."""
    file = next(CONFIGURATIONS.glob(f"{name}.*"))
    text = file.read_text().replace("8000", str(origin)).replace("8080", str(port))
    configuration = folder / file.name
    configuration.write_text(text)
    if name == "nginx":
        # Started by root, its workers would be another user, who may not enter the folder.
        user = ["-g", "user root;"] if os.geteuid() == 0 else []
        return ["nginx", "-p", str(folder), "-c", str(configuration), *user]
    state = str(folder / "varnish")
    storage = ["-s", "malloc,32m", "-n", state, "-j", "none"]
    return ["varnishd", "-F", "-a", f"127.0.0.1:{port}", "-f", str(configuration), *storage]


PROGRAMS = {"nginx": "nginx", "varnish": "varnishd"}
os.environ["PATH"] += f"{os.pathsep}/usr/sbin"


@pytest.fixture(scope="module", params=PROGRAMS)
def front(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Front]:
    if not shutil.which(PROGRAMS[request.param]):
        pytest.skip(f"{request.param} is not there")
    folder = tmp_path_factory.mktemp(request.param)
    url = new_url("sqlite", folder, seeded=True)
    settings = {"root_path": "/kb", "cache_seconds": CACHE_SECONDS}
    with briefbase(url, folder, **settings) as origin:
        port = free_port()
        program = command(request.param, folder, port, origin.port)
        with serving(program, port, "/kb/readyz", folder / "proxy.log", cwd=folder) as proxy:
            yield Front(proxy, origin, folder, url)


def data(answer: Answer) -> Any:
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def entity(front: Front) -> str:
    return str(data(front.origin.get("/kb/v1/entities?limit=1"))["data"][0]["id"])


def test_each_language_has_its_answer(front: Front) -> None:
    path = f"/kb/v1/entities/{entity(front)}?format=html"
    for _ in range(3):
        for lang, word in LANGUAGES.items():
            origin, proxied = front.both(path, **{"Accept-Language": lang})
            assert proxied.body == origin.body
            assert word in proxied.body.decode()
    assert proxied.headers["x-cache"] == "HIT"


def test_each_host_has_its_manifest(front: Front) -> None:
    for _ in range(3):
        for host in HOSTS:
            answer = data(front.proxy.get("/kb/v1/reconcile", Host=host))
            assert answer["view"]["url"].startswith(f"http://{host}/kb/")
            page = front.proxy.get("/kb/v1/items?limit=2", Host=host)
            assert host not in page.body.decode()


def test_each_format_and_encoding_has_its_answer(front: Front) -> None:
    path = f"/kb/v1/briefings/{NEWER}"
    for _ in range(2):
        for headers in (
            {"Accept": "text/html"},
            {"Accept": "application/json"},
            {"Accept": "text/html", "Accept-Encoding": "gzip"},
            {"Accept": "application/json", "Accept-Encoding": "br"},
        ):
            origin, proxied = front.both(path, **headers)
            assert proxied.headers["content-type"] == origin.headers["content-type"]
            # Varnish asks its backend for gzip or for nothing; both are acceptable.
            encoding = proxied.headers.get("content-encoding")
            assert encoding in (None, headers.get("Accept-Encoding"))
            assert proxied.headers["etag"] == origin.headers["etag"]


def test_a_copy_is_current_by_its_etag(front: Front) -> None:
    path = "/kb/v1/items?limit=3"
    etag = front.proxy.get(path).headers["etag"]
    assert front.proxy.get(path, **{"If-None-Match": etag}).status == 304
    assert front.proxy.get(path, **{"If-None-Match": '"other"'}).status == 200


def test_a_walk_under_the_prefix_is_whole(front: Front) -> None:
    for path in ("/kb/v1/items?limit=30", "/kb/v1/entities?limit=100", "/kb/v1/sources?limit=40"):
        ids: list[str] = []
        following: str | None = path
        while following:
            assert following.startswith("/kb/v1/")
            page = data(front.proxy.get(following))
            ids += [entry["id"] for entry in page["data"]]
            following = page["links"]["next"]
        assert len(set(ids)) == len(ids) == page["meta"]["total"]


def test_redirects_keep_the_prefix(front: Front) -> None:
    answer = front.proxy.get("/kb/v1/entities/NVIDIA?lang=en")
    assert answer.status == 200
    assert re.fullmatch(r"/kb/v1/entities/e_\w+\?lang=en", answer.path)


def test_links_of_pages_keep_the_prefix(front: Front) -> None:
    things = [f"briefings/{NEWER}", f"entities/{entity(front)}"]
    things.append("items/" + data(front.proxy.get("/kb/v1/items?limit=1"))["data"][0]["id"])
    for thing in things:
        html = front.proxy.get(f"/kb/v1/{thing}?format=html").body.decode()
        addresses = re.findall(r'(?:href|src)="(/[^"#]*)', html)
        assert addresses
        for address in addresses[:8]:
            assert address.startswith("/kb/")
            assert front.proxy.get(address.replace("&amp;", "&")).status == 200
    docs = front.proxy.get("/kb/docs").body.decode()
    assert front.proxy.get("/kb/openapi.json").status == 200
    for address in re.findall(r'(?:href|src)="(/[^"#]*)', docs):
        assert front.proxy.get(address).status == 200, address


def test_a_prefix_may_be_removed_on_the_way(front: Front) -> None:
    if front.proxy.get("/stripped/readyz").status != 200:
        pytest.skip("this front removes none")
    page = data(front.proxy.get("/stripped/v1/items?limit=2"))
    assert page["links"]["next"].startswith("/kb/v1/items?")
    assert data(front.proxy.get(page["links"]["next"]))["data"]


def test_answers_are_right_over_an_ingestion(front: Front) -> None:
    paths = ("/kb/v1/briefings", "/kb/v1/items?limit=2", "/kb/v1/briefings/latest")
    # In the cache before the document comes.
    before = {path: front.proxy.get(path) for path in paths}
    file = front.folder / "2026-06-01.md"
    file.write_text(document("2026-06-01", item("新模型發布", summary="一天後的事。")))
    environment = {"BRIEFBASE_DATABASE_URL": front.url}
    ingest(file, environment)
    began = time.monotonic()
    while time.monotonic() < began + 10 * CACHE_SECONDS:
        answers = {path: front.proxy.get(path) for path in paths}
        for path, answer in answers.items():
            is_old = answer.headers["dataset-version"] == before[path].headers["dataset-version"]
            # An answer is whole: the old bytes with the old version, or the new ones.
            assert (answer.body == before[path].body) == is_old
        current = front.origin.get("/kb/v1/info").headers["dataset-version"]
        if {answer.headers["dataset-version"] for answer in answers.values()} == {current}:
            break
        time.sleep(0.1)
    assert time.monotonic() - began < 4 * CACHE_SECONDS
    for path in paths:
        origin, proxied = front.both(path)
        assert proxied.body == origin.body
    assert "2026-06-01" in answers["/kb/v1/briefings/latest"].body.decode()


def ingest(file: Path, environment: dict[str, str]) -> None:
    """Ingest a file in a process of its own, beside the server."""
    program = "from app.cli import main; main()"
    subprocess.run(
        [sys.executable, "-c", program, "ingest", str(file)],
        check=True,
        capture_output=True,
        cwd=file.parent,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
    )
