"""The shapes of entities that are named together."""

from typing import Annotated

from pydantic import Field

from app.query.schemas.lists import Page
from app.query.schemas.shared import EntityRef, Out


class StatisticOut(Out):
    """What is counted, by which formula, and where that is from."""

    name: str
    formula: str
    source: str
    also: str


class RelatedOut(EntityRef):
    """An entity that items name together with another."""

    count: Annotated[int, Field(description="Items that name both.")]
    items: Annotated[int, Field(description="Items that name this one.")]
    expected: Annotated[float, Field(description="Items that would name both by chance.")]
    g2: Annotated[float, Field(description="How far that is beyond chance: see `statistic`.")]
    npmi: float
    links: dict[str, str]


class Related(Page[RelatedOut]):
    """Those an entity is named together with. `items` were looked at, `own` of them name it."""

    entity: EntityRef
    family: bool
    members: list[EntityRef]
    items: int
    own: int
    statistic: StatisticOut
