"""Labels, separators and levels of importance that a dialect states beside the vocabulary's."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.parse.inline import Label
from app.parse.kinds import FieldName, Level
from app.parse.lines import Line
from app.parse.vocabulary import field_name, undecorated

StatedField = FieldName | Literal["tags"]
"""Fields that a dialect can give labels; `tags` are kept as text and are tags of the briefing."""

_MAX_LABEL_CHARS = 60


@dataclass(frozen=True, slots=True)
class StatedFields:
    """Words, marks and levels that a dialect states for fields; empty without a dialect."""

    words: Mapping[str, StatedField] = field(default_factory=dict)
    """Fields by their labels without decoration."""
    separators: tuple[str, ...] = ()
    """Marks that end a label beside the colon, as written."""
    separator: re.Pattern[str] | None = None
    """One pattern of all separators."""
    levels: Mapping[str, Level] = field(default_factory=dict)
    """Levels by their labels as written, the longest label first."""

    def name(self, label: str) -> StatedField | None:
        """Return the field that a label names, by the dialect or by the vocabulary."""
        return self.words.get(undecorated(label)) or field_name(label)

    def label(self, line: Line) -> Label | None:
        """Return the label of a field that ends at a separator, the longest one."""
        if self.separator is None:
            return None
        label: Label | None = None
        for match in self.separator.finditer(line.text, 0, _MAX_LABEL_CHARS):
            words = line.cut(0, match.start())
            if words.text and self._names_field(words.text, match.group()):
                rest = line.cut(match.end())
                span = line.cut(0, rest.start - line.start).span
                label = Label(words.text, span, rest, False, True)
        return label

    def _names_field(self, words: str, separator: str) -> bool:
        """Return whether words before a separator are a label.

        Before a mere space only words of the dialect are, for prose begins with others, too.
        """
        if undecorated(words) in self.words:
            return True
        return bool(separator.strip()) and field_name(words) is not None
