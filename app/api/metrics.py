"""Measurements for Prometheus."""

from ipaddress import ip_address
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from app.api.edge.measurements import Measurements
from app.errors import NotFound
from app.query.request.params import NoQuery
from app.settings import Settings

router = APIRouter(tags=["service"])
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
        raise NotFound("There are no metrics for this address; BRIEFBASE_METRICS decides that.")
    measurements: Measurements = request.app.state.measurements
    headers = {"Cache-Control": "no-store"}
    return Response(measurements.text(), headers=headers, media_type=CONTENT_TYPE_PLAIN_0_0_4)


def _may_read(settings: Settings, request: Request) -> bool:
    if settings.metrics != "local":
        return settings.metrics == "on"
    # Without an address, the client is a socket of this machine.
    if request.client is None:
        return True
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False
