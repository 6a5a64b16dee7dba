"""Folded spellings of known names, looked up where a name may begin in a text.

A form is grouped under its first three characters, a shorter one under all it has. So a text is
settled at most of its places by one look into a set. What is compiled of a catalogue is read group
by group, when a text has the beginning of a group.
"""

import re
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.normalize.entities.catalogue import Catalogue, CatalogueEntity
from app.normalize.entities.latin_context import starts_a_name
from app.normalize.entities.versions import Versions
from app.normalize.text.folding import fold, is_han

# Two Latin letters occur in too many words and abbreviations to be a name.
_MIN_LATIN_CHARS = 3
_MIN_HAN_CHARS = 2
_MAX_NAME_CHARS = 80
_PREFIX_CHARS = 3
# The common ideographs: most characters are settled by one comparison.
_FIRST_HAN = "\u3400"
_DIGITS = "0123456789"
_CHARS_AFTER_HEAD = f" -{_DIGITS}"
# The catalogue has many versions of Claude and Llama, so a further one needs no context, nor
# does one of a tier: Haiku 8.
_MIN_VERSIONS_WITHOUT_CONTEXT = 8
_TYPE_OF_SPELLINGS = "product"
# メタ is a word by itself, as two Latin letters are not.
_KATAKANA = re.compile(r"[ァ-ー]+")
_GAPS = re.compile(r"[\s\-]+|(?<=[㐀-鿿])(?=[a-z0-9])|(?<=[a-z0-9])(?=[㐀-鿿])")


@dataclass(frozen=True, slots=True)
class KnownName:
    """One spelling of one entity, with the conditions for a match."""

    node: str
    entity_type: str
    written: str
    context: tuple[str, ...] | None
    """Folded words, one of which must occur in the text; None for a name that needs none."""


@dataclass(frozen=True, slots=True)
class NameForm:
    """A folded spelling: its names, and the head it is of a version, if it is."""

    size: int
    names: tuple[KnownName, ...]
    head_size: int
    """Characters of the head; 0 for a form that is no head."""
    head_context: tuple[str, ...]
    """Folded words, one of which must occur in the text; empty for a head that needs none."""


class _NameGroup(NamedTuple):
    """The forms that begin alike, with their lengths in order."""

    sizes: list[int]
    forms: frozenset[str]


class NameForms(ABC):
    """Forms by their first characters."""

    def __init__(self, prefixes: frozenset[str]) -> None:
        """Take the first characters of all forms."""
        self.prefixes = prefixes
        self._groups: dict[str, _NameGroup] = {}

    def in_text(
        self, folded: str, places: Iterable[int] | None = None
    ) -> Iterator[tuple[int, NameForm]]:
        """Yield (start, form) of each form in a folded text where a name may begin.

        `places` are the places to look at, in order; all by default. Forms at one place are in
        order of their lengths.
        """
        prefixes = self.prefixes
        for start in range(len(folded) - 1) if places is None else places:
            prefix = folded[start : start + _PREFIX_CHARS]
            has_short = prefix[:2] in prefixes
            has_long = prefix in prefixes and len(prefix) == _PREFIX_CHARS
            if not has_short and not has_long:
                continue
            if folded[start] < _FIRST_HAN and not starts_a_name(folded, start):
                continue
            if has_short:
                yield start, self._form(prefix[:2])
            if has_long:
                yield from self._forms_at(folded, start, self._group(prefix))

    def _forms_at(
        self, folded: str, start: int, group: _NameGroup
    ) -> Iterator[tuple[int, NameForm]]:
        for size in group.sizes:
            end = start + size
            form = folded[start:end]
            if form in group.forms and end <= len(folded):
                yield start, self._form(form)

    def _group(self, prefix: str) -> _NameGroup:
        group = self._groups.get(prefix)
        if group is None:
            forms = self._forms_of(prefix)
            group = _NameGroup(sorted(set(map(len, forms))), frozenset(forms))
            self._groups[prefix] = group
        return group

    @abstractmethod
    def _forms_of(self, prefix: str) -> Iterable[str]:
        """Return the forms that begin with `prefix`."""

    @abstractmethod
    def _form(self, form: str) -> NameForm:
        """Return what is known of a form."""


class _BuiltForms(NameForms):
    """Forms in memory."""

    def __init__(self, forms: Mapping[str, NameForm]) -> None:
        grouped: defaultdict[str, list[str]] = defaultdict(list)
        for form in forms:
            group = grouped[form[:_PREFIX_CHARS]]
            group.append(form)
        super().__init__(frozenset(grouped))
        self.forms = forms
        self.grouped = dict(grouped)

    def _forms_of(self, prefix: str) -> Iterable[str]:
        return self.grouped[prefix]

    def _form(self, form: str) -> NameForm:
        return self.forms[form]


class _CompiledForms(NameForms):
    """Forms of compiled maps. What is known of a form is read when a text has it."""

    def __init__(self, compiled: Mapping[str, Mapping[str, Any]]) -> None:
        self._forms_by_prefix = compiled[FORM_GROUPS]
        self._rows = compiled[FORM_ROWS]
        self._forms: dict[str, NameForm] = {}
        super().__init__(frozenset(self._forms_by_prefix[_ALL_PREFIXES]))

    def _forms_of(self, prefix: str) -> Iterable[str]:
        forms: list[str] = self._forms_by_prefix[prefix]
        return forms

    def _form(self, form: str) -> NameForm:
        known = self._forms.get(form)
        if known is None:
            head_size, head_context, rows = self._rows[form]
            names = tuple(map(_known_name, rows))
            known = NameForm(len(form), names, head_size, tuple(head_context))
            self._forms[form] = known
        return known


