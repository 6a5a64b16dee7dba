"""Closed vocabularies of names and sources, each defined once.

The values are in the order in which the API documents them; `get_args(EntityType)` returns them.
"""

from typing import Literal, get_args

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

# Entities of several types may share a name. It stands for the entity of the earliest type here,
# if only one has that type: "Mistral" alone is the company.
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

ALIAS_KINDS: tuple[AliasKind, ...] = get_args(AliasKind)

NameLanguage = Literal["zh-Hant", "zh-Hans", "en"]
LANGUAGES: tuple[NameLanguage, ...] = ("en", "zh-Hant", "zh-Hans")
"""Languages of an entity's names; the earliest with a name is shown by default."""

MentionKind = Literal[
    "listed", "title", "body", "keyword", "tag", "watchlist", "insight", "context"
]
"""Part of the document that a name is in.

`context` is text around the items: blurbs, notes, preambles, labels, headings of categories,
readings and background, and what describes the document: title, description, summary and listed
names of the front matter, and its first heading.
"""

SourceStatus = Literal["ok", "arxiv", "inferred", "placeholder", "opaque", "suspicious"]
"""Quality of a link's target."""

Certainty = Literal["guessed", "undisclosed", "claimed"]
"""Way in which a document marks a claim as uncertain."""

ResolutionOutcome = Literal["link", "new", "uncertain"]
"""Result of resolving a listed name."""

Difference = Literal["width", "case", "script", "accent", "sign"]
"""Kind of difference that folding removes."""

UnlistedForm = Literal["latin", "quoted", "bracketed"]
"""Form of a name that no catalogue has: Latin letters, in quotes, beside an abbreviation."""
