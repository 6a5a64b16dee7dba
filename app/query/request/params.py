"""Query strings as immutable objects: the parameters that several resources share.

Each endpoint takes one object. It is checked once, before anything is read.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic_core import core_schema

from app.normalize.kinds import NameLanguage
from app.query.request.filter_syntax import (
    Range,
    checked_clauses,
    day_range,
    moment,
    number_range,
    split,
)
from app.query.request.suggestions import nearest
from app.query.schemas.shared import (
    Certainty,
    EntityType,
    Language,
    Level,
    MentionKind,
    Rollup,
    SectionKind,
    SourceStatus,
)

_Metadata = TypeVar("_Metadata")

MAX_VALUE_CHARS = 256
MAX_CURSOR_CHARS = 2_000
MAX_SHOWN_CHARS = 40
"""Characters of an invalid value that an error repeats."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_WHOLE_NUMBER = re.compile(r"-?\d{1,300}", re.ASCII)


def checked_text(value: Any) -> Any:
    """Return `value`. Raises ValueError for a text that is too long or cannot be stored."""
    if isinstance(value, str):
        has_surrogates = any("\ud800" <= char <= "\udfff" for char in value)
        if len(value) > MAX_VALUE_CHARS or "\0" in value or has_surrogates:
            raise ValueError(f"expected at most {MAX_VALUE_CHARS} characters, none of them NUL")

    return value


@dataclass(frozen=True, slots=True)
class OneOf:
    """Check of a parameter of clauses; with `valid`, their values are of these only."""

    valid: Sequence[str] = ()

    def check(self, texts: list[str]) -> list[str]:
        """Return `texts`. Raises ValueError, which names the nearest valid values."""
        for clause in checked_clauses(texts):
            for value in clause.values:
                if self.valid and value not in self.valid:
                    raise ValueError(f"{value!r} is not valid; {nearest(value, self.valid)}")

        return texts

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Return the JSON schema: one of the values, or several in the grammar of clauses."""
        json_schema = handler(schema)
        if self.valid:
            values = {"type": "string", "enum": list(self.valid)}
            json_schema["items"] = {"anyOf": [values, {"type": "string", "pattern": "[|!\\\\]"}]}

        return json_schema


@dataclass(frozen=True, slots=True)
class DimensionNames:
    """JSON schema of one or two dimensions of a list; the query checks them."""

    valid: Sequence[str]

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Return the JSON schema: one of the names, or two with a comma between them."""
        names = "|".join(self.valid)
        pair = {"type": "string", "pattern": f"^({names}),({names})$"}
        json_schema = handler(schema)
        json_schema.pop("type")
        json_schema["anyOf"] = [{"type": "string", "enum": list(self.valid)}, pair]
        return json_schema


@dataclass(frozen=True, slots=True)
class Ranges:
    """Check of a parameter of clauses whose values are ranges that `read` must understand."""

    read: Callable[[str], Range]

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(_check(self.read), handler(source))


@dataclass(frozen=True, slots=True)
class Phrases:
    """Words of a filter in `meta.human_description`; `{}` stands for its values."""

    english: str
    not_english: str
    chinese: str
    not_chinese: str


GROUP_BY = "One or two dimensions, separated by a comma."
"""Description of the required parameter of lists of buckets."""


def _check(read: Callable[[str], Any]) -> Callable[[list[str]], list[str]]:
    """Return the check of a parameter of clauses whose values `read` must understand."""

    def check(texts: list[str]) -> list[str]:
        for clause in checked_clauses(texts):
            for value in clause.values:
                read(value)

        return texts

    return check


def _iso_day(value: Any) -> Any:
    # Pydantic also reads numbers as seconds since 1970.
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError(f"{value[:MAX_SHOWN_CHARS]!r} is not valid; expected a date as YYYY-MM-DD")

    return value


def _decimal(value: Any) -> Any:
    # Pydantic also reads `1_0`, ` 5`, `+5` and `5.0`.
    if isinstance(value, str) and not _WHOLE_NUMBER.fullmatch(value):
        raise ValueError(f"{value[:MAX_SHOWN_CHARS]!r} is not valid; expected an integer")

    return value


def _cursor(value: Any) -> Any:
    # "!" is no cursor: decoding reports the error.
    return value if isinstance(value, str) and len(value) <= MAX_CURSOR_CHARS else "!"


