"""The clients. Operations that have no method here are called by `call`."""

from types import ModuleType, TracebackType
from typing import Any, Self

import httpx

from briefbase_client.errors import BriefbaseError
from briefbase_client.generated import Client
from briefbase_client.generated.api.briefings import get_digest, get_headlines, list_briefings
from briefbase_client.generated.api.entities import (
    get_entity,
    get_entity_timeline,
    list_entities,
    list_entity_items,
    list_related_entities,
)
from briefbase_client.generated.api.items import get_item, get_item_source, list_items
from briefbase_client.generated.api.search import search
from briefbase_client.generated.api.sources import list_sources
from briefbase_client.generated.api.threads import list_threads
from briefbase_client.generated.api.trends import list_trends
from briefbase_client.generated.models import (
    BriefingSummary,
    DigestOut,
    EntityOut,
    EntitySummary,
    Headlines,
    Hit,
    ItemOut,
    PassageOut,
    RelatedOut,
    SourceSummary,
    ThreadSummary,
    TimelineOut,
    TrendOut,
)
from briefbase_client.patience import PatientAsyncClient, PatientClient
from briefbase_client.walk import AsyncWalk, Walk

MAX_PAGE_ENTRIES = 100
OK = 200


class _Session:
    """The connection that both clients share: address, key and timeout."""

    def __init__(
        self,
        address: str = "http://127.0.0.1:8000",
        key: str | None = None,
        timeout_seconds: float = 30,
    ) -> None:
        # Names in a path are redirected to the id.
        options: dict[str, Any] = {"follow_redirects": True}
        options["timeout"] = httpx.Timeout(timeout_seconds)
        self.generated = Client(address, **options)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._connect({"base_url": address, "headers": headers} | options)

    def _connect(self, options: dict[str, Any]) -> None:
        """Make the connection pool."""
        raise NotImplementedError


def _checked(response: Any) -> Any:
    """Return the answer of a response. Raises BriefbaseError."""
    if response.status_code != OK:
        raise BriefbaseError(int(response.status_code), response.parsed)
    return response.parsed


def _page(filters: dict[str, Any], cursor: str | None) -> dict[str, Any]:
    page = {"limit": MAX_PAGE_ENTRIES} | filters
    return page | {"cursor": cursor} if cursor else page


class Briefbase(_Session):
    """A client that blocks; a context manager closes its connections."""

    def _connect(self, options: dict[str, Any]) -> None:
        self.generated.set_httpx_client(PatientClient(**options))

    def __enter__(self) -> Self:
        self.generated.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.generated.__exit__(kind, error, trace)

    def call(self, operation: ModuleType, *path: str, **parameters: Any) -> Any:
        """Return the answer of an operation: a module below `generated.api`."""
        return _checked(operation.sync_detailed(*path, client=self.generated, **parameters))

    def walk(self, operation: ModuleType, *path: str, **filters: Any) -> Walk[Any]:
        """Return the entries of a list on all its pages."""
        return Walk(lambda cursor: self.call(operation, *path, **_page(filters, cursor)))

    def briefings(self, **filters: Any) -> Walk[BriefingSummary]:
        """Return the briefings that match, newest first."""
        return self.walk(list_briefings, **filters)

    def items(self, **filters: Any) -> Walk[ItemOut]:
        """Return the items that match, newest first."""
        return self.walk(list_items, **filters)

    def entities(self, **filters: Any) -> Walk[EntitySummary]:
        """Return the entities that match, most mentioned first."""
        return self.walk(list_entities, **filters)

    def entity_items(self, entity: str, **filters: Any) -> Walk[ItemOut]:
        """Return the items that name an entity."""
        return self.walk(list_entity_items, entity, **filters)

    def related(self, entity: str, **filters: Any) -> Walk[RelatedOut]:
        """Return the entities that co-occur with an entity, the strongest first."""
        return self.walk(list_related_entities, entity, **filters)

    def sources(self, **filters: Any) -> Walk[SourceSummary]:
        """Return the cited sources that match."""
        return self.walk(list_sources, **filters)

    def threads(self, **filters: Any) -> Walk[ThreadSummary]:
        """Return the stories that match, newest first."""
        return self.walk(list_threads, **filters)

    def trends(self, **filters: Any) -> Walk[TrendOut]:
        """Return rising and fading entities."""
        return self.walk(list_trends, **filters)

    def search(self, query: str, **filters: Any) -> Walk[Hit]:
        """Return what matches a query, best first."""
        return self.walk(search, q=query, **filters)

    def headlines(self, **parameters: Any) -> Headlines:
        """Return the focus of the latest day, or of another."""
        return self.call(get_headlines, **parameters)  # type: ignore[no-any-return]

    def digest(self, **parameters: Any) -> DigestOut:
        """Return the stories of the last days within a budget."""
        return self.call(get_digest, **parameters)  # type: ignore[no-any-return]

    def item(self, item_id: str, **parameters: Any) -> ItemOut:
        """Return an item."""
        return self.call(get_item, item_id, **parameters)  # type: ignore[no-any-return]

    def lines(self, item_id: str) -> PassageOut:
        """Return the exact lines of an item."""
        return self.call(get_item_source, item_id)  # type: ignore[no-any-return]

    def entity(self, entity: str, **parameters: Any) -> EntityOut:
        """Return an entity by id, slug or any spelling."""
        return self.call(get_entity, entity, **parameters)  # type: ignore[no-any-return]

    def timeline(self, entity: str, **parameters: Any) -> TimelineOut:
        """Return how often an entity is named in each interval."""
        return self.call(get_entity_timeline, entity, **parameters)  # type: ignore[no-any-return]


class AsyncBriefbase(_Session):
    """A client for an event loop; `async with` closes its connections."""

    def _connect(self, options: dict[str, Any]) -> None:
        self.generated.set_async_httpx_client(PatientAsyncClient(**options))

    async def __aenter__(self) -> Self:
        await self.generated.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.generated.__aexit__(kind, error, trace)

    async def call(self, operation: ModuleType, *path: str, **parameters: Any) -> Any:
        """Return the answer of an operation: a module below `generated.api`."""
        response = await operation.asyncio_detailed(*path, client=self.generated, **parameters)
        return _checked(response)

    def walk(self, operation: ModuleType, *path: str, **filters: Any) -> AsyncWalk[Any]:
        """Return the entries of a list on all its pages."""
        return AsyncWalk(lambda cursor: self.call(operation, *path, **_page(filters, cursor)))

    def items(self, **filters: Any) -> AsyncWalk[ItemOut]:
        """Return the items that match, newest first."""
        return self.walk(list_items, **filters)

    def entities(self, **filters: Any) -> AsyncWalk[EntitySummary]:
        """Return the entities that match, most mentioned first."""
        return self.walk(list_entities, **filters)

    def search(self, query: str, **filters: Any) -> AsyncWalk[Hit]:
        """Return what matches a query, best first."""
        return self.walk(search, q=query, **filters)

    async def headlines(self, **parameters: Any) -> Headlines:
        """Return the focus of the latest day, or of another."""
        return await self.call(get_headlines, **parameters)  # type: ignore[no-any-return]

    async def item(self, item_id: str, **parameters: Any) -> ItemOut:
        """Return an item."""
        return await self.call(get_item, item_id, **parameters)  # type: ignore[no-any-return]

    async def entity(self, entity: str, **parameters: Any) -> EntityOut:
        """Return an entity by id, slug or any spelling."""
        return await self.call(get_entity, entity, **parameters)  # type: ignore[no-any-return]
