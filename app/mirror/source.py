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
from app.mirror.pages import PAGE_CHANGES, check_page, check_versions
from app.parse.briefing import MAX_BYTES
from app.query.time.changes import digest

TIMEOUT_SECONDS = 60.0
MAX_PAGE_BYTES = 64 * 1024 * 1024
MAX_LINE_BYTES = 16 * 1024 * 1024
"""Maximum bytes of a line of an export."""
MAX_DETAIL_BYTES = 64 * 1024
OBJECTS = "document|judgement|briefing"
"""Kinds of changes that a mirror needs: all others follow from them."""
_ABSENT = (404, 410)
_HTTP_GONE = 410


class _SameOrigin(urllib.request.HTTPRedirectHandler):
    """Follows redirects within the source, and to its https address."""

    def redirect_request(
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Any:
        """Return the next request. Raises Conflict for one to another origin."""
        former, new = urlsplit(req.full_url), urlsplit(newurl)
        is_same = (new.scheme, new.netloc) == (former.scheme, former.netloc)
        is_secured = (former.scheme, new.scheme) == ("http", "https")
        if not is_same and not (is_secured and new.hostname == former.hostname):
            raise Conflict(
                f"{req.full_url[:200]} leads to another address, {newurl[:200]}; follow that one "
                "if it is the same Briefbase."
            )
        return super().redirect_request(
            req,
            fp,
            code,
            msg,
            headers,
            newurl,
        )


_OPENER = urllib.request.build_opener(_SameOrigin)


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
        return check_page(_json(self._get(path, wait)), self.url)

    def document(self, sha256: str) -> bytes | None:
        """Return the bytes of a document; None if it was deleted meanwhile. Raises Conflict."""
        body = self._get_present(f"/v1/documents/{quote(sha256, safe='')}", MAX_BYTES)
        if body is not None and hashlib.sha256(body).hexdigest() != sha256:
            raise Conflict(f"The document {sha256} arrived with other bytes.")
        return body

    def versions(self, briefing_id: str) -> list[dict[str, Any]]:
        """Return the versions of a briefing's document, the oldest first."""
        path = f"/v1/briefings/{quote(briefing_id, safe=':')}/versions"
        body = self._get_present(path, MAX_PAGE_BYTES)
        if body is None:
            return []
        entries: list[dict[str, Any]] = check_versions(_json(body), self.url)["data"]
        return entries[::-1]

    def export(self, name: str) -> Iterator[bytes]:
        """Yield the lines of an export."""
        path = f"/v1/exports/{name}.ndjson"
        with self._open(path, 0) as answer:
            while line := answer.readline(MAX_LINE_BYTES + 1):
                self._check_size(line, MAX_LINE_BYTES, path)
                yield line

    def _get_present(self, path: str, max_bytes: int) -> bytes | None:
        try:
            return self._get(path, max_bytes=max_bytes)
        except Gone:
            return None

    def _get(self, path: str, wait: int = 0, max_bytes: int = MAX_PAGE_BYTES) -> bytes:
        with self._open(path, wait) as answer:
            body: bytes = answer.read(max_bytes + 1)
        self._check_size(body, max_bytes, path)
        return body

    def _check_size(self, body: bytes, max_bytes: int, path: str) -> None:
        if len(body) > max_bytes:
            raise Conflict(f"{self.url}{path} is too large; expected at most {max_bytes} bytes.")

    def _open(self, path: str, wait: int) -> Any:
        request = urllib.request.Request(self.url + path, headers={"User-Agent": "Briefbase"})
        try:
            return _OPENER.open(request, timeout=TIMEOUT_SECONDS + wait)
        except urllib.error.HTTPError as error:
            with error:
                detail = _detail(error.read(MAX_DETAIL_BYTES))
            if error.code in _ABSENT:
                raise Gone(detail) from None
            failure: type[AppError] = Unavailable if error.code >= 500 else Conflict
            raise failure(f"{self.url} answered {error.code}: {detail}") from None
        except (OSError, HTTPException, ValueError) as error:
            raise Unavailable(f"{self.url} cannot be read: {error}.") from None


def _json(body: bytes) -> Any:
    """Return a body as JSON, None for anything else."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _detail(body: bytes) -> str:
    try:
        return str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return "no problem document"
