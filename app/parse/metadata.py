"""Values of front matter under the keys that Hugo, Jekyll, Zola, Astro and Obsidian use.

Keys are compared without regard to case, hyphens and underscores.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.parse.draft import (
    FrontMatter,
    ListedEntity,
)

_DATE_KEYS = (
    "date",
    "pubdate",
    "publishdate",
    "published",
    "created",
    "briefdate",
    "day",
    "publishedat",
    "datepublished",
    "datetime",
    "createdat",
    "posted",
    "lastmod",
    "updated",
)
_ENTITY_KEYS = (
    "companies",
    "company",
    "models",
    "people",
    "persons",
    "organizations",
    "organisations",
    "orgs",
    "products",
    "entities",
    "mentions",
)
_CATEGORY_KEYS = (
    "categories",
    "category",
    "sections",
    "topics",
    "topic",
)
_LANGUAGE_KEYS = (
    "lang",
    "language",
    "locale",
    "languagecode",
)
_BASE_KEYS = (
    "base",
    "baseurl",
    "canonical",
    "canonicalurl",
    "permalink",
    "sourceurl",
    "url",
)
_TITLE_KEYS = ("title", "headline")
_SUMMARY_KEYS = ("summary", "excerpt", "abstract")
DESCRIBING_KEYS: dict[str, str] = {
    **dict.fromkeys(_TITLE_KEYS, "title"),
    "description": "description",
    **dict.fromkeys(_SUMMARY_KEYS, "summary"),
    **dict.fromkeys(_ENTITY_KEYS, "entities"),
}
"""Part of a document's description that a key states, by the key's form for comparison."""
_JEKYLL_LISTS = ("categories", "tags")
_NESTED = ("taxonomies", "extra", "params")
_TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0")
_SEPARATORS = re.compile(r"[,，、;；]")
_NOT_KEY = re.compile(r"[\s_\-]+")


class Metadata:
    """Front matter by meaning."""

    def __init__(self, front_matter: FrontMatter) -> None:
        self.values: dict[str, Any] = {}
        for name in _NESTED:
            for key, value in _items(front_matter.values):
                if key == name and isinstance(value, Mapping):
                    self.values.update(_items(value))
        self.values.update(_items(front_matter.values))

    def text(self, *keys: str) -> str | None:
        """Return the first text under one of `keys`; an empty one is none."""
        for key in keys:
            value = self.values.get(key)
            if isinstance(value, str) and value.strip():
                return value.strip()
        return None

    def words(self, *keys: str) -> tuple[str, ...]:
        """Return the words under `keys` in order, each once: a list, or one string of several."""
        words: dict[str, None] = {}
        for key in keys:
            for word in _words(self._separated(key)):
                words.setdefault(word)
        return tuple(words)

    @property
    def title(self) -> str | None:
        """The document's title."""
        return self.text(*_TITLE_KEYS)

    @property
    def description(self) -> str | None:
        """The document's description."""
        return self.text("description")

    @property
    def summary(self) -> str | None:
        """The document's summary."""
        return self.text(*_SUMMARY_KEYS)

    @property
    def date(self) -> str | None:
        """The day or moment, as written; `published: false` is none."""
        for key in _DATE_KEYS:
            text = self.text(key)
            if text and text.lower() not in (
                *_TRUE,
                *_FALSE,
            ):
                return text
        return None

    @property
    def is_draft(self) -> bool:
        """Whether the document says that it is not published."""
        draft = (self.text("draft") or "").lower()
        published = (self.text("published", "publish") or "").lower()
        return draft in _TRUE or published in _FALSE

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags as written."""
        return self.words("tags", "tag", "keywords")

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories as written."""
        return self.words(*_CATEGORY_KEYS)

    def _separated(self, key: str) -> Any:
        """Return the value of a key; in Jekyll's documents a text of several words is a list."""
        value = self.values.get(key)
        is_jekyll = "layout" in self.values and key in _JEKYLL_LISTS
        if is_jekyll and isinstance(value, str) and not _SEPARATORS.search(value):
            return value.split()
        return value

    @property
    def language(self) -> str | None:
        """The language's code as written."""
        return self.text(*_LANGUAGE_KEYS)

    @property
    def base(self) -> str | None:
        """The address that relative links of the document start from."""
        for key in _BASE_KEYS:
            text = self.text(key)
            if text and re.match(r"https?://", text):
                return text
        return None

    @property
    def entities(self) -> tuple[ListedEntity, ...]:
        """The names listed under keys such as companies, models and people."""
        listed: dict[tuple[str, str], None] = {}
        for key in _ENTITY_KEYS:
            for word in _words(self.values.get(key)):
                listed.setdefault((word, key))
        return tuple(ListedEntity(name, key) for name, key in listed)


def key_form(key: str) -> str:
    """Return a key for comparison: in lower case, without hyphens and underscores."""
    return _NOT_KEY.sub("", key).lower()


def _items(
    values: Mapping[str, Any],
) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        yield key_form(str(key)), value


def _words(value: Any) -> Iterator[str]:
    entries: list[Any] = []
    if isinstance(value, list):
        entries = value
    elif isinstance(value, str):
        entries = _SEPARATORS.split(value)
    for entry in entries:
        if isinstance(entry, Mapping):
            entry = entry.get("name") or entry.get("title")
        if isinstance(entry, str) and entry.strip():
            yield _without_wiki_brackets(entry.strip())


def _without_wiki_brackets(text: str) -> str:
    match = re.fullmatch(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]+)\]\]", text)
    return match[1] if match else text
