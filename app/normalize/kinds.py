"""Closed vocabularies of names and sources, each defined once.

The types are in the order the API documents. `get_args(EntityType)` gives the values.
"""

from typing import Literal

EntityType = Literal[
    "org",
    "model",
    "product",
    "person",
    "method",
    "dataset",
    "chip",
    "place",
    "event",
    "concept",
    "other",
]

# Entities of several types may share a name; the earliest type here wins, if one entity has it:
# "Mistral" alone is the company.
TYPE_PRECEDENCE: tuple[EntityType, ...] = (
    "org",
    "model",
    "product",
    "person",
    "chip",
    "method",
    "dataset",
    "event",
    "place",
    "concept",
    "other",
)

AliasKind = Literal[
    "translation",
    "regional-translation",
    "abbreviation",
    "former-name",
    "handle",
    "vendor-prefixed",
    "code-name",
    "spelling",
]

NameLanguage = Literal["en", "zh-Hant", "zh-Hans"]
"""Language of an entity's name; the earliest that exists is shown by default."""

MentionKind = Literal["listed", "title", "body", "keyword", "tag", "watchlist", "insight"]
"""Part of the document a name stands in."""

SourceStatus = Literal["ok", "arxiv", "inferred", "placeholder", "opaque", "suspicious"]
"""Quality of a link's target."""

Certainty = Literal["guessed", "undisclosed", "claimed"]
"""Way in which a document marks a claim as uncertain."""

Outcome = Literal["link", "new", "uncertain"]
"""Result of resolving a listed name."""

Difference = Literal["width", "case", "script", "accent", "sign"]
"""Kind of difference that folding removes."""
