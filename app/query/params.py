"""The query string: one immutable object an endpoint, checked once at the edge and handed on by every door."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from app.errors import BadRequest
from app.query.schemas.shared import EntityType, Interval, ItemKind, Level, MentionKind, SectionKind, SourceStatus

MAX_VALUES = 16
MAX_VALUE = 256

HAS = ("summary", "technical", "applications", "takeaways", "importance", "reason", "entities", "sources", "parent", "extra", "thread")
# What an item has when it is asked for alone, and what it may have besides.
ITEM_PARTS = ("details", "entities", "sources", "extra", "echoes")
ITEM_INCLUDES = (*ITEM_PARTS, "mentions")


@dataclass(frozen=True, slots=True)
class Clause:
    """`a|b` is any of the values, `!a|b` none of them; several clauses all hold."""

    values: tuple[str, ...]
    negated: bool


def clauses(given: Iterable[str]) -> list[Clause]:
    """The clauses of a parameter's values, one each."""
    return [Clause(tuple(v for v in value.removeprefix("!").split("|") if v), value.startswith("!")) for value in given]


def nearest(name: str, valid: Iterable[str]) -> str:
    """A closing sentence that names the valid values nearest to `name`, all of them where they are few."""
    valid = sorted(set(valid))
    if not valid:
        return "none is taken here"
    close = difflib.get_close_matches(name.lower(), valid, n=3, cutoff=0.5)
    shown = close or (valid if len(valid) <= 16 else valid[:8])
    return f"{'did you mean' if close else 'valid are'} {', '.join(shown)}{'?' if close else ''}"


def beside(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about a `name` that is not there: the known ones spelled like it."""
    close = difflib.get_close_matches(name, list(dict.fromkeys(known)), n=3)
    return f"; there {'are' if len(close) > 1 else 'is'} {', '.join(close)}" if close else ""


def _clean(value: Any) -> Any:
    if isinstance(value, str) and (len(value) > MAX_VALUE or "\0" in value or any("\ud800" <= c <= "\udfff" for c in value)):
        raise ValueError(f"a value has at most {MAX_VALUE} characters, none of them NUL")
    return value


def _values(valid: Sequence[str] | None = None) -> Any:
    """A repeatable parameter of clauses; with `valid`, of these values only."""

    def check(given: list[str]) -> list[str]:
        if len(given) > MAX_VALUES:
            raise ValueError(f"a parameter is given at most {MAX_VALUES} times")
        for clause in clauses(given):
            if not clause.values or len(clause.values) > MAX_VALUES:
                raise ValueError(f"between 1 and {MAX_VALUES} values stand in one parameter, parted by |")
            for value in clause.values if valid else ():
                if value not in (valid or ()):
                    raise ValueError(f"{value!r} is no value of it; {nearest(value, valid or ())}")
        return given

    return AfterValidator(check)


def _bounded(value: Any) -> Any:
    # Ten names may be longer than one.
    for part in value.split(",") if isinstance(value, str) else ():
        _clean(part)
    return value


Text = Annotated[str, BeforeValidator(_clean)]
Values = Annotated[list[Text], _values()]


def _parts(value: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (value or "").split(",") if part.strip())


class Params(BaseModel):
    """Unknown parameters are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)


class Lang(Params):
    lang: Literal["zh-Hant", "zh-Hans", "en"] | None = Field(
        None, description="Which name of an entity is shown; `Accept-Language` otherwise. The document's own text is never altered."
    )


class Fields(Params):
    fields: Text | None = Field(
        None, description="Only these fields, parted by commas; nested ones with a dot: `id,title,importance.level`.", examples=["id"]
    )

    def names(self) -> tuple[str, ...]:
        """The paths asked for, in order."""
        return _parts(self.fields)


class Days(Params):
    from_: date | None = Field(None, alias="from", description="Briefings of this day or later.", examples=["2025-11-01"])
    to: date | None = Field(None, description="Briefings of this day or earlier.", examples=["2025-12-31"])
    channel: Values = Field([], description="Channels.")

    @model_validator(mode="after")
    def _ordered(self) -> "Days":
        if self.from_ and self.to and self.from_ > self.to:
            raise ValueError(f"from ({self.from_}) is later than to ({self.to}); give the earlier day as from")
        return self


