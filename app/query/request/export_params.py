"""Query strings of exports: the filters of the lists, without pages, order and sparse fields."""

from pydantic import Field

from app.query.request.entity_params import EntityFilter, EntityNames
from app.query.request.item_params import ItemFilter, ThreadFilter
from app.query.request.params import Lang, MentionedAs, Whole, comma_separated
from app.query.request.taxonomy_params import SourceFilter
from app.query.schemas.shared import Interval


class Spreadsheet(Lang):
    spreadsheet: bool = Field(
        False,
        description="`true`: a CSV for LibreOffice and Excel, with a byte order mark and with "
        "texts that would become numbers or days escaped. Texts that begin like a formula are "
        "escaped in every CSV. Other formats ignore it.",
    )


class ItemExport(ItemFilter, Spreadsheet):
    pass


class EntityExport(EntityFilter, Spreadsheet):
    pass


class MentionExport(ItemFilter, Spreadsheet):
    """Mentions. `entity` and `entity_type` select mentions, the other filters their items."""

    mention: MentionedAs = Field(
        [],
        description="Kinds of mention: in a cell of the entity line, a title, the text, ….",
        examples=[["title|listed"]],
    )


class SourceExport(SourceFilter, Spreadsheet):
    pass


class ThreadExport(ThreadFilter, Spreadsheet):
    pass


class PairExport(ItemFilter, Spreadsheet):
    """Pairs of entities in the matching items; `entity_type` selects both entities."""

    count: Whole = Field(
        2,
        ge=1,
        le=10_000,
        description="Minimum number of items that mention both.",
    )


class TimelineExport(ItemFilter, Spreadsheet):
    """Timelines over the matching items; `entities` or `entity_type` select the entities."""

    entities: EntityNames | None = Field(
        None,
        description="Only these entities, at most ten, separated by commas: id, slug or any "
        "spelling. With `rollup` their members count for them.",
        examples=["NVIDIA,OpenAI"],
    )
    interval: Interval = Field(
        "day",
        description="Length of an interval; weeks begin on Monday.",
    )

    def names_of_entities(self) -> list[str]:
        """Return the entities asked for, each once."""
        return list(dict.fromkeys(comma_separated(self.entities)))
