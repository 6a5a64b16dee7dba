"""Arguments of the tools. They become the query strings of the same questions over HTTP."""

from typing import Annotated, Any, Literal, get_args

from pydantic import Field, StringConstraints

from app.parse.section_kinds import SectionKind
from app.query.request.params import MAX_CURSOR_CHARS, Day, Params, Text
from app.query.schemas.shared import Interval, Rollup

MIN_TOKENS, DEFAULT_TOKENS, MAX_TOKENS = 1_000, 3_000, 30_000
MAX_ENTRIES = 50
MAX_TEXT_CHARS = 20_000
_CLAUSE = "one value, `a|b` for either, `!a` for none"
Clause = Text | None


class Bounded(Params):
    """Arguments of every tool."""

    max_tokens: int = Field(
        DEFAULT_TOKENS,
        ge=MIN_TOKENS,
        le=MAX_TOKENS,
        description="Largest size of the answer, in estimated tokens.",
    )
    lang: Literal["zh-Hant", "zh-Hans", "en"] | None = Field(
        None, description="Language of entity names; texts of documents stay as written."
    )


class Walked(Bounded):
    """Arguments of a tool that answers a list."""

    limit: int = Field(20, ge=1, le=MAX_ENTRIES, description="Largest number of entries.")
    cursor: Annotated[str, StringConstraints(max_length=MAX_CURSOR_CHARS)] | None = Field(
        None, description="`next_cursor` of the previous answer, with all other arguments equal."
    )

    def asked(self) -> str:
        """Return the arguments that a walk through the list depends on."""
        unasked = {"cursor", "limit", "lang", "max_tokens", "detail"}
        return f"{type(self).__name__}/{self.model_dump(exclude=unasked)}"


class DayRange(Walked):
    """Days of the briefings."""

    from_: Day | None = Field(None, alias="from", description="First day, YYYY-MM-DD.")
    to: Day | None = Field(None, description="Last day, YYYY-MM-DD.")
    channel: Clause = Field(None, description=f"Channel: {_CLAUSE}.")


class Detailed(Params):
    """How much of each item is shown."""

    detail: Literal["compact", "full"] = Field(
        "compact", description="`full` adds entities and sources of each item."
    )


class Filtered(DayRange):
    """Filters of items."""

    section: Clause = Field(
        None,
        description=f"Kind of section: {_CLAUSE}; {', '.join(get_args(SectionKind))}.",
    )
    importance: Clause = Field(
        None,
        description=f"Importance: {_CLAUSE}; high, medium_high, medium, medium_low, low, none.",
    )
    entity: Clause = Field(
        None, description=f"Entity the item names, by id or any spelling: {_CLAUSE}."
    )
    publisher: Clause = Field(None, description=f"Domain of a source: {_CLAUSE}.")

    def filters(self) -> dict[str, Any]:
        """Return the filters by the names of query parameters."""
        values: dict[str, Any] = {"from_": self.from_, "to": self.to}
        for name in ("channel", "section", "importance", "entity", "publisher"):
            value = getattr(self, name)
            if value is not None:
                values[name] = [value]
        return values


class HeadlinesArguments(DayRange, Detailed):
    """Arguments of `headlines`."""

    date: Day | None = Field(
        None, description="The day; by default the latest. Not with `from` and `to`."
    )
    importance: Clause = Field(None, description=f"Importance: {_CLAUSE}.")


class SearchArguments(Filtered):
    """Arguments of `search`."""

    query: Text = Field(
        description='Words, a "phrase", -word, prefix*, a OR b, site:host. Any script.',
        examples=["昇騰"],
    )
    type: Clause = Field(None, description="items, entities, sources or briefings; `a|b`.")


class DigestArguments(Filtered):
    """Arguments of `digest`."""

    days: int = Field(
        7, ge=1, le=92, description="Days up to `to`, by default up to the newest briefing."
    )


class ItemArguments(Walked):
    """Arguments of `get_item`."""

    id: Text = Field(description="Id of the item.", examples=["i_2f7ah3kqxw5c"])


class EntityArguments(Walked, Detailed):
    """Arguments of `entity_profile`."""

    entity: Text = Field(description="Id, slug or any spelling.", examples=["SGLang"])
    rollup: Rollup | None = Field(
        None, description="Count others as the entity: its family, what it makes, or all."
    )


class TimelineArguments(DayRange):
    """Arguments of `timeline`."""

    entity: Text = Field(description="Id, slug or any spelling.", examples=["NVIDIA"])
    interval: Interval = Field("week", description="Length of an interval.")
    rollup: Rollup | None = Field(
        None, description="Count others as the entity: its family, what it makes, or all."
    )


class CompareArguments(DayRange):
    """Arguments of `compare`."""

    entities: list[Text] = Field(
        min_length=2,
        max_length=10,
        description="Two to ten entities: ids, slugs or any spellings.",
        examples=[["NVIDIA", "OpenAI"]],
    )
    interval: Interval = Field("month", description="Length of an interval.")
    rollup: Rollup | None = Field(
        None, description="Count others as each entity: its family, what it makes, or all."
    )


class RelatedArguments(DayRange):
    """Arguments of `related`."""

    item: Text | None = Field(None, description="Id of an item: related items, with reasons.")
    entity: Text | None = Field(None, description="An entity: those that co-occur with it.")


class TrendsArguments(Walked):
    """Arguments of `trends`."""

    window: int = Field(7, ge=1, le=90, description="Length of the window in days.")
    baseline: int = Field(28, ge=1, le=365, description="Days before it, for comparison.")
    until: Day | None = Field(None, description="Last day; by default the newest.")
    direction: Literal["rising", "fading"] | None = Field(None, description="Only these.")
    entity_type: Clause = Field(None, description=f"Type of entity: {_CLAUSE}.")
    support: int = Field(3, ge=1, le=1_000, description="Minimum number of items that name it.")


class ThreadArguments(Walked):
    """Arguments of `thread`."""

    id: Text = Field(
        description="Id of a story thread, or of an item of it.", examples=["th_4bhdq57fxava"]
    )


class AnnotateArguments(Walked):
    """Arguments of `annotate`."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT_CHARS)] = Field(
        description="The text whose names are looked up.", examples=["NVIDIA 發表新晶片"]
    )