class Family(Params):
    family: bool = Field(False, description="Count the members of an entity's family under it, however far down; the answer names them.")


class ItemFilter(Days, Family):
    """Filters of items. Repeating a parameter is AND, `a|b` inside one is OR, a leading `!` is NOT."""

    section: Annotated[list[Text], _values(get_args(SectionKind))] = Field(
        [], description="Kind of section.", examples=[["headlines|research"]]
    )
    importance: Annotated[list[Text], _values((*get_args(Level), "none"))] = Field([], description="Level, or `none`.", examples=[["high"]])
    kind: Annotated[list[Text], _values(get_args(ItemKind))] = Field([], description="Kind of item.")
    entity: Values = Field([], description="Entities the item names: id, slug or any spelling.", examples=[["SGLang|昇騰"]])
    entity_type: Annotated[list[Text], _values(get_args(EntityType))] = Field([], description="Types of entities the item names.")
    tag: Values = Field([], description="Front-matter tags of the item's briefing: slug or name.", examples=[["mlops"]])
    keyword: Values = Field([], description="Keywords of the day of the item's briefing: slug or name.")
    source: Values = Field([], description="Sources the item cites: id, `arxiv:ID` or URL.", examples=[["arxiv:2512.17527"]])
    publisher: Values = Field([], description="Publishers of its sources, by domain.", examples=[["techcrunch.com"]])
    thread: Values = Field([], description="Story threads the item is a member of, by id.")
    has: Annotated[list[Text], _values(HAS)] = Field([], description=f"What the item has: {', '.join(HAS)}.")


class BriefingFilter(Days, Family):
    tag: Values = Field([], description="Front-matter tags: slug or name.")
    keyword: Values = Field([], description="Keywords of the day: slug or name.")
    entity: Values = Field([], description="Entities its items name: id, slug or any spelling.")
    source: Values = Field([], description="Sources it cites: id, `arxiv:ID` or URL.")
    publisher: Values = Field([], description="Publishers of its sources, by domain.")


class Paging(Params):
    limit: int = Field(20, ge=1, le=100, description="Entries a page.")
    cursor: Annotated[str, BeforeValidator(lambda v: v if isinstance(v, str) and len(v) <= 2_000 else "!")] | None = Field(
        None, description="`meta.next_cursor` of the page before."
    )


class Include(Fields):
    include: Text | None = Field(
        None, description=f"Parts that are left out otherwise: {', '.join(ITEM_INCLUDES)}; an item alone leaves out `mentions` only."
    )

    def includes(self) -> tuple[str, ...]:
        """The parts asked for; those `fields` names come along."""
        given = _parts(self.include)
        for name in given:
            if name not in ITEM_INCLUDES:
                raise BadRequest(f"There is no include {name!r}; {nearest(name, ITEM_INCLUDES)}", [fault("include", name, ITEM_INCLUDES)])
        return (*given, *(head for name in self.names() if (head := name.partition(".")[0]) in ITEM_INCLUDES))


class ItemList(ItemFilter, Paging, Lang, Include):
    sort: Text | None = Field(
        None,
        description="Keys parted by commas, `-` for descending: date, title, importance, position, updated_at. Default `-date,position`.",
    )

    collapse: Literal["thread"] | None = Field(
        None, description="`thread`: of the items of one story only the newest; `thread.more` says how many others match."
    )


class ThreadList(Days, Family, Paging, Fields):
    entity: Values = Field([], description="Entities its items name: id, slug or any spelling.")
    items: int = Field(2, ge=2, le=10_000, description="At least so many items.")
    sort: Text | None = Field(None, description="last, first or items. Default `-last`.")


class RelatedItemsQuery(Days, Paging, Lang, Fields):
    pass


class BriefingList(BriefingFilter, Paging, Fields):
    sort: Text | None = Field(None, description="date or title, `-` for descending. Default `-date`.")


