"""What all shapes share: configuration, vocabularies, and the small nested forms of things."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.normalize import kinds

SectionKind = Literal[
    "headlines",
    "research",
    "tools",
    "industry",
    "trends",
    "market",
    "editorial",
    "resources",
    "other",
]
ItemKind = Literal["full", "bullet", "stub"]
Level = Literal["high", "medium_high", "medium", "medium_low", "low"]
EntityType = kinds.EntityType
SourceStatus = kinds.SourceStatus
MentionKind = kinds.MentionKind
Certainty = kinds.Certainty
Language = Literal["zh-Hant", "zh-Hans", "en", "ja"]
Interval = Literal["day", "week", "month", "quarter", "year"]


class Out(BaseModel):
    """Shared configuration of all shapes."""

    model_config = ConfigDict(
        extra="forbid", serialize_by_alias=True, validate_by_name=True, validate_by_alias=True
    )


class EntityRef(Out):
    id: Annotated[str, Field(examples=["e_bcipivtijjyp"])]
    slug: Annotated[str, Field(examples=["sglang"])]
    name: Annotated[str, Field(examples=["SGLang"])]
    type: EntityType


class PublisherRef(Out):
    id: Annotated[str, Field(examples=["techcrunch.com"])]
    name: Annotated[str, Field(examples=["TechCrunch"])]


Role = Literal["new", "continuing", "update", "duplicate"]


class ItemRef(Out):
    id: str
    title: str
    date: date


class BriefingRef(Out):
    id: Annotated[str, Field(examples=["2025-12-23"])]
    channel: Annotated[str, Field(examples=["daily"])]
    date: date
    title: str
