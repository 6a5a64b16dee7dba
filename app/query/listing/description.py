"""Descriptions of lists in English and Chinese: filters, order and grouping, with names for ids."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app.normalize.text.mainland import mainland
from app.query.listing.phrases import CHINESE_VALUES, LIST_NAMES, ROLLUP_PHRASES
from app.query.request.filter_syntax import Clause, clauses
from app.query.request.params import (
    Days,
    Grouping,
    Paging,
    Phrases,
    RolledUp,
    phrases_of,
    ranges_of,
)
from app.query.snapshot.cache import CacheKind, version_cache
from app.query.snapshot.channel_titles import names_of
from app.query.snapshot.refs import shown_name
from app.store.encoding.batches import MAX_VALUES
from app.store.tables import Channel, Entity, Publisher, Source, Tag

Pks = Mapping[tuple[str, str], set[int]]
"""Primary keys of the values of id parameters, by (parameter, value)."""

_LABELS: CacheKind[tuple[int, str | None], str] = CacheKind(max_entries=10_000)
_ORDERS = {
    "-date": ("newest first", "由新至舊"),
    "date": ("oldest first", "由舊至新"),
    "-count": ("most first", "由多至少"),
    "relevance": ("best first", "最相符者在前"),
    "-last": ("newest first", "由新至舊"),
}
# Phrases that follow the name of a list without a comma.
_WITHOUT_COMMA = (
    "matching ",
    "of ",
    "not ",
    "naming ",
    "with",
    "tagged ",
    "citing ",
    "in ",
    "from ",
    "published ",
    "on ",
    "mentioned ",
    "cited ",
    "named ",
    "co-occurring ",
)
# Parameters with phrases of their own, or with none.
_NOT_CLAUSES = {*Days.model_fields, *RolledUp.model_fields, *Paging.model_fields} - {"channel"}
# Later weeks end after `date.max`.
_LAST_WEEK = date(9999, 12, 26)


def _is_chinese(lang: str | None) -> bool:
    return bool(lang and lang.startswith("zh"))


def _in(lang: str | None, english: str, chinese: str, *values: Any) -> str:
    """Return a text of ours in a language, `values` filled in; `chinese` is Traditional.

    Values come from readers and documents: their words are never converted.
    """
    text = english
    if _is_chinese(lang):
        text = mainland(chinese) if lang == "zh-Hans" else chinese
    return text.format(*values) if values else text


def value(parameter: str, text: str, lang: str | None) -> str:
    """Return a value of a closed vocabulary in words; any other value unchanged."""
    english = text.replace("_", " ")
    chinese = CHINESE_VALUES.get(parameter, {}).get(text)
    if chinese is None:
        return text if _is_chinese(lang) else english
    return _in(lang, english, chinese)


def missing(lang: str | None) -> str:
    """Return the label of the bucket of rows without a value."""
    return _in(lang, "none", "無")


def separator(lang: str | None) -> str:
    """Return the text between the labels of two dimensions."""
    return _in(lang, ", ", "、")


def week(monday: date) -> str:
    """Return a week by its ISO 8601 number and its days."""
    year, number, _ = monday.isocalendar()
    last = monday + timedelta(days=6) if monday < _LAST_WEEK else date.max
    return f"{year}-W{number:02} ({monday} – {last})"


def describe(
    session: Session,
    list_name: str,
    query: Days,
    pks: Pks,
    default_sort: str,
    lang: str | None,
    *,
    of: str | None = None,
    relation: tuple[str, str] = ("naming ", "提及"),
) -> str:
    """Return a description of the list that `query` asks for.

    `pks` resolves the values of id parameters. `of` is the name of the entity that the list
    belongs to, `relation` the English and Chinese phrase that ties the entries to the entity.
    """
    parameters = vars(query)
    dimensions = _dimensions(query)
    labels = _LabelIndex(session, pks, lang)
    phrases = []
    if of:
        phrases.append(_in(lang, *relation) + of)
    if parameters.get("q"):
        phrases.append(_search(parameters["q"], parameters["expand"], lang))
    for name, values in parameters.items():
        if values and isinstance(values, list) and name not in _NOT_CLAUSES:
            for clause in clauses(values):
                phrases.append(_phrase(query, name, clause, labels, lang))
    has_entity = of or parameters.get("entity") or "entity" in dimensions
    rollup = getattr(query, "relation", None)
    if rollup and has_entity:
        phrases.append(_in(lang, *ROLLUP_PHRASES[rollup]))
    phrases += _days(query, lang)
    if dimensions:
        phrases.append(_grouped(dimensions, lang))
        default_sort = "-count"
    phrases.append(_order(parameters.get("sort") or default_sort, lang))
    return _sentence(_in(lang, *LIST_NAMES[list_name]), phrases, lang)


def _dimensions(query: object) -> tuple[str, ...]:
    return query.dimensions() if isinstance(query, Grouping) else ()


def _sentence(list_name: str, phrases: list[str], lang: str | None) -> str:
    if _is_chinese(lang):
        return f"{list_name}：{'，'.join(phrases)}"
    start = " " if phrases[0].startswith(_WITHOUT_COMMA) else ", "
    return f"{list_name}{start}{', '.join(phrases)}"


def _search(text: str, expand: bool, lang: str | None) -> str:
    phrase = _in(lang, "matching “{}”", "符合「{}」", text)
    if expand:
        return phrase
    return phrase + _in(lang, " as typed", "（照字面）")


def _grouped(dimensions: Iterable[str], lang: str | None) -> str:
    names = [value("dimension", name, lang) for name in dimensions]
    return _in(lang, "grouped by ", "分組依據：") + _enumeration(names, lang, "and")


def _phrase(query: Days, name: str, clause: Clause, labels: "_LabelIndex", lang: str | None) -> str:
    unknown = Phrases(f"{name} {{}}", f"{name} not {{}}", f"{name} {{}}", f"{name} 非 {{}}")
    phrases = phrases_of(type(query)).get(name, unknown)
    phrase = _in(lang, phrases.english, phrases.chinese)
    if clause.negated:
        phrase = _in(lang, phrases.not_english, phrases.not_chinese)
    ranges = ranges_of(type(query)).get(name)
    texts = []
    for text in clause.values:
        if ranges:
            texts.append(_range(*ranges.read(text), lang))
        else:
            texts.append(labels.label(name, text))
    return phrase.replace("{}", _enumeration(texts, lang, "or"))


def _range(first: Any, last: Any, lang: str | None) -> str:
    is_days = isinstance(first or last, date)
    if first == last:
        return f"on {first}" if is_days and not _is_chinese(lang) else f"{first}"
    if last is None:
        more, more_chinese = ("later", "後") if is_days else ("more", "上")
        return _in(
            lang,
            f"{{}} or {more}",
            f"{{}} 以{more_chinese}",
            first,
        )
    if first is None:
        fewer, fewer_chinese = ("earlier", "前") if is_days else ("fewer", "下")
        return _in(
            lang,
            f"{{}} or {fewer}",
            f"{{}} 以{fewer_chinese}",
            last,
        )
    return _in(
        lang,
        "{} to {}",
        "{} 至 {}",
        first,
        last,
    )


def _enumeration(texts: list[str], lang: str | None, conjunction: str) -> str:
    if _is_chinese(lang):
        return ("、" if conjunction == "and" else "或").join(texts)
    *others, last = texts
    if not others:
        return last
    return f"{', '.join(others)} {conjunction} {last}"


def _days(query: Days, lang: str | None) -> list[str]:
    first, last = query.from_, query.to
    if first and first == last:
        return [_in(lang, "of {}", "{} 當日", last)]
    phrases = []
    if first:
        phrases.append(
            _in(lang, "from {}", "自 {} 起", first),
        )
    if last:
        phrases.append(
            _in(lang, "until {}", "至 {} 止", last),
        )
    return phrases


def _order(sort: str, lang: str | None) -> str:
    phrases = [
        _sort_key(
            key.strip(),
            lang,
        )
        for key in sort.split(",")
    ]
    if _is_chinese(lang):
        return separator(lang).join(phrases)
    return " then ".join(phrases)


def _sort_key(key: str, lang: str | None) -> str:
    if key in _ORDERS:
        return _in(lang, *_ORDERS[key])
    name = value("dimension", key.removeprefix("-"), lang)
    if key.startswith("-"):
        return _in(lang, "by {} descending", "依{}遞減", name)
    return _in(lang, "by {}", "依{}遞增", name)


class _LabelIndex:
    """Names of the rows that the values of id parameters mean, each table read once."""

    def __init__(self, session: Session, pks: Pks, lang: str | None) -> None:
        self._pks = pks
        self._lang = lang
        self._names = {
            "entity": self._load(session, ("entity",), self._entities),
            "tag": self._load(session, ("tag", "keyword"), _tag_names),
            "publisher": self._load(session, ("publisher",), _publisher_names),
            "source": self._load(session, ("source",), _source_names),
            "channel": self._load(session, ("channel",), _channel_names),
        }

    def _load(
        self,
        session: Session,
        parameters: tuple[str, ...],
        read: Callable[[Session, list[int]], dict[int, str]],
    ) -> dict[int, str]:
        pks: set[int] = set()
        for (parameter, _), value_pks in self._pks.items():
            if parameter in parameters:
                pks |= value_pks
        # One statement: a description with more names is of no use to a reader.
        return read(session, sorted(pks)[:MAX_VALUES]) if pks else {}

    def label(self, parameter: str, text: str) -> str:
        """Return the names of the rows that a value means, or the value if a name is missing."""
        if (parameter, text) not in self._pks:
            return value(parameter, text, self._lang)
        pks = self._pks[parameter, text]
        if not pks:
            return text + _in(self._lang, " (not found)", "（查無）")
        names_by_pk = self._names.get("tag" if parameter == "keyword" else parameter, {})
        names = sorted(
            {names_by_pk[pk] for pk in pks if pk in names_by_pk},
        )
        return " / ".join(names) if len(names) == len(pks) else text

    def _entities(self, session: Session, pks: list[int]) -> dict[int, str]:
        lang = self._lang

        def read(keys: list[tuple[int, str | None]]) -> dict[tuple[int, str | None], str]:
            unknown_pks = [pk for pk, _ in keys]
            columns = (col(Entity.pk), col(Entity.name), col(Entity.names))
            rows = session.execute(select(*columns).where(col(Entity.pk).in_(unknown_pks)))
            labels = {}
            for pk, name, names in rows:
                labels[pk or 0, lang] = _two_names(name, names, lang)
            return labels

        keys = [(pk, lang) for pk in pks]
        labels = version_cache(session, _LABELS).get_or_make_all(keys, read)
        return {pk: label for (pk, _), label in labels.items()}


def _two_names(name: str, names: dict[str, str], lang: str | None) -> str:
    """Return the name in a language, followed by the Chinese or English name if it differs."""
    name = shown_name(name, names, lang)
    for code in ("zh-Hant", "en"):
        other = names.get(code, name)
        if code != lang and other and other != name:
            return f"{name}（{other}）" if _is_chinese(lang) else f"{name} ({other})"
    return name


def _tag_names(session: Session, pks: list[int]) -> dict[int, str]:
    tag_pk = col(Tag.pk)
    rows = session.execute(
        select(tag_pk, col(Tag.name)).where(
            tag_pk.in_(pks),
        ),
    )
    return {pk: name for pk, name in rows if pk}


def _publisher_names(session: Session, pks: list[int]) -> dict[int, str]:
    publisher_pk = col(Publisher.pk)
    rows = session.execute(
        select(publisher_pk, col(Publisher.name)).where(
            publisher_pk.in_(pks),
        ),
    )
    return {pk: name for pk, name in rows if pk}


def _channel_names(session: Session, pks: list[int]) -> dict[int, str]:
    channel_pk = col(Channel.pk)
    rows = session.execute(select(channel_pk, col(Channel.id)).where(channel_pk.in_(pks))).all()
    names = names_of(session, [channel_id for _, channel_id in rows])
    return {pk: names[channel_id] for pk, channel_id in rows if pk}


def _source_names(session: Session, pks: list[int]) -> dict[int, str]:
    columns = (
        col(Source.pk),
        col(Source.id),
        col(Source.url),
        col(Source.arxiv_id),
    )
    names = {}
    rows = session.execute(
        select(*columns).where(
            col(Source.pk).in_(pks),
        ),
    )
    for pk, source_id, url, arxiv_id in rows:
        names[pk or 0] = f"arXiv:{arxiv_id}" if arxiv_id else url or source_id
    return names
