"""A visit to a page: the query, the language, and the addresses of other pages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args, get_origin
from urllib.parse import quote, urlencode

from fastapi import Request
from pydantic import BaseModel, ValidationError

from app.api.wire import responses
from app.errors import BadRequest, expectation
from app.query.documents.briefings import Known
from app.query.request.params import Lang
from app.query.schemas.shared import BriefingRef
from app.query.snapshot.channel_titles import names_of
from app.store.db import Session

Shape = TypeVar("Shape", bound=BaseModel)
LANGUAGES: tuple[str, ...] = ("zh-Hant", "zh-Hans", "en")
DEFAULT_LANGUAGE = "zh-Hant"
Pairs = Iterable[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Visit:
    """A request for a page; `accepted` is the best language of `Accept-Language`."""

    request: Request
    session: Session
    accepted: str | None
    addresses: dict[str, str] = field(default_factory=dict)
    """Addresses of pages without a query, by path: a page links some a dozen times."""

    @staticmethod
    def language(request: Request, accepted: str | None) -> str:
        """Return the language of a request: that of its address, else the accepted one."""
        lang = request.query_params.get("lang")
        return lang if lang in LANGUAGES else accepted or DEFAULT_LANGUAGE

    @property
    def asked(self) -> str | None:
        """The language that the address asks for, None without one."""
        lang = self.request.query_params.get("lang")
        return lang if lang in LANGUAGES else None

    @property
    def lang(self) -> str:
        """The language of the interface and of names."""
        return self.language(self.request, self.accepted)

    @property
    def prefix(self) -> str:
        """The path under which a proxy serves, "" without one."""
        return str(self.request.app.state.settings.prefix)

    @property
    def home(self) -> str:
        """The absolute address of the service."""
        return responses.home(self.request)

    @property
    def channel(self) -> str:
        """The default channel."""
        return str(self.request.app.state.settings.channel)

    def channel_titles(self, channels: Iterable[str]) -> dict[str, str]:
        """Return the titles of channels by id: their id where there is no title."""
        return names_of(self.session, channels)

    def briefing_name(self, briefing: Known | BriefingRef) -> str:
        """Return what people call a briefing: its day, after the channel unless it is the default.

        A second edition of a day has its number, too.
        """
        channel = briefing.channel
        day = briefing.id.removeprefix(f"{channel}:")
        return (
            day if channel == self.channel else f"{self.channel_titles([channel])[channel]} {day}"
        )

    @property
    def path(self) -> str:
        """The path of this page, without the prefix."""
        return str(self.request.scope["path"])

    def part(self, name: str) -> str:
        """Return a parameter of the path."""
        return str(self.request.path_params[name])

    def read(self, shape: type[Shape], **fixed: Any) -> Shape:
        """Return the query of the address as `shape`; `fixed` values are added.

        Forms send empty fields: these count as missing. Raises BadRequest.
        """
        return read_query(shape, self.request.query_params.multi_items(), fixed)

    def url(self, path: str, pairs: Pairs | Mapping[str, Any] = (), /, **more: Any) -> str:
        """Return the address of a page of the explorer, in the language asked for."""
        if not pairs and not more:
            if path not in self.addresses:
                self.addresses[path] = self.address(path, lang=self.asked)
            return self.addresses[path]
        query = [*_pairs(pairs), *_pairs(more)]
        if self.asked and not any(name == "lang" for name, _ in query):
            query.append(("lang", self.asked))
        return self.address(path, query)

    def address(self, path: str, pairs: Pairs | Mapping[str, Any] = (), /, **more: Any) -> str:
        """Return an address below the prefix, as the API has it; empty values are left out."""
        path, _, fragment = path.partition("#")
        query = urlencode([*_pairs(pairs), *_pairs(more)], safe=":|,!*")
        address = self.prefix + quote(path, safe="/:%")
        if query:
            address += f"?{query}"
        return f"{address}#{quote(fragment)}" if fragment else address

    def here(self, **changes: Any) -> str:
        """Return the address of this page with other parameters; None removes one."""
        replaced = {name.rstrip("_") for name in changes}
        pairs = []
        for name, value in self.request.query_params.multi_items():
            if name not in replaced and value:
                pairs.append((name, value))
        return self.address(self.path, pairs, **changes)

    def with_filter(self, name: str, value: str) -> str:
        """Return the address of the first page of this list with a further condition."""
        pairs = []
        for pair in self.request.query_params.multi_items():
            if pair[1] and pair[0] != "cursor" and pair != (name, value):
                pairs.append(pair)
        return self.address(self.path, [*pairs, (name, value)])

    def query(self, *without: str) -> list[tuple[str, str]]:
        """Return the parameters of this page, except empty ones and those named."""
        excluded = {"lang", "cursor", *without}
        pairs = []
        for name, value in self.request.query_params.multi_items():
            if value and name not in excluded:
                pairs.append((name, value))
        return pairs


class LangOnly(Lang):
    """The query of a page that has no parameters but its language."""


def read_query(
    shape: type[Shape], pairs: Iterable[tuple[str, str]], fixed: Mapping[str, Any]
) -> Shape:
    """Return pairs of names and texts as `shape`, empty ones left out. Raises BadRequest."""
    lists = set()
    for name, declared in shape.model_fields.items():
        if _is_list(declared.annotation):
            lists.add(declared.alias or name)
    values: dict[str, Any] = dict(fixed)
    for name, value in pairs:
        if not value:
            continue
        if name in lists:
            values.setdefault(name, []).append(value)
        else:
            values[name] = value
    try:
        return shape.model_validate(values)
    except ValidationError as error:
        sentences = []
        for entry in error.errors(include_url=False)[:5]:
            place = ".".join(map(str, entry["loc"]))
            sentences.append(f"{place}: {expectation(entry)}" if place else expectation(entry))
        raise BadRequest("; ".join(sentences)) from None


def _is_list(annotation: Any) -> bool:
    return any(get_origin(part) is list for part in (annotation, *get_args(annotation)))


def _pairs(pairs: Pairs | Mapping[str, Any]) -> list[tuple[str, Any]]:
    entries = pairs.items() if isinstance(pairs, Mapping) else pairs
    complete: list[tuple[str, Any]] = []
    for name, value in entries:
        values = value if isinstance(value, list | tuple) else [value]
        complete.extend((name.rstrip("_"), each) for each in values if each not in (None, ""))
    return complete
