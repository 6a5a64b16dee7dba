"""Connections that send a read again when the service is too busy, after the time it asks for."""

import asyncio
import time
from typing import Any

import httpx

MAX_TRIES = 4
MAX_WAIT_SECONDS = 30.0
"""A longer wait is the caller's to decide."""
_BUSY = (429, 503)


def wait_seconds(request: httpx.Request, response: httpx.Response) -> float | None:
    """Return the seconds until a read may be sent again, None for any other response."""
    stated = response.headers.get("retry-after", "")
    if request.method not in ("GET", "HEAD") or response.status_code not in _BUSY:
        return None
    seconds = float(stated) if stated.isdecimal() else MAX_WAIT_SECONDS + 1
    return seconds if seconds <= MAX_WAIT_SECONDS else None


class PatientClient(httpx.Client):
    """A client that blocks while it waits."""

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send a request, a read up to `MAX_TRIES` times."""
        for _ in range(MAX_TRIES - 1):
            response = super().send(request, **options)
            seconds = wait_seconds(request, response)
            if seconds is None:
                return response
            response.close()
            time.sleep(seconds)
        return super().send(request, **options)


class PatientAsyncClient(httpx.AsyncClient):
    """A client for an event loop."""

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send a request, a read up to `MAX_TRIES` times."""
        for _ in range(MAX_TRIES - 1):
            response = await super().send(request, **options)
            seconds = wait_seconds(request, response)
            if seconds is None:
                return response
            await response.aclose()
            await asyncio.sleep(seconds)
        return await super().send(request, **options)
