"""Example answer of the changes."""

from pydantic import BaseModel

from app.api.examples.things import AT, BRIEFING, VERSION, links, meta
from app.query.schemas.changes import ChangeOut, ChangePage

_SHA256 = "55a9b9a5d8c3249cb57a3d9ab01753b5c2d400ae8a32e3abdad4afea5ed47db9"
_INSTANCE = VERSION.rpartition("-")[0]
_CHANGE = ChangeOut(
    position=f"{_INSTANCE}-157",
    version=VERSION,
    at=AT,
    action="added",
    object="document",
    object_id=_SHA256,
    briefing=BRIEFING.id,
    old=None,
    new=_SHA256,
    details={
        "briefing": BRIEFING.id,
        "name": "2025-12-23.md",
        "date": "2025-12-23",
        "channel": BRIEFING.channel,
    },
)
EVENTS = f"id: {_CHANGE.position}\nevent: change\ndata: {_CHANGE.model_dump_json()}\n\n"
CHANGES: list[BaseModel] = [
    ChangePage(
        data=[_CHANGE],
        meta=meta(1),
        links=links("/v1/changes"),
        since=f"{_INSTANCE}-156",
        position=f"{_INSTANCE}-157",
        digest="9a3c1f0e5b7d2846a1c09e8f7d6b5a4c3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a8b",
    )
]
