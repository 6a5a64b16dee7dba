"""Shapes of co-occurring entities."""

from pydantic import Field

from app.query.schemas.lists import Page
from app.query.schemas.shared import EntityRef, Links, Out, Rollup


class StatisticOut(Out):
    """Statistic of an answer: formula and origin."""

    name: str = Field(description="Name of the statistic.")
    formula: str = Field(description="Formula of the statistic.")
    source: str = Field(description="Publication that defines the statistic.")
    also: str = Field(description="Definition of the other numbers.")


class RelatedOut(EntityRef):
    """Entity that items mention together with another."""

    count: int = Field(description="Number of items that mention both.")
    items: int = Field(description="Number of items that mention this entity.")
    expected: float = Field(description="Number of items that would mention both by chance.")
    g2: float = Field(description="Strength of the association: see `statistic`.")
    npmi: float = Field(description="Normalised pointwise mutual information, -1 to 1.")
    links: Links


class Related(Page[RelatedOut]):
    """Entities that co-occur with an entity."""

    entity: EntityRef = Field(description="The entity.")
    rollup: Rollup | None = Field(description="Relation that is rolled up; null for none.")
    family: bool = Field(description="Whether members of the family count for the entity.")
    members: list[EntityRef] = Field(description="Mentioned members that are counted.")
    items: int = Field(description="Number of items under the filters.")
    own: int = Field(description="Number of these items that mention the entity.")
    statistic: StatisticOut = Field(description="Statistic that ranks the entities.")
