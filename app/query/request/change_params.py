"""The query strings of the changes and of their stream."""

from typing import Annotated, get_args

from pydantic import Field

from app.query.request.params import OneOf, Paging, Params, Text, Values, Whole
from app.query.schemas.changes import ChangeAction, ChangedObject

MAX_CHANGES = 1_000
"""Changes on a page at most."""
MAX_WAIT_SECONDS = 60
CHANGED_OBJECTS = get_args(ChangedObject)
ACTIONS = get_args(ChangeAction)


class ChangeFilter(Params):
    since: Text | None = Field(
        None,
        description="`position` of an earlier page: only later changes. Without it, all changes.",
    )
    type: Annotated[list[Text], OneOf(CHANGED_OBJECTS)] = Field(
        [],
        description="Kinds of objects that changed.",
        examples=[["document|judgement"]],
    )
    action: Annotated[list[Text], OneOf(ACTIONS)] = Field(
        [],
        description="Kinds of change.",
        examples=[["merged|split"]],
    )
    entity: Values = Field(
        [],
        description="Entities: changes of them, and of items that name them. Removals of items "
        "always count, because nobody knows any more what they named.",
        examples=[["SGLang"]],
    )
    channel: Values = Field(
        [],
        description="Channels of documents, briefings, items and watch lists, by id.",
        examples=[["daily"]],
    )


class ChangeList(ChangeFilter, Paging):
    limit: Whole = Field(100, ge=1, le=MAX_CHANGES, description="Entries per page.")
    wait: Whole = Field(
        0,
        ge=0,
        le=MAX_WAIT_SECONDS,
        description="Seconds to wait for a change if there is none.",
    )

    def names(self) -> tuple[str, ...]:
        """Return nothing: entries are whole, because the digest is of all they say."""
        return ()


class ChangeStream(ChangeFilter):
    pass