FORM_GROUPS = "form_groups"
"""Compiled map of the forms by their first characters."""
FORM_ROWS = "form_rows"
"""Compiled map of what is known of each form."""
_ALL_PREFIXES = ""
"""Key of the list of all prefixes."""


def compile_forms(catalogue: Catalogue, versions: Versions) -> dict[str, dict[str, Any]]:
    """Return the forms of a catalogue as maps of JSON values."""
    built = forms_of(catalogue, versions, {})
    return {
        FORM_GROUPS: built.grouped | {_ALL_PREFIXES: sorted(built.prefixes)},
        FORM_ROWS: {form: _row(value) for form, value in built.forms.items()},
    }


def _row(form: NameForm) -> list[Any]:
    names: list[list[Any]] = []
    for name in form.names:
        names.append([name.node, name.entity_type, name.written, name.context])
    return [form.head_size, form.head_context, names]


def _known_name(row: Sequence[Any]) -> KnownName:
    node, entity_type, written, context = row
    return KnownName(
        node,
        entity_type,
        written,
        context=None if context is None else tuple(context),
    )


def compiled_forms(compiled: Mapping[str, Mapping[str, Any]]) -> NameForms:
    """Return the forms of maps made by `compile_forms`."""
    return _CompiledForms(compiled)


def forms_of(
    catalogue: Catalogue | None, versions: Versions | None, spellings: Mapping[str, str]
) -> _BuiltForms:
    """Return the forms of the names of a catalogue and of further `spellings` (spelling → node)."""
    names: defaultdict[str, list[KnownName]] = defaultdict(list)
    if catalogue:
        for name in _names_of(catalogue):
            _add(names, name)
    for spelling, node in sorted(spellings.items()):
        name = KnownName(
            node=node,
            entity_type=_TYPE_OF_SPELLINGS,
            written=spelling,
            context=None,
        )
        _add(names, name)

    forms: dict[str, NameForm] = {}
    for form, spelled in names.items():
        forms[form] = NameForm(len(form), tuple(spelled), 0, ())
    if versions:
        for form, head in _head_forms(names, versions):
            known = tuple(names.get(form, ()))
            context = _head_context(names, versions, head)
            forms[form] = NameForm(len(form), known, len(head), context)
    return _BuiltForms(forms)


def _names_of(catalogue: Catalogue) -> Iterator[KnownName]:
    for slug, entity in catalogue.entities.items():
        contexts = _contexts(entity)
        for spelling in entity.spellings:
            yield KnownName(
                node=f"c:{slug}",
                entity_type=entity.type,
                written=spelling,
                context=contexts.get(fold(spelling)),
            )


def _add(names: defaultdict[str, list[KnownName]], name: KnownName) -> None:
    written = name.written
    if len(written) > _MAX_NAME_CHARS:
        return
    if not _is_long_enough(written):
        return

    for form in written_forms(fold(written)):
        if len(form) < _MIN_HAN_CHARS:
            continue
        spelled = names[form]
        spelled.append(name)


def _head_forms(
    names: Mapping[str, Sequence[KnownName]], versions: Versions
) -> Iterator[tuple[str, str]]:
    """Yield (form, head) of the heads that take versions.

    A head that is no name is searched for with the character before its version: alone, `to` of
    TO-2 would be a candidate at every "to".
    """
    for head in versions.heads():
        for spelled in {head, head.replace(" ", "-")}:
            if spelled in names:
                yield spelled, spelled
                continue
            # A letter takes its number at once: o9 is a version, "o 9" is none.
            for char in _CHARS_AFTER_HEAD if len(spelled) > 1 else _DIGITS:
                yield spelled + char, spelled


def _head_context(
    names: Mapping[str, Sequence[KnownName]], versions: Versions, head: str
) -> tuple[str, ...]:
    """Return the context words of a head; none if many versions of it are known."""
    if versions.count_with_tiers(head.replace("-", " ")) >= _MIN_VERSIONS_WITHOUT_CONTEXT:
        return ()

    context: list[str] = []
    for known in names.get(head, ()):
        context.extend(known.context or ())
    return tuple(context)


def _is_long_enough(name: str) -> bool:
    if any(map(is_han, name)) or _KATAKANA.fullmatch(name):
        return len(name) >= _MIN_HAN_CHARS

    letter_count = sum(map(str.isalnum, name))
    return letter_count >= _MIN_LATIN_CHARS


def _contexts(entity: CatalogueEntity) -> dict[str, tuple[str, ...]]:
    """Return folded name → folded context words, for the names that need a context."""
    contexts: dict[str, tuple[str, ...]] = {}
    if not entity.homonym:
        return contexts

    for name, words in entity.homonym.items():
        key = fold(name)
        contexts[key] = tuple(map(fold, words))

    return contexts


def written_forms(folded: str) -> set[str]:
    """Return a folded name as written, closed, with spaces and with hyphens."""
    folded = " ".join(folded.split())
    forms = {folded}
    pieces = _GAPS.split(folded)
    if len(pieces) > 1:
        for joint in ("", " ", "-"):
            forms.add(joint.join(pieces))

    return forms
