"""Authorization of writes: a key as Bearer token, with a scope."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated

from anyio import CapacityLimiter, to_thread
from asgi_correlation_id import correlation_id
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.api.wire.deps import DatabaseDep
from app.errors import Forbidden, Unauthorized
from app.settings import Scope
from app.store import audit, keys
from app.store.audit import Actor
from app.store.db import Database
from app.store.keys import ApiKey

_REALM = 'Bearer realm="briefbase"'
MAX_KEY_CHECKS = 4
"""Keys looked up at once."""
_checks = CapacityLimiter(MAX_KEY_CHECKS)
_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    description="A key made by `briefbase keys create`: `Authorization: Bearer bb_…`.",
)


def _require(*scopes: Scope) -> Callable[..., Awaitable[str]]:
    """Return a dependency: the name of the request's key, which must have one of `scopes`.

    What the request writes is attributed to the key.
    """
    scope = " or ".join(scopes)

    async def check(
        request: Request,
        database: DatabaseDep,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> str:
        if credentials is None:
            raise Unauthorized(
                "A key is required; send Authorization: Bearer bb_….",
                headers={"WWW-Authenticate": _REALM},
            )
        key = await to_thread.run_sync(_owner, database, credentials.credentials, limiter=_checks)
        if key is None:
            raise Unauthorized(
                "The key is unknown, revoked or expired.",
                headers={"WWW-Authenticate": f'{_REALM}, error="invalid_token"'},
            )
        if not any(keys.allows(key, scope) for scope in scopes):
            challenge = f'{_REALM}, error="insufficient_scope", scope="{scopes[0]}"'
            raise Forbidden(
                f"The key lacks the scope {scope}; its scopes are: {', '.join(scopes)}.",
                headers={"WWW-Authenticate": challenge},
            )
        uses: keys.KeyUses = request.app.state.key_uses
        if uses.note(key, datetime.now(UTC)):
            # Not awaited: no request waits for the note of its time.
            writes: set[asyncio.Future[None]] = request.app.state.key_writes
            write = asyncio.get_running_loop().run_in_executor(None, uses.write, database)
            writes.add(write)
            write.add_done_callback(writes.discard)
        audit.act_as(Actor(key.name, "http", correlation_id.get()))
        return key.name

    return check


def _owner(database: Database, text: str) -> ApiKey | None:
    with database.read() as session:
        return keys.owner(session, text, datetime.now(UTC))


ReaderDep = Annotated[str, Depends(_require("read"))]
"""The name of a key with the scope `read`."""
IngestorDep = Annotated[str, Depends(_require("ingest"))]
CuratorDep = Annotated[str, Depends(_require("entities"))]
ReviewerDep = Annotated[str, Depends(_require("entities", "read"))]
SubscriberDep = Annotated[str, Depends(_require("webhooks"))]
AdminDep = Annotated[str, Depends(_require("admin"))]
