"""The Briefbase that is followed, read over HTTP."""

import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from app.errors import AppError, BadRequest, Conflict, Gone, Unavailable
from app.query.time.changes import digest

TIMEOUT_SECONDS = 60.0
PAGE_CHANGES = 1_000
OBJECTS = "document|judgement|briefing"
"""Kinds of changes that a mirror needs: all others follow from them."""
_PAGE = {"since", "data", "position", "digest", "meta"}
"""Keys of a page of changes."""
_ABSENT = (404, 410)
_HTTP_GONE = 410


class MirrorSource:
    """The public API at `url`."""

    def __init__(self, url: str) -> None:
        """Raise BadRequest for what is no address of a service."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadRequest(
                f"url: {url[:80]!r} is not valid; expected the address of a Briefbase, such as "
                "https://kb.example."
            )
        self.url = url.rstrip("/")

    def page(self, since: str | None, wait: int) -> dict[str, Any]:
        """Return a page of changes, proved by its digest and joined to `since`.

        Raises Gone if the source is another database by now, and Conflict for a page that does not
        say what its digest proves.
        """
        query = {"type": OBJECTS, "limit": str(PAGE_CHANGES), "wait": str(wait)}
        if since is not None:
            query["since"] = since
        page = self._page(f"/v1/changes?{urlencode(query)}", wait)
        if digest(page["since"], page["data"], page["position"]) != page["digest"]:
            raise Conflict("A page of changes does not match its digest; nothing of it was taken.")
        is_start = since is None or since.startswith("empty-")
        if not is_start and page["since"] != since:
            raise Conflict(f"A page of changes begins at {page['since']}; expected {since}.")
        return page

    def _page(self, path: str, wait: int) -> dict[str, Any]:
        body = self._get(path, wait)
        try:
            page = json.loads(body)
        except ValueError:
            page = None
        if not isinstance(page, dict) or not page.keys() >= _PAGE:
            raise Conflict(f"{self.url} answers without changes; is it a Briefbase?")
        return page

    def document(self, sha256: str) -> bytes | None:
        """Return the bytes of a document; None if it was deleted meanwhile. Raises Conflict."""
        body = self._get_present(f"/v1/documents/{sha256}")
        if body is not None and hashlib.sha256(body).hexdigest() != sha256:
            raise Conflict(f"The document {sha256} arrived with other bytes.")
        return body

    def versions(self, briefing_id: str) -> list[dict[str, Any]]:
        """Return the versions of a briefing's document, the oldest first."""
        body = self._get_present(f"/v1/briefings/{quote(briefing_id)}/versions")
        entries: list[dict[str, Any]] = json.loads(body)["data"] if body else []
        return entries[::-1]

    def export(self, name: str) -> Iterator[bytes]:
        """Yield the lines of an export."""
        with self._open(f"/v1/exports/{name}.ndjson", 0) as answer:
            yield from answer

    def _get_present(self, path: str) -> bytes | None:
        try:
            return self._get(path)
        except Gone:
            return None

    def _get(self, path: str, wait: int = 0) -> bytes:
        with self._open(path, wait) as answer:
            body: bytes = answer.read()
            return body

    def _open(self, path: str, wait: int) -> Any:
        request = urllib.request.Request(self.url + path, headers={"User-Agent": "Briefbase"})
        try:
            return urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS + wait)
        except urllib.error.HTTPError as error:
            with error:
                detail = _detail(error.read())
            if error.code in _ABSENT:
                raise Gone(detail) from None
            failure: type[AppError] = Unavailable if error.code >= 500 else Conflict
            raise failure(f"{self.url} answered {error.code}: {detail}") from None
        except (OSError, HTTPException, ValueError) as error:
            raise Unavailable(f"{self.url} cannot be read: {error}.") from None


def _detail(body: bytes) -> str:
    try:
        return str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError):
        return "no problem document"
