"""What routes depend on, named as types."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session

from app.settings import Settings
from app.store.db import Database

# At or below the pool, so that a request that has its turn has its connection.
READERS = 8


def _settings(request: Request) -> Settings:
    return request.app.state.settings  # type: ignore[no-any-return]


def _database(request: Request) -> Database:
    return request.app.state.database  # type: ignore[no-any-return]


def _session(request: Request) -> Iterator[Session]:
    with _database(request).read() as session:
        yield session


_LANGUAGES = {
    "zh-hant": "zh-Hant",
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
    "zh-mo": "zh-Hant",
    "zh-hans": "zh-Hans",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
}


def _accepted_language(request: Request) -> str | None:
    """The first of our languages in the order the client prefers them."""
    for tag in preferred(request.headers.get("accept-language", "")):
        head = "-".join(tag.lower().split("-")[:2])
        if found := _LANGUAGES.get(head) or {"zh": "zh-Hant", "en": "en"}.get(head.partition("-")[0]):
            return found
    return None


def preferred(header: str) -> list[str]:
    """The values of an `Accept…` header, best first; those with a weight of 0 left out."""
    weighted = []
    for part in header.split(",")[:20]:
        value, _, parameters = part.partition(";")
        weight = parameters.strip().removeprefix("q=").strip()
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            quality = 1.0
        if value.strip() and quality > 0:
            weighted.append((quality, value.strip()))
    return [value for _, value in sorted(weighted, key=lambda pair: -pair[0])]


SettingsDep = Annotated[Settings, Depends(_settings)]
DatabaseDep = Annotated[Database, Depends(_database)]
SessionDep = Annotated[Session, Depends(_session, max_concurrency=READERS)]
AcceptLanguageDep = Annotated[str | None, Depends(_accepted_language)]
