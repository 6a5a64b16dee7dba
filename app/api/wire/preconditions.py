"""`If-Match`: a write that applies only to the version of an entity its caller saw."""

from typing import Annotated

from fastapi import Depends, Header, Request

from app.api.wire import responses
from app.api.wire.links import prefixed
from app.api.wire.validators import etag_matches
from app.curate.conduct import Expectation
from app.errors import PreconditionFailed
from app.normalize.kinds import LANGUAGES
from app.query import entities
from app.store.db import Session

_DESCRIPTION = (
    "The `ETag` of the whole entity, from a response in any language, or `*`. "
    "If the entity has changed since, nothing is written."
)


def _expectation(
    request: Request,
    if_match: Annotated[str | None, Header(description=_DESCRIPTION)] = None,
) -> Expectation | None:
    if if_match is None:
        return None
    header = ", ".join(request.headers.getlist("if-match"))
    prefix = request.app.state.settings.prefix

    def check(session: Session, entity_pk: int) -> None:
        for lang in (None, *LANGUAGES):
            entity = entities.one(session, entity_pk, lang)
            body = prefixed(responses.body(entity), prefix)
            if etag_matches(header, responses.weak_etag(body)):
                return
        raise PreconditionFailed(
            "The entity has changed since the ETag in If-Match; read the entity again."
        )

    return check


ExpectationDep = Annotated[Expectation | None, Depends(_expectation)]
"""The caller's expectation, checked inside the writing transaction, so that no write intervenes."""
