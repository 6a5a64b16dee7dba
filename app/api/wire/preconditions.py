"""`If-Match`: a write that is to hold only of the entity its caller saw."""

from typing import Annotated

from fastapi import Depends, Header
from sqlmodel import Session

from app.api.wire import responses
from app.curate.acts import Expectation
from app.errors import PreconditionFailed
from app.normalize.kinds import LANGUAGES
from app.query import entities

_SAID = "The `ETag` the entity was last answered with, whole and in any language, or `*`; where it is another by now, nothing is done."


def _expectation(
    if_match: Annotated[list[str] | None, Header(description=_SAID)] = None,
) -> Expectation | None:
    if if_match is None:
        return None
    given = ", ".join(if_match)

    def check(session: Session, entity_pk: int) -> None:
        shown = (
            responses.weak_etag(responses.body(entities.one(session, entity_pk, lang)))
            for lang in (None, *LANGUAGES)
        )
        if not any(responses.etag_matches(given, tag) for tag in shown):
            raise PreconditionFailed(
                "The entity is not as If-Match has it any more; get it again, and see whether it is still to be done."
            )

    return check


ExpectationDep = Annotated[Expectation | None, Depends(_expectation)]
"""What a write expects of the entity: asked inside of the writing transaction, so that nobody comes between."""
