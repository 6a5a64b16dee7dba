"""Shapes of trends and of differences between two briefings."""

from datetime import date

from pydantic import Field

from app.query.schemas.lists import Page
from app.query.schemas.related import StatisticOut
from app.query.schemas.shared import BriefingRef, EntityRef, EntityType, Links, Out, Rollup, TagKind
from app.query.schemas.timelines import SalienceOut


class Stretch(Out):
    """Range of days and its content. Days without a briefing add nothing."""

    from_: date = Field(alias="from", description="First day.")
    to: date = Field(description="Last day.")
    briefings: int = Field(description="Number of briefings.")
    items: int = Field(description="Number of items.")


class TrendOut(EntityRef):
    """Entity that is mentioned more or less often than before."""

    items: int = Field(description="Number of items of the window that mention the entity.")
    baseline: int = Field(description="Number of items of the baseline that mention the entity.")
    expected: float = Field(
        description="Number of items of the window that would mention the entity if its share "
        "were the same in window and baseline."
    )
    residual: float = Field(description="Deviation of `items` from `expected`: see `statistic`.")
    salience: float = Field(description="Salience of the entity in the window.")
    new: bool = Field(description="Whether no briefing before the window mentions the entity.")
    first_seen: date = Field(description="Date of the first mention.")
    members: list[EntityRef] = Field(
        description="Mentioned entities that a roll-up counts as the entity."
    )
    links: Links


class TrendsOut(Page[TrendOut]):
    """Rising and fading entities."""

    window: Stretch = Field(description="The days under study.")
    baseline: Stretch = Field(description="The days before, for comparison.")
    support: int = Field(description="Minimum number of items that mention an entity.")
    rollup: Rollup | None = Field(description="Relation that is rolled up; null for none.")
    family: bool = Field(description="Whether members of a family count for its head.")
    entity_types: list[EntityType] = Field(description="Types of entities that are ranked.")
    statistic: StatisticOut = Field(description="Statistic that ranks the entities.")
    salience: SalienceOut = Field(description="Weights of the salience.")


class Shift(EntityRef):
    """Frequency of an entity in two briefings."""

    before: int = Field(description="Number of items in the earlier briefing.")
    after: int = Field(description="Number of items in the later briefing.")
    residual: float = Field(
        description="Deviation from the expected number, as in trends, of the later briefing."
    )


class EntityDiff(Out):
    """Differences in entities."""

    entered: list[Shift] = Field(description="Mentioned in the later briefing only.")
    left: list[Shift] = Field(description="Mentioned in the earlier briefing only.")
    rose: list[Shift] = Field(description="Mentioned by a larger share of the items.")
    fell: list[Shift] = Field(description="Mentioned by a smaller share of the items.")
    stayed: int = Field(description="Number of entities with an equal share.")


class NamedTag(Out):
    """Tag or keyword of a briefing."""

    slug: str = Field(description="Id of the tag.")
    name: str = Field(description="Usual spelling.")
    kind: TagKind = Field(description="`tag`: from the front matter; `keyword`: of the day.")


class TagDiff(Out):
    """Differences in tags and keywords."""

    entered: list[NamedTag] = Field(description="In the later briefing only.")
    left: list[NamedTag] = Field(description="In the earlier briefing only.")
    stayed: int = Field(description="Number of tags in both.")


class CitedSource(Out):
    """Source that one of the briefings cites."""

    id: str = Field(description="Stable id of the source.")
    label: str | None = Field(description="Text of the link, as written.")
    url: str | None = Field(description="Normalised URL.")
    before: int = Field(description="Number of citations in the earlier briefing.")
    after: int = Field(description="Number of citations in the later briefing.")


class SourceDiff(Out):
    """Differences in sources."""

    entered: list[CitedSource] = Field(description="Cited by the later briefing only.")
    left: list[CitedSource] = Field(description="Cited by the earlier briefing only.")
    rose: list[CitedSource] = Field(description="Cited more often.")
    fell: list[CitedSource] = Field(description="Cited less often.")
    stayed: int = Field(description="Number of sources cited equally often.")


class Side(Out):
    """One of the two briefings."""

    briefing: BriefingRef = Field(description="The briefing.")
    items: int = Field(description="Number of items.")


class DiffOut(Out):
    """Differences between two briefings."""

    from_: Side = Field(alias="from", description="The earlier briefing.")
    to: Side = Field(description="The later briefing.")
    entities: EntityDiff = Field(description="Differences in entities.")
    tags: TagDiff = Field(description="Differences in tags and keywords.")
    sources: SourceDiff = Field(description="Differences in sources.")
    statistic: StatisticOut = Field(description="Statistic of the residuals.")
