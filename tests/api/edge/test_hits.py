"""Cached answers that the connection writes equal those of the application."""

import re
import time

from tests.api.edge.talking import LIST, Talk


def test_cached_answers_equal_those_of_the_application(talk: Talk) -> None:
    # A body, though empty, makes a request unusual: the application answers.
    for path in (LIST, "/v1/briefings/latest", "/v1/items?limit=2"):
        talk.ask(path, "Content-Length: 0")
        early, later = (
            talk.ask(path, "X-Request-ID: a"),
            talk.ask(path, "X-Request-ID: a", "Content-Length: 0"),
        )
        assert early == later
        head = talk.ask(path, "X-Request-ID: a", method="HEAD")
        assert head == (200, early[1], b"")
        etag = early[1]["etag"]
        conditions = (f"If-None-Match: {etag}", "X-Request-ID: a")
        unchanged = talk.ask(path, *conditions)
        assert unchanged == talk.ask(path, *conditions, "Content-Length: 0")
        assert (unchanged[0], "content-length" in unchanged[1]) == (304, False)


def test_cached_answers_have_their_own_ids_and_keep_their_order(talk: Talk) -> None:
    asked = f"GET {LIST} HTTP/1.1\r\n{talk.host}\r\nGET /v1/nothing HTTP/1.1\r\n{talk.host}\r\n"
    talk.send(asked * 3)
    answers = [talk.answer() for _ in range(6)]
    assert [status for status, _, _ in answers] == [200, 404] * 3
    ids = {headers["x-request-id"] for _, headers, _ in answers}
    assert len(ids) == 6
    assert all(re.fullmatch("[0-9a-f]{32}", identity) for identity in ids)


def test_an_idle_connection_is_closed_after_a_cached_answer(talk: Talk) -> None:
    assert talk.ask(LIST)[0] == 200
    began = time.monotonic()
    assert talk.has_ended()
    assert 0.5 < time.monotonic() - began < 5