class EntityList(Days, Paging, Lang, Fields):
    entity_type: Annotated[list[Text], _values(get_args(EntityType))] = Field([], description="Types.")
    section: Annotated[list[Text], _values(get_args(SectionKind))] = Field([], description="Named in sections of this kind.")
    mention: Annotated[list[Text], _values(get_args(MentionKind))] = Field(
        [],
        description="Named this way: in a cell of the entity line, a title, the text, …; the counts are of these.",
        examples=[["title|listed"]],
    )
    sort: Text | None = Field(None, description="mentions, items, briefings, name, first_seen or last_seen. Default `-mentions`.")


class TagList(Days, Paging, Fields):
    kind: Annotated[list[Text], _values(("tag", "keyword"))] = Field([], description="`tag`: of the front matter; `keyword`: of the day.")
    sort: Text | None = Field(None, description="briefings, name, first_seen or last_seen. Default `-briefings`.")


class SourceList(Days, Paging, Fields):
    status: Annotated[list[Text], _values(get_args(SourceStatus))] = Field([], description="Statuses.")
    publisher: Values = Field([], description="Publishers, by domain.")
    sort: Text | None = Field(None, description="citations, first_cited or last_cited. Default `-last_cited`.")


class PublisherList(Days, Paging, Fields):
    sort: Text | None = Field(None, description="citations, sources, name or last_cited. Default `-citations`.")


class HeadlinesQuery(Lang, Fields):
    day: date | None = Field(None, alias="date", description="The day; the latest otherwise.", examples=["2025-12-23"])
    channel: Text | None = Field(None, description="The channel; the default one otherwise.")
    limit: int | None = Field(None, ge=1, le=100, description="At most so many; all of them otherwise.")
    format: Literal["json", "text", "md"] | None = Field(None, description="Instead of the `Accept` header.")


class BriefingQuery(Lang, Fields):
    format: Literal["json", "md", "html"] | None = Field(None, description="Instead of the `Accept` header.")


class LatestQuery(BriefingQuery):
    channel: Text | None = Field(None, description="The channel; the default one otherwise.")


class OneQuery(Lang, Fields):
    pass


class ItemQuery(Lang, Include):
    pass


class PlainQuery(Fields):
    pass


class NoQuery(Params):
    pass


class ReviewList(Paging, Lang, Fields):
    sort: Text | None = Field(None, description="score or spelling. Default `-score`.")


class HistoryList(Paging, Fields):
    pass


class RelatedQuery(Days, Family, Paging, Lang, Fields):
    entity_type: Annotated[list[Text], _values(get_args(EntityType))] = Field([], description="Types.")
    section: Annotated[list[Text], _values(get_args(SectionKind))] = Field([], description="Within items of sections of this kind.")
    sort: Literal["g2", "count", "npmi"] = Field("g2", description="By what they are ranked, highest first.")


class CompletionQuery(Lang, Fields):
    q: Text = Field(description="What is typed: the beginning of a name, in any script; slips are forgiven.", examples=["qw"])
    limit: int = Field(10, ge=1, le=50, description="At most so many.")


class ManifestQuery(Lang):
    queries: str | None = Field(None, description="A batch of reconciliation queries: a JSON object of queries by key.")


class SuggestQuery(Lang):
    prefix: Text = Field("", description="What is typed.", examples=["qw"])
    cursor: int = Field(0, ge=0, le=1_000, description="How many suggestions were shown before.")


class PreviewQuery(Lang):
    id: Text = Field(description="The entity's id.", examples=["SGLang"])


class TimelineAxis(Days, Family, Lang, Fields):
    interval: Interval = Field("day", description="Length of a bucket; weeks begin on Monday.")


class TimelineQuery(TimelineAxis):
    top: int = Field(3, ge=0, le=10, description="How many top items a bucket names.")


class TimelinesQuery(TimelineAxis):
    entities: Annotated[str, BeforeValidator(_bounded)] = Field(
        description="Two to ten entities, parted by commas: id, slug or any spelling.", examples=["NVIDIA,OpenAI"]
    )
    top: int = Field(0, ge=0, le=10, description="How many top items a bucket names.")

    def given(self) -> list[str]:
        """The entities asked for, each once."""
        return list(dict.fromkeys(_parts(self.entities)))


def fault(parameter: str, given: str, valid: Iterable[str]) -> dict[str, str]:
    """One entry of a problem's `errors`."""
    return {"parameter": parameter, "message": f"{given!r}: {nearest(given, valid)}"}
