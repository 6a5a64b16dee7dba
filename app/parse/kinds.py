"""Closed vocabularies of a draft, each stated once; kinds of sections are in `section_kinds`."""

from typing import Literal

ItemKind = Literal["full", "bullet", "stub"]
DateFrom = Literal[
    "front_matter",
    "title",
    "heading",
    "name",
    "text",
]
Level = Literal[
    "high",
    "medium_high",
    "medium",
    "medium_low",
    "low",
]
Part = Literal[
    "watchlist",
    "readings",
    "background",
    "keywords",
]
FieldName = Literal[
    "summary",
    "technical",
    "applications",
    "takeaways",
    "entities",
    "importance",
    "sources",
]
Apparatus = Literal[
    "contents",
    "digest",
    "references",
    "notes",
    "promotion",
    "actions",
    "statistics",
]
"""Kinds of sections that hold no news item of their own."""
Language = Literal["zh-Hant", "zh-Hans", "en", "ja", "ko"]
WarningCode = Literal[
    "no_items",
    "unknown_sections",
    "items_without_sources",
    "unread_blocks",
    "links_above_items",
    "piled_sources",
]

LEVELS_ASCENDING: tuple[Level, ...] = (
    "low",
    "medium_low",
    "medium",
    "medium_high",
    "high",
)
