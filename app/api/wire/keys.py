"""Authorization of writes: a key as Bearer token, with a scope."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.api.wire.deps import DatabaseDep
from app.errors import Forbidden, Unauthorized
from app.settings import Scope
from app.store import keys

_REALM = 'Bearer realm="briefbase"'
_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    description="A key made by `briefbase keys create`: `Authorization: Bearer bb_…`.",
)


def _require(scope: Scope) -> Callable[..., str]:
    """Return a dependency: the name of the request's key, which must have `scope`."""

    def check(
        database: DatabaseDep,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> str:
        if credentials is None:
            raise Unauthorized(
                "A key is required; send Authorization: Bearer bb_….",
                headers={"WWW-Authenticate": _REALM},
            )
        with database.read() as session:
            key = keys.owner(session, credentials.credentials)
        if key is None:
            raise Unauthorized(
                "The key is unknown or revoked.",
                headers={"WWW-Authenticate": f'{_REALM}, error="invalid_token"'},
            )
        if not keys.allows(key, scope):
            challenge = f'{_REALM}, error="insufficient_scope", scope="{scope}"'
            raise Forbidden(
                f"The key lacks the scope {scope}; its scopes are: {', '.join(key.scopes)}.",
                headers={"WWW-Authenticate": challenge},
            )
        return key.name

    return check


CuratorDep = Annotated[str, Depends(_require("entities"))]
"""The name of a key with the scope `entities`."""
