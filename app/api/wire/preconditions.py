"""`If-Match`: a write that applies only to the version of an object its caller saw."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Header, Request

from app.api.wire import responses
from app.api.wire.responses import prefixed
from app.api.wire.validators import etag_matches
from app.curate.conduct import Expectation
from app.errors import Gone, NotFound, PreconditionFailed
from app.intake.documents import Expectation as BriefingExpectation
from app.normalize.kinds import LANGUAGES
from app.query.documents import briefings
from app.query.entities import lists as entity_lists
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
            entity = entity_lists.one(session, entity_pk, lang)
            body = prefixed(responses.body(entity), prefix)
            if etag_matches(header, responses.weak_etag(body)):
                return
        raise PreconditionFailed(
            "The entity has changed since the ETag in If-Match; read the entity again."
        )

    return check


_OF_BRIEFING = (
    "The `ETag` of the briefing or of its source, from a response in any language, or `*`. "
    "If the briefing has changed since, or is none yet, nothing is written."
)


def _briefing_expectation(
    request: Request,
    if_match: Annotated[str | None, Header(description=_OF_BRIEFING)] = None,
) -> BriefingExpectation | None:
    if if_match is None:
        return None
    header = ", ".join(request.headers.getlist("if-match"))
    prefix = request.app.state.settings.prefix

    def check(session: Session, briefing_id: str | None) -> None:
        if briefing_id is None:
            raise PreconditionFailed(
                "If-Match asks for a stored briefing, and the document would be a new one; "
                "send it without If-Match."
            )
        for etag in _etags(session, briefing_id, prefix):
            if etag_matches(header, etag):
                return
        raise PreconditionFailed(
            "The briefing has changed since the ETag in If-Match; read the briefing again."
        )

    return check


def _etags(session: Session, briefing_id: str, prefix: str) -> Iterator[str]:
    """Yield the ETags of a briefing: of its document, and of its content in each language."""
    try:
        briefing = briefings.get(session, briefing_id)
    except (NotFound, Gone):
        # A draft: it is stored, and has no ETag that anybody saw.
        yield ""
        return
    yield responses.weak_etag(briefings.source(session, briefing).body)
    for lang in (None, *LANGUAGES):
        body = briefings.whole(session, briefing, lang)
        yield responses.weak_etag(prefixed(body, prefix))


BriefingExpectationDep = Annotated[BriefingExpectation | None, Depends(_briefing_expectation)]
ExpectationDep = Annotated[Expectation | None, Depends(_expectation)]
"""The caller's expectation, checked inside the writing transaction, so that no write intervenes."""
