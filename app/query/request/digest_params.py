"""Query string of digests."""

from typing import Literal, get_args

from pydantic import Field

from app.query.request.item_params import ItemFilter
from app.query.request.params import Lang, Whole

DigestFormat = Literal["json", "text", "md", "html", "slack", "telegram", "discord"]
FORMATS: tuple[DigestFormat, ...] = get_args(DigestFormat)
MAX_DAYS = 92
MIN_BUDGET = 200
MAX_BUDGET = 40_000


class DigestQuery(ItemFilter, Lang):
    days: Whole = Field(
        7,
        ge=1,
        le=MAX_DAYS,
        description="Number of days up to `to`, by default up to the newest briefing; "
        "`from` replaces it.",
    )
    budget: Whole = Field(
        1_200,
        ge=MIN_BUDGET,
        le=MAX_BUDGET,
        description="The largest length: bytes of JSON; UTF-16 units after parsing for Telegram "
        "(at most 4,096); UTF-16 units for Slack (at most 3,000); code points for Discord "
        "(at most 2,000), text, Markdown and HTML.",
    )
    format: DigestFormat | None = Field(None, description="Overrides the `Accept` header.")
