"""Settings: each environment variable with its default and its reason; `.env` is read too."""

import difflib
import os
import re
from datetime import time
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import BaseSettings, DotEnvSettingsSource, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
"""Folder of `migrations/` and `seeds/`."""
CHANNEL_PATTERN = r"^[a-z0-9][a-z0-9-]{0,39}$"
Scope = Literal["read", "ingest", "entities", "webhooks", "admin"]
"""Permissions of a key."""
PREFIX = "BRIEFBASE_"


def _megabytes(value: Any) -> Any:
    return 0 if value == "off" else value


def _rate_limit(value: str | None) -> str | None:
    if value in (None, "off"):
        return None
    # Imported here: only a limit that is set needs its time and memory.
    from limits import parse  # noqa: PLC0415 - only if limits are set

    try:
        parse(value or "")
    except ValueError:
        raise ValueError(
            f"{value!r} is not a rate limit; expected a number and a unit such as 600/minute"
        ) from None
    return value


RateLimit = Annotated[str | None, AfterValidator(_rate_limit)]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise ValueError(
            f"{name!r} is not a known time zone; expected an IANA name such as Asia/Taipei"
        ) from None
    return name


def _networks(text: str) -> str:
    for part in filter(None, text.split(",")):
        try:
            ip_network(part.strip())
        except ValueError:
            raise ValueError(
                f"{part.strip()!r} is not a network; expected one such as 10.1.0.0/16"
            ) from None
    return text


def _titles_by_channel(text: str) -> dict[str, str]:
    titles = {}
    for part in filter(None, map(str.strip, text.split(","))):
        channel, _, title = part.partition("=")
        titles[channel.strip()] = title.strip()
    return titles


def _titles(text: str) -> str:
    for channel, title in _titles_by_channel(text).items():
        if not title or not re.fullmatch(CHANNEL_PATTERN, channel):
            raise ValueError(
                f"{channel!r} has no title; expected a channel and its title such as "
                "daily=每日 AI 簡報"
            )
    return text