Day = Annotated[date, BeforeValidator(_iso_day)]
Whole = Annotated[int, BeforeValidator(_decimal)]
# The bounds come first: on a validated number, JSON Schema does not know them.
PageSize = Annotated[int, Field(ge=1, le=100), BeforeValidator(_decimal)]
Text = Annotated[str, BeforeValidator(checked_text)]
Values = Annotated[list[Text], OneOf()]
Numbers = Annotated[list[Text], Ranges(number_range)]
DayRanges = Annotated[list[Text], Ranges(day_range)]
# Filters that several resources have.
Channels = Annotated[Values, Phrases("in channel {}", "not in channel {}", "頻道為{}", "頻道非{}")]
Entities = Annotated[Values, Phrases("naming {}", "not naming {}", "提及{}", "未提及{}")]
Tags = Annotated[Values, Phrases("tagged {}", "not tagged {}", "標籤為{}", "無標籤{}")]
Keywords = Annotated[
    Values, Phrases("with keyword {}", "without keyword {}", "關鍵詞為{}", "無關鍵詞{}")
]
Sources = Annotated[Values, Phrases("citing {}", "not citing {}", "引用{}", "未引用{}")]
Publishers = Annotated[
    Values, Phrases("published by {}", "not published by {}", "出處為{}", "出處非{}")
]
Threads = Annotated[Values, Phrases("of story {}", "not of story {}", "屬於故事{}", "不屬於故事{}")]
Moments = Annotated[
    list[Text],
    AfterValidator(_check(moment)),
    Phrases("changed since {}", "not changed since {}", "{}以來有變動", "{}以來無變動"),
]
Sections = Annotated[
    list[Text],
    OneOf(get_args(SectionKind)),
    Phrases("of {}", "not of {}", "版塊為{}", "版塊非{}"),
]
Importance = Annotated[
    list[Text],
    OneOf((*get_args(Level), "unknown", "none")),
    Phrases("importance {}", "importance not {}", "重要性{}", "重要性非{}"),
]
EntityTypes = Annotated[
    list[Text],
    OneOf(get_args(EntityType)),
    Phrases("of entity type {}", "not of entity type {}", "實體類型為{}", "實體類型非{}"),
]
OF_STATUS = Phrases("of status {}", "not of status {}", "狀態為{}", "狀態非{}")
Statuses = Annotated[list[Text], OneOf(get_args(SourceStatus)), OF_STATUS]
SourceStatuses = Annotated[
    list[Text],
    OneOf(get_args(SourceStatus)),
    Phrases(
        "with sources that are {}",
        "without sources that are {}",
        "來源狀態為{}",
        "來源狀態非{}",
    ),
]
Certainties = Annotated[
    list[Text],
    OneOf((*get_args(Certainty), "none")),
    Phrases(
        "with claims marked as {}",
        "without claims marked as {}",
        "確定程度為{}",
        "確定程度非{}",
    ),
]
Languages = Annotated[
    list[Text],
    OneOf(get_args(Language)),
    Phrases("in {}", "not in {}", "語言為{}", "語言非{}"),
]
OF_KIND = Phrases("of kind {}", "not of kind {}", "形式為{}", "形式非{}")
WITH_PARTS = Phrases("with {}", "without {}", "有{}", "無{}")
ItemNumbers = Annotated[
    Numbers, Phrases("with {} items", "not with {} items", "項目數 {}", "項目數非 {}")
]
CitationNumbers = Annotated[
    Numbers, Phrases("cited {} times", "not cited {} times", "引用次數 {}", "引用次數非 {}")
]
MentionedAs = Annotated[
    list[Text],
    OneOf(get_args(MentionKind)),
    Phrases("named in {}", "not named in {}", "出現於{}", "不出現於{}"),
]


@cache
def phrases_of(query: type[BaseModel]) -> dict[str, Phrases]:
    """Return the phrases of the filters of a query, by parameter."""
    return _metadata(query, Phrases)


@cache
def ranges_of(query: type[BaseModel]) -> dict[str, Ranges]:
    """Return the readers of the filters of a query whose values are ranges, by parameter."""
    return _metadata(query, Ranges)


def _metadata(query: type[BaseModel], kind: type[_Metadata]) -> dict[str, _Metadata]:
    by_parameter = {}
    for parameter, declaration in query.model_fields.items():
        for entry in declaration.metadata:
            if isinstance(entry, kind):
                by_parameter[parameter] = entry
    return by_parameter


