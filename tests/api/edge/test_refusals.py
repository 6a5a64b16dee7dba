"""Refusals have all headers and the id of their request, also when a template is filled."""

import json

from app.api.edge.refusals import Template, as_bytes, refusal
from app.errors import TooLarge, Unavailable

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