class Settings(BaseSettings):
    """Settings, read once at start; the name of each variable begins with `BRIEFBASE_`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore")

    database_url: str = Field(
        "sqlite:///briefbase.db",
        description="The database: `sqlite:///path` (three slashes: relative to the working "
        "directory) or `postgresql://user@host/name`.",
    )
    read_url: str | None = Field(
        None,
        description="A replica of a PostgreSQL database to read from; "
        "while the replica lags, the database itself answers.",
    )
    channel: str = Field(
        "daily",
        pattern=CHANNEL_PATTERN,
        description="The default channel; its briefings are identified by their date only.",
    )
    channel_titles: Annotated[str, AfterValidator(_titles)] = Field(
        "",
        description="Titles of channels for citations, feeds and pages, separated by commas, such "
        "as `daily=每日 AI 簡報,tech=科技日報`; without one, a channel has the title that its newest "
        "briefings share.",
    )
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        "Asia/Taipei",
        description="The time zone of the dailies, by its IANA name: it decides which day a "
        "moment in a document belongs to.",
    )
    dialects: Path | None = Field(
        None,
        description="A folder of layouts described in TOML, tried before `seeds/dialects/`.",
    )
    catalogue: str | None = Field(
        None,
        description="Your own catalogue of names over that of the seeds: a JSONL file, or a folder "
        "of them; several are separated by `:` (`;` on Windows).",
    )
    cache_dir: Path | None = Field(
        None,
        description="The folder of compiled data such as the catalogue's index; without it, "
        "`briefbase` in `XDG_CACHE_HOME` or `~/.cache`.",
    )
    seeds: bool = Field(
        True,
        description="Whether the first start loads `seeds/briefings/` into an empty database.",
    )
    host: str = Field(
        "127.0.0.1",
        description="The address `briefbase serve` listens on; `0.0.0.0` for all interfaces.",
    )
    port: int = Field(
        8000,
        ge=0,
        le=65535,
        description="The port `briefbase serve` listens on; 0 picks a free one.",
    )
    workers: int = Field(
        1,
        ge=1,
        le=64,
        description="Number of processes of `briefbase serve`; each has its own response cache.",
    )
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^/?#\s]+(/[^?#\s]*)?$",
        description="The address clients use, such as `https://kb.example`; without it, absolute "
        "links use the `Host` of the request.",
    )
    allowed_hosts: str = Field(
        "",
        description="Names besides that of the public address that requests may have in `Host`, "
        "separated by commas.",
    )
    root_path: str = Field(
        "",
        pattern=r"^((/[A-Za-z0-9._~-]+)+/?|/)?$",
        description="The path prefix under which a proxy serves, such as `/kb`; "
        "the proxy may strip the prefix or keep it.",
    )
    assets_url: str | None = Field(
        None,
        pattern=r"^https?://[^?#\s]+$",
        description="The address that relative images and covers of documents are resolved "
        "against.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least severe log events written to standard error."
    )
    access_log: bool = Field(
        False,
        description="Whether each request is logged; logging costs a third of the throughput.",
    )
    metrics: Literal["local", "on", "off"] = Field(
        "local",
        description="Who may read `/metrics`: clients of this machine, all, or nobody.",
    )
    traces: bool = Field(
        False,
        description="Whether requests are traced by OpenTelemetry; needs `briefbase[otel]`.",
    )
    max_in_flight: int = Field(
        200,
        ge=1,
        description="Number of requests processed or waiting at once; further ones get 503.",
    )
    max_wait: float = Field(
        0.4,
        gt=0,
        le=10,
        description="Seconds a request may wait for its turn; those expected to wait longer get "
        "503. Cached answers do not wait.",
    )
    rate_limit: RateLimit = Field(
        None,
        description="Requests that one address may make, such as `600/minute`; `off` for any "
        "number. A response 304 does not count.",
    )
    key_rate_limit: RateLimit = Field(
        None,
        description="Requests that one key may make, such as `6000/hour`; they also count for the "
        "address.",
    )
    listeners: int = Field(
        50,
        ge=1,
        description="Number of clients of one process that wait for changes; more get 503.",
    )
    webhook_networks: Annotated[str, AfterValidator(_networks)] = Field(
        "",
        description="Networks besides the public internet that events are sent to, over http too, "
        "separated by commas, such as `127.0.0.0/8,::1/128`.",
    )
    stream_seconds: int = Field(
        600,
        ge=0,
        description="Seconds after which a stream of changes ends; clients connect again.",
    )
    read_timeout: float = Field(
        1.0,
        gt=0,
        le=60,
        description="Timeout of a query in seconds on SQLite; twice as long on PostgreSQL.",
    )
    cache_seconds: int = Field(
        60,
        ge=0,
        description="`max-age` of responses in seconds; clients revalidate by ETag.",
    )
    cache: Annotated[int, BeforeValidator(_megabytes)] = Field(
        64,
        ge=0,
        description="Size of the response cache of one process in mebibytes; `off` disables it.",
    )
    export_cache: Annotated[int, BeforeValidator(_megabytes)] = Field(
        1024,
        ge=0,
        description="Mebibytes of disk beside the database for finished exports without filters, "
        "of one process; `off` disables them.",
    )
    collect_networks: Literal["public", "all", "loopback"] = Field(
        "public",
        description="The addresses that `briefbase collect` may connect to: `public` refuses "
        "private and special ones, `loopback` allows only this machine.",
    )
    collect_delay: float = Field(
        1.0,
        ge=0,
        le=60,
        description="Least number of seconds between two requests to one host.",
    )
    collect_agent: str = Field(
        "briefbase",
        pattern=r"^[\x21-\x7e][\x20-\x7e]{0,199}$",
        description="The `User-Agent` of `briefbase collect`, by which a robots.txt names it.",
    )
    draft_time: time = Field(
        time(6, 45),
        description="The time of day at which the window of a draft ends.",
    )
    draft_hours: int = Field(
        24,
        ge=1,
        le=168,
        description="The length of the window of a draft in hours.",
    )
    draft_topics: int = Field(
        55,
        ge=1,
        le=500,
        description="Number of topics that a draft holds.",
    )
    editor_command: str | None = Field(
        None,
        description="A command, or an http address, that gets the topics of a draft as JSON and "
        "answers with items.",
    )

    @property
    def catalogue_paths(self) -> list[Path]:
        """The files and folders of the user's catalogue."""
        parts = (self.catalogue or "").split(os.pathsep)
        return [Path(part) for part in parts if part]

    @cached_property
    def titles(self) -> dict[str, str]:
        """The titles of `channel_titles`, by channel."""
        return _titles_by_channel(self.channel_titles)

    @property
    def networks(self) -> list[IPv4Network | IPv6Network]:
        """The networks of `webhook_networks`."""
        parts = filter(None, self.webhook_networks.split(","))
        return [ip_network(part.strip()) for part in parts]

    @cached_property
    def prefix(self) -> str:
        """The path prefix of every link, "" without one; no slash at its end."""
        if self.root_path:
            return self.root_path.rstrip("/")
        return urlsplit(self.public_url or "").path.rstrip("/")

    def home(self, host: str) -> str:
        """Return the absolute address of the service; `host` is that of the request."""
        if not self.public_url:
            return host.rstrip("/") + self.prefix
        home = self.public_url.rstrip("/")
        if urlsplit(home).path.endswith(self.prefix):
            return home
        return home + self.prefix


def configured_cache_folder() -> Path | None:
    """Return the folder of compiled data; None for a user without a home."""
    folder = Settings().cache_dir
    if folder:
        return folder
    try:
        caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:
        return None
    return caches / "briefbase"


def variable(name: str) -> str:
    """Return the environment variable of a setting: `port` → `BRIEFBASE_PORT`."""
    return f"{PREFIX}{name}".upper()


def unknown_variables() -> dict[str, str | None]:
    """Map each `BRIEFBASE_…` variable that is not a setting to the nearest setting's variable.

    Reads the environment and `.env`. The nearest variable is None if no name is close.
    """
    settings = list(Settings.model_fields)
    variables = {*os.environ, *DotEnvSettingsSource(Settings).env_vars}
    unknown: dict[str, str | None] = {}
    for name in sorted(map(str.upper, variables)):
        setting = name.removeprefix(PREFIX).lower()
        if name.startswith(PREFIX) and setting not in settings:
            close = difflib.get_close_matches(setting, settings, n=1)
            unknown[name] = variable(close[0]) if close else None
    return unknown