def comma_separated(value: str | None) -> tuple[str, ...]:
    """Return the parts of a parameter such as `id,title`, without spaces around them."""
    parts = [part.strip() for part in split(value or "", ",")]
    return tuple(filter(None, parts))


class Params(BaseModel):
    """Base of all query strings. Unknown parameters are refused."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        validate_by_name=True,
        validate_by_alias=True,
    )


class Lang(Params):
    lang: NameLanguage | None = Field(
        None,
        description="Language of entity names; by default the best match of `Accept-Language`. "
        "The document's own text is never changed.",
    )


class Fields(Params):
    fields: Text | None = Field(
        None,
        description="Return only these fields, separated by commas; "
        "nested fields with a dot: `id,title,importance.level`.",
    )

    def names(self) -> tuple[str, ...]:
        """Return the paths asked for, in order."""
        return comma_separated(self.fields)


class Days(Params):
    from_: Day | None = Field(
        None,
        alias="from",
        description="Briefings of this day or later.",
        examples=["2025-11-01"],
    )
    to: Day | None = Field(
        None,
        description="Briefings of this day or earlier.",
        examples=["2025-12-31"],
    )
    channel: Channels = Field([], description="Channels, by id.")

    @model_validator(mode="after")
    def _ordered(self) -> "Days":
        if self.from_ and self.to and self.from_ > self.to:
            raise ValueError(
                f"from ({self.from_}) is later than to ({self.to}); pass the earlier day as from"
            )

        return self


class RolledUp(Params):
    rollup: Rollup | None = Field(
        None,
        description="Count other entities as the entity; the answer names them as `members`. "
        "`family`: the members of its family, at every depth; `maker`: what it makes, with the "
        "families of that; `all`: both, at every depth.",
        examples=["all"],
    )
    family: bool = Field(
        False,
        description="`true` is another name of `rollup=family`.",
    )

    @model_validator(mode="after")
    def _same_relation(self) -> "RolledUp":
        if self.family and self.rollup not in (None, "family"):
            raise ValueError(
                f"family=true means rollup=family, but rollup is {self.rollup}; pass only one"
            )

        return self

    @property
    def relation(self) -> Rollup | None:
        """The relation that is rolled up; None without a roll-up."""
        return "family" if self.family else self.rollup

    @property
    def with_family(self) -> bool:
        """Whether the members of an entity's family count as the entity."""
        return self.relation in ("family", "all")


class Searched(Params):
    q: Text | None = Field(
        None,
        description='Full-text query: words, a "phrase", `-word` to exclude, `prefix*`, `a OR b`, '
        "`site:host`.",
        examples=["昇騰"],
    )
    expand: bool = Field(
        True,
        description="Also match the other spellings of an entity that the query names.",
    )


class Paging(Params):
    limit: Whole = Field(20, ge=1, le=100, description="Entries per page.")
    cursor: Annotated[str, BeforeValidator(_cursor)] | None = Field(
        None,
        description="`meta.next_cursor` of the previous page.",
    )

    def scope(self, *parts: object) -> str:
        """Return the scope of a walk: the list, its filters and its order.

        Parameters that change only what is shown of each entry are no part of it.
        """
        excluded = {
            "cursor",
            "limit",
            "fields",
            "lang",
            "include",
            "facets",
            "top",
            "format",
            "accessed",
        }

        return f"{type(self).__name__}/{parts}/{self.model_dump(exclude=excluded)}"


class Grouping(Params):
    group_by: Text | None = Field(
        None,
        description="Return buckets by one or two dimensions, separated by a comma, "
        "instead of entries.",
    )
    facets: Text | None = Field(
        None,
        description="Dimensions, separated by commas, whose most frequent values are counted "
        "in `meta.facets`.",
    )

    def dimensions(self) -> tuple[str, ...]:
        """Return the dimensions of `group_by`, each once, in order."""
        return tuple(dict.fromkeys(comma_separated(self.group_by)))

    def faceted(self) -> tuple[str, ...]:
        """Return the dimensions of `facets`, each once, in order."""
        return tuple(dict.fromkeys(comma_separated(self.facets)))


class OneQuery(Lang, Fields):
    pass


class PlainQuery(Fields):
    pass


class NoQuery(Params):
    pass
