"""Query strings of collected articles and of topics."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from app.query.request.params import (
    Day,
    Fields,
    Importance,
    Languages,
    OneOf,
    Paging,
    Params,
    Publishers,
    Sections,
    Text,
    Values,
)

ARTICLE_STATES = ("chosen", "candidate", "ungrouped")
"""Values of `state`: in a topic of a draft, in one that was not chosen, in none."""


class _DayBounds(Params):
    from_: Day | None = Field(None, alias="from", description="This day or later.")
    to: Day | None = Field(None, description="This day or earlier.")

    @model_validator(mode="after")
    def _ordered(self) -> "_DayBounds":
        if self.from_ and self.to and self.from_ > self.to:
            raise ValueError(
                f"from ({self.from_}) is later than to ({self.to}); pass the earlier day as from"
            )

        return self


class ArticleFilter(_DayBounds):
    """Collected articles; days are those of their publication in UTC."""

    q: Text | None = Field(
        None, description="A part of the title, in any case.", examples=["SGLang"]
    )
    publisher: Publishers = Field([], description="Publishers, by domain.")
    language: Languages = Field([], description="Languages of the text.")
    topic: Values = Field([], description="Topics, by id.")
    state: Annotated[list[Text], OneOf(ARTICLE_STATES)] = Field(
        [],
        description="`chosen`: in a topic of a draft; `candidate`: in a topic that was not chosen; "
        "`ungrouped`: in no topic yet.",
    )


class ArticleList(ArticleFilter, Paging, Fields):
    sort: Text | None = Field(None, description="moment, title or publisher. Default `-moment`.")


class ItemArticleList(Paging, Fields):
    pass


class TopicList(_DayBounds, Paging, Fields):
    section: Sections = Field([], description="Kinds of section.")
    importance: Importance = Field([], description="Levels of importance.")
    chosen: Literal["true", "false"] | None = Field(
        None, description="Only topics that were chosen for the draft of their day, or the others."
    )
    sort: Text | None = Field(
        None, description="date, position or salience. Default `-date,position`."
    )
