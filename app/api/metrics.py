"""Measurements for Prometheus."""

from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request, Response
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from app.api.edge.measurements import Measurements
from app.errors import NotFound
from app.query.request.params import NoQuery
from app.settings import Settings

router = APIRouter(tags=["service"])
_NOT_FOR_ALL = (
    "There are no metrics for this address; BRIEFBASE_METRICS decides that. With "
    "BRIEFBASE_PUBLIC_URL, X-Forwarded-For must name the address."
)
_EXAMPLE = "# TYPE briefbase_reads_waiting gauge\nbriefbase_reads_waiting 0.0\n"


@router.get(
    "/metrics",
    summary="Measurements of the process for Prometheus",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}, "example": _EXAMPLE}}},
    },
)
def get_metrics(request: Request, params: Annotated[NoQuery, Query()]) -> Response:
    settings: Settings = request.app.state.settings
    if not _may_read(settings, request):
        raise NotFound(_NOT_FOR_ALL)
    measurements: Measurements = request.app.state.measurements
    headers = {"Cache-Control": "no-store"}
    return Response(measurements.text(), headers=headers, media_type=CONTENT_TYPE_PLAIN_0_0_4)


def _may_read(settings: Settings, request: Request) -> bool:
    if settings.metrics != "local":
        return settings.metrics == "on"
    # Behind a proxy that names no client, every client has the proxy's address.
    if _is_published(settings) and "x-forwarded-for" not in request.headers:
        return False
    # Without an address, the client is a socket of this machine.
    return request.client is None or _is_loopback(request.client.host)


def _is_published(settings: Settings) -> bool:
    """Whether the public address is one of another machine, which a proxy serves."""
    host = urlsplit(settings.public_url or "").hostname
    return host is not None and host != "localhost" and not _is_loopback(host)


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
