"""Forms of pages: their fields, and the session of a curator in a cookie that no script reads."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from asgi_correlation_id import correlation_id
from fastapi import Depends, Request, Response

from app.api.wire.bodies import receive
from app.errors import Forbidden, InvalidBody
from app.settings import Scope
from app.store import audit, keys
from app.store.audit import Actor
from app.store.db import Database

MAX_FORM_BYTES = 64 * 1024
SESSION_SECONDS = 8 * 60 * 60
COOKIE = "briefbase_desk"
SCOPE: Scope = "entities"
"""The scope that the desk needs."""
_FORM_PURPOSE = b"form of the desk"


async def _fields(request: Request) -> dict[str, str]:
    """Return the fields of a form that this site sent. Raises Forbidden, TooLarge, InvalidBody."""
    refuse_other_sites(request)
    body = await receive(request, MAX_FORM_BYTES)
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    except ValueError:
        raise InvalidBody("The body is not valid; expected a form in UTF-8.") from None


FormDep = Annotated[dict[str, str], Depends(_fields)]


def refuse_other_sites(request: Request) -> None:
    """Raise Forbidden for a form that a page of another site sends."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    is_other = site not in (None, "same-origin", "none")
    if origin and origin != "null" and site is None:
        is_other = urlsplit(origin).netloc != request.headers.get("host")
    if is_other:
        raise Forbidden("The form comes from another site; open the page here and send it again.")


@dataclass(frozen=True, slots=True)
class Curator:
    """A curator who is signed in: the name of the key, and the token of the forms."""

    name: str
    token: str

    def check(self, fields: Mapping[str, str]) -> None:
        """Raise Forbidden unless a form has the token."""
        if not hmac.compare_digest(fields.get("token", "").encode(), self.token.encode()):
            raise Forbidden("The form is out of date; open the page again and send it once more.")


def key_owner(request: Request, text: str, scope: Scope) -> str | None:
    """Return the name of a live key that has a scope, None for any other text.

    The writes that follow are attributed to the key.
    """
    if not text:
        return None
    database: Database = request.app.state.database
    now = datetime.now(UTC)
    with database.read() as session:
        key = keys.owner(session, text, now)
    if key is None or not keys.allows(key, scope):
        return None
    uses: keys.KeyUses = request.app.state.key_uses
    if uses.note(key, now):
        uses.write(database)
    audit.act_as(Actor(key.name, "http", correlation_id.get()))
    return key.name


def curator_of(request: Request, text: str | None) -> Curator | None:
    """Return the curator with a key, None without a live key that has the scope."""
    name = key_owner(request, text or "", SCOPE)
    if name is None:
        return None
    token = hmac.new((text or "").encode(), _FORM_PURPOSE, hashlib.sha256).hexdigest()
    return Curator(name, token)


def signed_in(request: Request) -> Curator | None:
    """Return the curator of the cookie, None without one."""
    return curator_of(request, request.cookies.get(COOKIE))


def _cookie_path(request: Request) -> str:
    return f"{request.app.state.settings.prefix}/desk"


def sign_in(request: Request, response: Response, text: str) -> None:
    """Set the cookie: out of reach of scripts, and never sent for another site."""
    public_url = request.app.state.settings.public_url or str(request.base_url)
    response.set_cookie(
        COOKIE,
        text,
        max_age=SESSION_SECONDS,
        path=_cookie_path(request),
        secure=public_url.startswith("https:"),
        httponly=True,
        samesite="strict",
    )


def sign_out(request: Request, response: Response) -> None:
    """Remove the cookie."""
    response.delete_cookie(COOKIE, path=_cookie_path(request), httponly=True, samesite="strict")
