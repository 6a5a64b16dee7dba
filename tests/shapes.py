"""Public shapes of items, briefings and hits, read back from their JSON."""

from sqlmodel import Session

from app.query.documents import briefings as query
from app.query.listing.page import Listing
from app.query.schemas.briefings import BriefingOut, BriefingSummary
from app.query.schemas.items import ItemOut
from app.query.schemas.search import Hit


def items(listing: Listing[bytes]) -> list[ItemOut]:
    """Return the items of a page."""
    return [ItemOut.model_validate_json(body) for body in listing.entries]


def briefings(listing: Listing[bytes]) -> list[BriefingSummary]:
    """Return the briefings of a page."""
    return [BriefingSummary.model_validate_json(body) for body in listing.entries]


def hits(listing: Listing[bytes]) -> list[Hit]:
    """Return the hits of a page."""
    return [Hit.model_validate_json(body) for body in listing.entries]


def whole(session: Session, briefing_id: str) -> BriefingOut:
    """Return a briefing with all its content."""
    body = query.whole(session, query.get(session, briefing_id), None)
    return BriefingOut.model_validate_json(body)
