"""How much is made of an entity: the weights, all of them, in one place; every answer that holds a salience holds them, too."""

from collections.abc import Iterable

from app.query.schemas.timelines import SalienceOut

KINDS = {"title": 1.0, "listed": 0.8, "body": 0.5, "insight": 0.6, "watchlist": 0.4, "keyword": 0.4, "tag": 0.3}
SECTIONS = {
    "headlines": 1.5,
    "research": 1.0,
    "tools": 1.0,
    "industry": 1.0,
    "trends": 1.0,
    "market": 1.0,
    "editorial": 0.8,
    "resources": 0.6,
    "other": 0.8,
}
LEVELS = {"high": 1.5, "medium_high": 1.25, "medium": 1.0, "medium_low": 0.75, "low": 0.5, "none": 0.8}
HEADLINE = 0.5
"""What the first headline has over one far down: the nth weighs 1 + HEADLINE / n."""


def of_item(kinds: Iterable[str], section: str, position: int, level: str | None) -> float:
    """What one item that names the entity adds: its strongest kind of mention counts, however often it names it."""
    place = 1 + HEADLINE / position if section == "headlines" else 1.0
    return max(KINDS[kind] for kind in kinds) * SECTIONS[section] * LEVELS[level or "none"] * place


def of_briefing(kinds: Iterable[str]) -> float:
    """What the parts of a briefing outside of its items add, each kind once."""
    return sum(KINDS[kind] for kind in sorted(set(kinds)))


WEIGHTS = SalienceOut(
    formula="sum over items: max(kind) * section * importance * place, place = 1 + headline_position / n for the nth headline, else 1; "
    "plus, for each briefing, kind once for each of insight, watchlist, keyword and tag that names it",
    kind=KINDS,
    section=SECTIONS,
    importance=LEVELS,
    headline_position=HEADLINE,
)
