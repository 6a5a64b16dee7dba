"""Configuration, closed vocabularies and small shapes that the other shapes share.

Every field is always present, with null for a missing value, unless `fields` or `include` omits it.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.normalize import kinds
from app.parse import kinds as parse_kinds
from app.parse import section_kinds

SectionKind = section_kinds.SectionKind
ItemKind = parse_kinds.ItemKind
Level = parse_kinds.Level
EntityType = kinds.EntityType
SourceStatus = kinds.SourceStatus
MentionKind = kinds.MentionKind
Certainty = kinds.Certainty
Rollup = Literal["family", "maker", "all"]
Language = parse_kinds.Language
Interval = Literal["day", "week", "month", "quarter", "year"]
Role = Literal["new", "continuing", "update", "duplicate"]
WatchStatus = Literal["hit", "silent"]
TagKind = Literal["tag", "keyword"]

BriefingDate = Annotated[date, Field(description="Date of the briefing.")]
BriefingId = Annotated[str, Field(description="Id of the briefing.", examples=["2025-12-23"])]
DatasetVersion = Annotated[
    str, Field(description="Version of the content; it changes whenever the content does.")
]
End = Annotated[int, Field(description="Offset of the character after the last, from 0.")]
Line = Annotated[int, Field(description="Line of the document, from 1.")]
Links = Annotated[dict[str, str], Field(description="Addresses of related resources, by name.")]
Start = Annotated[int, Field(description="Offset of the first character, from 0.")]
Title = Annotated[str, Field(description="Title, as written in the document.")]
Warnings = Annotated[
    list[str], Field(description="Ids and names of the query that do not exist, in sentences.")
]


class Out(BaseModel):
    """Configuration of all shapes."""

    model_config = ConfigDict(
        extra="forbid", serialize_by_alias=True, validate_by_name=True, validate_by_alias=True
    )


class EntityRef(Out):
    """Short form of an entity."""

    id: str = Field(description="Stable id of the entity.", examples=["e_bcipivtijjyp"])
    slug: str = Field(description="Readable id; it may change.", examples=["sglang"])
    name: str = Field(description="Usual name in the language of the answer.", examples=["SGLang"])
    type: EntityType = Field(description="Type of the entity.")


class PublisherRef(Out):
    """Short form of a publisher."""

    id: str = Field(description="Domain of the publisher.", examples=["techcrunch.com"])
    name: str = Field(description="Name of the publisher.", examples=["TechCrunch"])


class ItemRef(Out):
    """Short form of an item."""

    id: str = Field(description="Stable id of the item.")
    title: Title
    date: BriefingDate


class BriefingRef(Out):
    """Short form of a briefing."""

    id: BriefingId
    channel: str = Field(description="Channel of the briefing.", examples=["daily"])
    date: BriefingDate
    title: Title
