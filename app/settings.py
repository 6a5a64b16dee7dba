"""Every environment variable, its default, and its reason. `.env` is read, too."""

from importlib import metadata
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

VERSION = metadata.version("briefbase")
ROOT = Path(__file__).resolve().parent.parent
"""Where `migrations/` and `seeds/` stand beside `app/`."""
CHANNEL = r"^[a-z0-9][a-z0-9-]{0,39}$"
"""What may name a channel."""
Scope = Literal["read", "ingest", "entities", "webhooks", "admin"]
"""What a key may be good for."""


class Settings(BaseSettings):
    """Read once at start; every variable begins with `BRIEFBASE_`."""

    model_config = SettingsConfigDict(env_prefix="BRIEFBASE_", env_file=".env", extra="ignore")

    database_url: str = Field(
        "sqlite:///briefbase.db",
        description="Where the base is kept: `sqlite:///path` (three slashes: relative to the working directory) or `postgresql://user@host/name`.",
    )
    read_url: str | None = Field(
        None,
        description="A replica of a PostgreSQL base to read from; one that lags is not asked, the base itself is.",
    )
    channel: str = Field(
        "daily",
        pattern=CHANNEL,
        description="The default channel: the one whose briefings are known by their date alone.",
    )
    seeds: bool = Field(
        True,
        description="Whether an empty base is filled from `seeds/briefings/` at first start, so that there is data at once.",
    )
    host: str = Field(
        "127.0.0.1", description="The address `briefbase serve` listens on; `0.0.0.0` for all."
    )
    port: int = Field(
        8000,
        ge=0,
        le=65535,
        description="The port `briefbase serve` listens on; 0 takes a free one.",
    )
    workers: int = Field(
        1,
        ge=1,
        le=64,
        description="How many processes `briefbase serve` answers with; each keeps answers of its own.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least severe log events written to standard error."
    )
    access_log: bool = Field(
        False,
        description="Whether every request is logged; off, because logging each costs a third of the throughput.",
    )
    max_in_flight: int = Field(
        200,
        ge=1,
        description="How many requests are worked on or wait at the same time; further ones are answered 503 at once.",
    )
    read_timeout: float = Field(
        1.0,
        gt=0,
        le=60,
        description="Seconds a query may take on SQLite before it is stopped; twice that on PostgreSQL.",
    )
    cache_seconds: int = Field(
        60,
        ge=0,
        description="`max-age` of answers that change when a document is ingested; they are revalidated by ETag.",
    )
    cache: Annotated[int, BeforeValidator(lambda given: 0 if given == "off" else given)] = Field(
        64,
        ge=0,
        description="Mebibytes of answers a process keeps to give them again while the content is the same; `off` keeps none.",
    )
