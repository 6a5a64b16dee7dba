from datetime import timedelta

import pytest

from app.errors import InvalidBody
from app.store import answers, audit
from app.store.answers import Answer, Repetition
from app.store.audit import Actor
from app.store.db import Database
from tests.rows import counts
from tests.store.document.test_removal import NOW


def test_an_answer_is_kept_for_a_day_and_for_its_actor(database: Database) -> None:
    repetition = Repetition("k", "hash")
    audit.act_as(Actor("desk", "http"))
    with database.write() as session:
        answers.remember(session, repetition, Answer(201, b"{}", "/x"), NOW)
    with database.read() as session:
        assert answers.earlier(session, repetition, NOW) == Answer(
            201, b"{}", "/x", is_repeated=True, is_change=False
        )
        assert answers.earlier(session, None, NOW) is None
        with pytest.raises(InvalidBody, match="another request"):
            answers.earlier(session, Repetition("k", "other"), NOW)
        assert answers.earlier(session, repetition, NOW + timedelta(days=1)) is None
        audit.act_as(Actor("bot", "http"))
        assert answers.earlier(session, repetition, NOW) is None
    with database.write() as session:
        answers.remember(session, None, Answer(200, b""), NOW)
        answers.remember(session, repetition, Answer(200, b""), NOW + timedelta(days=1))
    audit.act_as(audit.SERVICE)
    assert counts(database)["idempotent_answer"] == 1
