"""Refusals have all headers and the id of their request, also when a template is filled."""

import json
import re

import pytest

from app.api.edge.refusals import Template, as_bytes, refusal
from app.errors import TooLarge, TooManyRequests, Unavailable

COMMON = [(b"date", b"today")]


def test_a_refusal_has_the_id_of_its_request() -> None:
    response = refusal(TooLarge("Too large."), [(b"x-request-id", b"abc")])
    assert (
        response.headers["x-request-id"] == json.loads(bytes(response.body))["request_id"] == "abc"
    )
    assert response.headers["x-content-type-options"] == "nosniff"


def test_a_connection_closes_after_a_refusal() -> None:
    sent = as_bytes(refusal(TooLarge("Too large.")), COMMON)
    assert sent.startswith(b"HTTP/1.1 413 ")
    assert b"\r\ndate: today\r\n" in sent
    assert b"\r\nconnection: close\r\n\r\n{" in sent
    assert as_bytes(refusal(TooLarge("x")), (), is_head=True).endswith(b"\r\n\r\n")


def test_a_filled_template_equals_a_refusal() -> None:
    template = Template(Unavailable("Busy."))
    headers, body = template.fill({}, COMMON, is_head=False).split(b"\r\n\r\n")
    document = json.loads(body)
    assert (document["status"], document["detail"]) == (503, "Busy.")
    assert f"x-request-id: {document['request_id']}\r\n".encode() in headers
    assert f"content-length: {len(body)}\r\n".encode() in headers
    assert b"connection: close" not in headers
    named = template.fill({b"x-request-id": b"abc"}, COMMON, is_head=False)
    assert b'"request_id":"abc"' in named
    assert template.fill({}, COMMON, is_head=True).endswith(b"\r\n\r\n")


BROWSER = b"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def test_a_browser_gets_a_page() -> None:
    error = TooManyRequests("Over <10>.", headers={"Retry-After": "7", "RateLimit": "x"})
    response = refusal(error, [(b"accept", BROWSER), (b"x-request-id", b"abc")])
    page = bytes(response.body).decode()
    assert response.status_code == 429
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["retry-after"] == "7"
    assert response.headers["ratelimit"] == "x"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["vary"] == "Accept"
    assert response.headers["content-length"] == str(len(bytes(response.body)))
    assert (b"content-security-policy", b"default-src 'none'") in response.raw_headers
    assert "<h1>429 Too many requests</h1>" in page
    assert '<p lang="zh-Hant">請求太多，請稍後再試。</p>' in page
    assert "Over &lt;10&gt;." in page
    assert "abc" in page


@pytest.mark.parametrize("accept", [b"", b"*/*", b"application/json, text/html", b"text/plain"])
def test_a_program_gets_a_problem_document(accept: bytes) -> None:
    response = refusal(TooLarge("x"), [(b"accept", accept)])
    assert response.media_type == "application/problem+json"


def test_a_filled_template_of_a_browser_is_a_page() -> None:
    template = Template(Unavailable("Busy."))
    sent = template.fill({b"accept": BROWSER}, COMMON, is_head=False)
    headers, page = sent.split(b"\r\n\r\n")
    assert headers.startswith(b"HTTP/1.1 503 ")
    assert b"\r\ndate: today\r\n" in headers + b"\r\n"
    assert b"text/html" in headers
    assert b"<p>Busy.</p>" in page
    assert f"content-length: {len(page)}\r\n".encode() in headers
    identity = re.search(rb"x-request-id: (\w{32})\r\n", headers)
    assert identity
    assert b"<p>Request id: %b</p>" % identity[1] in page
