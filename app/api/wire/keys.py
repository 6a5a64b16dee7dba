"""Who may write: a key as Bearer token, and its scope."""

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
    description="A key of `briefbase keys create`: `Authorization: Bearer bb_…`.",
)


def _needs(scope: Scope) -> Callable[..., str]:
    """A dependency: the name of the key a request comes with, which is good for `scope`."""

    def check(
        database: DatabaseDep,
        given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> str:
        if given is None:
            raise Unauthorized(
                "This needs a key: Authorization: Bearer bb_….",
                headers={"WWW-Authenticate": _REALM},
            )
        with database.read() as session:
            key = keys.owner(session, given.credentials)
        if key is None:
            raise Unauthorized(
                "This key is none of ours, or was revoked.",
                headers={"WWW-Authenticate": f'{_REALM}, error="invalid_token"'},
            )
        if not keys.allows(key, scope):
            told = f'{_REALM}, error="insufficient_scope", scope="{scope}"'
            raise Forbidden(
                f"This needs a key with the scope {scope}; this one has {', '.join(key.scopes)}.",
                headers={"WWW-Authenticate": told},
            )
        return key.name

    return check


CuratorDep = Annotated[str, Depends(_needs("entities"))]
"""The name of a key with the scope `entities`."""
