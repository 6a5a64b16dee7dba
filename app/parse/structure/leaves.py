"""Leaves of the tree: a heading with no section below, or the text directly below one that has."""

from dataclasses import dataclass

from app.parse.markdown import Block
from app.parse.structure.tree import Branch
from app.parse.structure.units import UnitList

UNIT_WEIGHT = 1.5


@dataclass
class Leaf:
    """A heading with no sections below, or the text directly below one that has."""

    branch: Branch
    blocks: list[Block]
    whole: bool
    """Whether the blocks are all there is below the heading."""
    item_score: float = 0.0
    unit_score: float = 0.0
    units: UnitList | None = None
    barred: bool = False
    """Whether the heading says that no news is below, such as 參考資料."""
    digest: bool = False
    """Whether what is below comes again in other sections."""

    @property
    def balance(self) -> float:
        """Evidence for an item (positive) against units (negative)."""
        return self.item_score - UNIT_WEIGHT * self.unit_score
