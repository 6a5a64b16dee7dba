"""The path prefix behind a proxy: removed from requests, so that routes and cache ignore it."""

from starlette.types import Scope


def without_prefix(scope: Scope, prefix: str) -> Scope:
    """Return the scope of a request without `prefix` in its path.

    A proxy that strips the prefix sends paths without it; such a scope is returned unchanged.
    """
    path = scope["path"]
    if path == prefix:
        return {**scope, "path": "/", "raw_path": b"/"}
    if not path.startswith(prefix + "/"):
        return scope
    raw_path = scope.get("raw_path")
    encoded = prefix.encode()
    if raw_path and raw_path.startswith(encoded + b"/"):
        raw_path = raw_path[len(encoded) :]
    return {**scope, "path": path[len(prefix) :], "raw_path": raw_path}
