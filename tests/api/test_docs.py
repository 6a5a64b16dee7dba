"""The documentation page loads nothing from other hosts and has no inline script."""

import re

from fastapi.testclient import TestClient


def test_the_page(client: TestClient) -> None:
    answer = client.get("/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    links = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
    assert links
    for link in links:
        assert "//" not in link
        assert client.get(f"/{link}").status_code == 200
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=", answer.text)
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "http" not in policy


def test_files_are_revalidated_by_etag(client: TestClient) -> None:
    path = "/static/swagger-ui/swagger-ui.css"
    answer = client.get(path)
    assert answer.headers["cache-control"] == "no-cache"
    assert client.get(path, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_nothing_else_is_served(client: TestClient) -> None:
    for path in (
        "/static/",
        "/static/../docs.py",
        "/static/%2e%2e/docs.py",
        "/static/..%2fdocs.py",
        "/static//etc/passwd",
        "/static/swagger-ui",
    ):
        assert client.get(path).status_code == 404
