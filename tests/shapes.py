"""What is shown of items and briefings, read back from its JSON."""

from typing import Any

from sqlmodel import Session

from app.query import briefings as briefings_
from app.query.schemas.briefings import BriefingOut, BriefingSummary
from app.query.schemas.items import ItemOut
from app.query.schemas.search import Hit


def items(found: Any) -> list[ItemOut]:
    """The items of a page."""
    return [ItemOut.model_validate_json(body) for body in found.entries]


def briefings(found: Any) -> list[BriefingSummary]:
    """The briefings of a page."""
    return [BriefingSummary.model_validate_json(body) for body in found.entries]


def hits(found: Any) -> list[Hit]:
    """The hits of a page."""
    return [Hit.model_validate_json(body) for body in found.entries]


def whole(session: Session, briefing_id: str) -> BriefingOut:
    """A briefing, whole."""
    return BriefingOut.model_validate_json(
        briefings_.whole(session, briefings_.get(session, briefing_id), None)
    )
