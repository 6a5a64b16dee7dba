"""Authorization of writes: a key as Bearer token, with a scope."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from anyio import CapacityLimiter, to_thread
from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.api.wire.deps import DatabaseDep
from app.errors import Forbidden, Unauthorized
from app.settings import Scope
from app.store import keys
from app.store.db import Database

_REALM = 'Bearer realm="briefbase"'
MAX_KEY_CHECKS = 4
"""Keys looked up at once."""
_checks = CapacityLimiter(MAX_KEY_CHECKS)
_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    description="A key made by `briefbase keys create`: `Authorization: Bearer bb_…`.",
)


def _require(scope: Scope) -> Callable[..., Awaitable[str]]:
    """Return a dependency: the name of the request's key, which must have `scope`."""

    async def check(
        database: DatabaseDep,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> str:
        if credentials is None:
            raise Unauthorized(
                "A key is required; send Authorization: Bearer bb_….",
                headers={"WWW-Authenticate": _REALM},
            )
        text = credentials.credentials
        owner = await to_thread.run_sync(_find, database, text, scope, limiter=_checks)
        if owner is None:
            raise Unauthorized(
                "The key is unknown or revoked.",
                headers={"WWW-Authenticate": f'{_REALM}, error="invalid_token"'},
            )
        name, scopes, is_allowed = owner
        if not is_allowed:
            challenge = f'{_REALM}, error="insufficient_scope", scope="{scope}"'
            raise Forbidden(
                f"The key lacks the scope {scope}; its scopes are: {', '.join(scopes)}.",
                headers={"WWW-Authenticate": challenge},
            )
        return name

    return check


def _find(database: Database, text: str, scope: Scope) -> tuple[str, list[str], bool] | None:
    """Return the name and scopes of a live key, and whether it has `scope`."""
    with database.read() as session:
        key = keys.owner(session, text)
        return (key.name, key.scopes, keys.allows(key, scope)) if key else None


CuratorDep = Annotated[str, Depends(_require("entities"))]
"""The name of a key with the scope `entities`."""
