"""Filters and values in words, English and Chinese: what was asked, said back, names resolved."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app.normalize.text.folding import simplified
from app.query.request.filter_syntax import Clause, clauses, day_range, number_range
from app.query.request.params import Days, Family, Paging
from app.query.snapshot.cache import CacheKind, version_cache
from app.query.snapshot.refs import shown_name
from app.store.tables import Entity, Publisher, Source, Tag

# What is asked of each parameter, and what is asked when it is negated; `{}` is the values.
_PHRASES: dict[str, tuple[str, str, str, str]] = {
    "type": ("of type {}", "not of type {}", "類型為{}", "類型非{}"),
    "section": ("of {}", "not of {}", "版塊為{}", "版塊非{}"),
    "importance": ("importance {}", "importance not {}", "重要性{}", "重要性非{}"),
    "kind": ("of kind {}", "not of kind {}", "形式為{}", "形式非{}"),
    "entity": ("naming {}", "not naming {}", "提及{}", "未提及{}"),
    "entity_type": ("of entity type {}", "not of entity type {}", "實體類型為{}", "實體類型非{}"),
    "tag": ("tagged {}", "not tagged {}", "標籤為{}", "無標籤{}"),
    "keyword": ("with keyword {}", "without keyword {}", "關鍵詞為{}", "無關鍵詞{}"),
    "source": ("citing {}", "not citing {}", "引用{}", "未引用{}"),
    "publisher": ("published by {}", "not published by {}", "出處為{}", "出處非{}"),
    "source_status": (
        "with sources that are {}",
        "without sources that are {}",
        "來源狀態為{}",
        "來源狀態非{}",
    ),
    "status": ("of status {}", "not of status {}", "狀態為{}", "狀態非{}"),
    "language": ("in {}", "not in {}", "語言為{}", "語言非{}"),
    "certainty": (
        "with claims marked as {}",
        "without claims marked as {}",
        "確定程度為{}",
        "確定程度非{}",
    ),
    "thread": ("of story {}", "not of story {}", "屬於故事{}", "不屬於故事{}"),
    "has": ("with {}", "without {}", "有{}", "無{}"),
    "mention": ("named in {}", "not named in {}", "出現於{}", "不出現於{}"),
    "channel": ("in channel {}", "not in channel {}", "頻道為{}", "頻道非{}"),
    "mentions": ("mentioned {} times", "not mentioned {} times", "提及次數 {}", "提及次數非 {}"),
    "items": ("with {} items", "not with {} items", "項目數 {}", "項目數非 {}"),
    "briefings": ("on {} briefings", "not on {} briefings", "簡報數 {}", "簡報數非 {}"),
    "citations": ("cited {} times", "not cited {} times", "引用次數 {}", "引用次數非 {}"),
    "first_seen": ("first seen {}", "not first seen {}", "首見於{}", "非首見於{}"),
    "last_seen": ("last seen {}", "not last seen {}", "末見於{}", "非末見於{}"),
}
_NOUNS = {
    "items": ("Items", "項目"), "briefings": ("Briefings", "簡報"), "entities": ("Entities", "實體"), "tags": ("Tags and keywords", "標籤與關鍵詞"),
    "search": ("Everything", "全部"), "threads": ("Stories", "故事"), "watchlist": ("Watch-list entries", "關注清單條目"), "quality": ("Quality of briefings", "簡報品質"), "sources": ("Sources", "來源"), "publishers": ("Publishers", "出處"),
}  # fmt: skip
# Chinese for the values of closed vocabularies; in English they are words already.
_VALUES: dict[str, dict[str, str]] = {
    "section": {
        "headlines": "今日焦點", "research": "研究", "tools": "工具與應用", "industry": "產業", "trends": "趨勢", "market": "市場", "editorial": "編輯觀點",
        "resources": "資源", "other": "其他",
    },
    "importance": {"high": "高", "medium_high": "中高", "medium": "中", "medium_low": "中低", "low": "低", "unknown": "不明", "none": "無"},
    "kind": {"full": "完整", "bullet": "條列", "stub": "簡略", "tag": "標籤", "keyword": "關鍵詞"},
    "entity_type": {
        "org": "組織", "model": "模型", "product": "產品", "person": "人物", "method": "方法", "dataset": "資料集", "chip": "晶片", "place": "地點",
        "event": "事件", "concept": "概念", "other": "其他",
    },
    "status": {"ok": "網址", "arxiv": "arXiv", "inferred": "推得", "placeholder": "佔位", "opaque": "不透明", "suspicious": "可疑"},
    "mention": {"listed": "實體列", "title": "標題", "body": "內文", "keyword": "關鍵詞", "tag": "標籤", "watchlist": "關注清單", "insight": "洞察"},
    "has": {
        "summary": "摘要", "technical": "技術要點", "applications": "應用", "takeaways": "啟示", "importance": "重要性", "reason": "理由", "entities": "實體列",
        "mentions": "提及的實體", "sources": "來源", "publisher": "已知出處", "tags": "標籤", "keywords": "關鍵詞", "parent": "上層標題", "thread": "故事", "extra": "其他欄位",
        "description": "描述", "items": "項目", "insight": "洞察", "watchlist": "關注清單", "readings": "推薦閱讀", "background": "背景註解", "family": "家族",
        "maker": "製造者", "external_ids": "外部識別碼", "url": "網址", "arxiv_id": "arXiv 編號",
    },
    "language": {"zh-Hant": "繁體中文", "zh-Hans": "簡體中文", "en": "英文", "ja": "日文"},
    "certainty": {"guessed": "推測", "undisclosed": "未公開", "claimed": "宣稱", "none": "無"},
    "dimension": {
        "section": "版塊", "importance": "重要性", "kind": "形式", "entity": "實體", "entity_type": "實體類型", "tag": "標籤", "keyword": "關鍵詞",
        "publisher": "出處", "source_status": "來源狀態", "status": "狀態", "channel": "頻道", "day": "日", "week": "週", "month": "月",
        "date": "日期", "title": "標題", "position": "位置", "updated_at": "更新時間", "count": "數量", "key": "鍵", "name": "名稱", "mentions": "提及次數",
        "items": "項目數", "briefings": "簡報數", "citations": "引用次數", "sources": "來源數", "first_seen": "首見", "last_seen": "末見",
        "first_cited": "首次引用", "last_cited": "末次引用", "last": "末見", "first": "首見",
    },
}  # fmt: skip
_VALUES["source_status"] = _VALUES["status"]
_RANGED: dict[str, Callable[[str], tuple[Any, Any]]] = dict.fromkeys(
    ("mentions", "items", "briefings", "citations"), number_range
)
_RANGED |= dict.fromkeys(("first_seen", "last_seen"), day_range)
_LABELS: CacheKind[tuple[int, str | None], str] = CacheKind(max_entries=10_000)
# Phrases that follow a noun without a comma.
_FOLLOWING = (
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
)


def _chinese(lang: str | None) -> bool:
    return bool(lang and lang.startswith("zh"))


def _said(lang: str | None, english: str, chinese: str) -> str:
    if not _chinese(lang):
        return english
    return simplified(chinese) if lang == "zh-Hans" else chinese


def value(parameter: str, given: str, lang: str | None) -> str:
    """A value of a closed vocabulary as a reader says it; any other as it is."""
    return _said(lang, given.replace("_", " "), _VALUES.get(parameter, {}).get(given, given))


def missing(lang: str | None) -> str:
    """What the bucket of things without a value is called."""
    return _said(lang, "none", "無")


def beside(lang: str | None) -> str:
    """What stands between the labels of two dimensions."""
    return _said(lang, ", ", "、")


def week(monday: date) -> str:
    """A week by its ISO 8601 number and its days."""
    year, number, _ = monday.isocalendar()
    last = monday + timedelta(days=6) if monday < date(9999, 12, 26) else date.max
    return f"{year}-W{number:02} ({monday} – {last})"


def describe(
    session: Session,
    noun: str,
    query: Any,
    found: Mapping[tuple[str, str], set[int]],
    sort: str,
    lang: str | None,
    *,
    of: str | None = None,
    how: tuple[str, str] = ("naming ", "提及"),
) -> str:
    """What `query` asks of the list `noun`, in words.

    `found` says what each value of an id-like parameter was found to mean, `sort` the order where none is asked for, `of` the
    entity whose list it is, `how` what its entries have to do with it.
    """
    names = _LabelIndex(session, found, lang)
    phrases = [_said(lang, *how) + of] if of else []
    if sought := getattr(query, "q", None):
        phrases.append(
            _said(lang, f"matching “{sought}”", f"符合「{sought}」")
            + ("" if query.expand else _said(lang, " as typed", "（照字面）"))
        )
    skipped = {*Days.model_fields, *Family.model_fields, *Paging.model_fields} - {"channel"}
    for name, given in query:
        if isinstance(given, list) and given and name not in skipped:
            phrases += [_phrase(name, clause, names, lang) for clause in clauses(given)]
    if getattr(query, "family", False) and (
        of or query.entity or "entity" in getattr(query, "dimensions", tuple)()
    ):
        phrases.append(_said(lang, "families counted in", "含家族成員"))
    phrases += _days(query, lang)
    if grouped := query.dimensions() if hasattr(query, "dimensions") else ():
        phrases.append(
            _said(lang, "grouped by ", "分組依據：")
            + _listed((value("dimension", n, lang) for n in grouped), lang, "and")
        )
        sort = "-count"
    phrases.append(_order(getattr(query, "sort", None) or sort, lang))
    heading = _said(lang, *_NOUNS[noun])
    if _chinese(lang):
        return f"{heading}：{_said(lang, '', '，').join(phrases)}"
    return f"{heading}{' ' if phrases[0].startswith(_FOLLOWING) else ', '}{', '.join(phrases)}"


def _phrase(name: str, clause: Clause, names: "_LabelIndex", lang: str | None) -> str:
    known = _PHRASES.get(
        name, (f"{name} {{}}", f"{name} not {{}}", f"{name} {{}}", f"{name} 非 {{}}")
    )
    said = _said(lang, *known[clause.negated :: 2])
    if name in _RANGED:
        shown = [_range(*_RANGED[name](given), lang) for given in clause.values]
    else:
        shown = [names.of(name, given) for given in clause.values]
    return said.replace("{}", _listed(shown, lang, "or"))


def _range(first: Any, last: Any, lang: str | None) -> str:
    days = isinstance(first or last, date)
    if first == last:
        return f"{'on ' if days and not _chinese(lang) else ''}{first}"
    if last is None:
        return _said(
            lang, f"{first} or {'later' if days else 'more'}", f"{first} 以{'後' if days else '上'}"
        )
    if first is None:
        return _said(
            lang,
            f"{last} or {'earlier' if days else 'fewer'}",
            f"{last} 以{'前' if days else '下'}",
        )
    return _said(lang, f"{first} to {last}", f"{first} 至 {last}")


def _listed(shown: Iterable[str], lang: str | None, word: str) -> str:
    *others, last = shown
    if _chinese(lang):
        return _said(lang, "", "、" if word == "and" else "或").join([*others, last])
    return f"{', '.join(others)} {word} {last}" if others else last


def _days(query: Any, lang: str | None) -> list[str]:
    if query.from_ and query.from_ == query.to:
        return [_said(lang, f"of {query.to}", f"{query.to} 當日")]
    first = [_said(lang, f"from {query.from_}", f"自 {query.from_} 起")] if query.from_ else []
    return first + ([_said(lang, f"until {query.to}", f"至 {query.to} 止")] if query.to else [])


def _order(sort: str, lang: str | None) -> str:
    known = {
        "-date": ("newest first", "由新至舊"),
        "date": ("oldest first", "由舊至新"),
        "-count": ("most first", "由多至少"),
        "relevance": ("best first", "最相符者在前"),
        "-last": ("newest first", "由新至舊"),
    }
    said = []
    for key in (part.strip() for part in sort.split(",")):
        name, falling = key.removeprefix("-"), key.startswith("-")
        english = f"by {name.replace('_', ' ')}{' descending' if falling else ''}"
        chinese = f"依{_VALUES['dimension'].get(name, name)}{'遞減' if falling else '遞增'}"
        said.append(_said(lang, *known.get(key, (english, chinese))))
    return beside(lang).join(said) if _chinese(lang) else " then ".join(said)


def _entity_label(name: str, names: Mapping[str, str], lang: str | None) -> str:
    """Return the name of an entity in `lang`, with its name in another language in brackets."""
    label = shown_name(name, dict(names), lang)
    for code in ("zh-Hant", "en"):
        other = names.get(code, label)
        if other != label and code != lang:
            return f"{label}（{other}）" if _chinese(lang) else f"{label} ({other})"
    return label


class _LabelIndex:
    """What the values of id-like parameters mean, looked up once."""

    def __init__(
        self, session: Session, found: Mapping[tuple[str, str], set[int]], lang: str | None
    ) -> None:
        self._found, self._lang = found, lang
        self._names: dict[str, dict[int, str]] = {}
        for parameter, load in (
            ("entity", self._entities),
            ("tag", self._tags),
            ("publisher", self._publishers),
            ("source", self._sources),
        ):
            alike = ("tag", "keyword") if parameter == "tag" else (parameter,)
            pks = sorted({pk for (name, _), held in found.items() if name in alike for pk in held})[
                :900
            ]
            self._names[parameter] = load(session, pks) if pks else {}

    def of(self, parameter: str, given: str) -> str:
        """`given` by the name of what it was found to mean."""
        if (parameter, given) not in self._found:
            return value(parameter, given, self._lang)
        pks = self._found[parameter, given]
        if not pks:
            return given + _said(self._lang, " (not found)", "（查無）")
        known = self._names.get("tag" if parameter == "keyword" else parameter, {})
        named = sorted({known[pk] for pk in pks if pk in known})
        return " / ".join(named) if len(named) == len(pks) else given

    def _entities(self, session: Session, pks: list[int]) -> dict[int, str]:
        def read(missing: list[tuple[int, str | None]]) -> dict[tuple[int, str | None], str]:
            statement = select(col(Entity.pk), col(Entity.name), col(Entity.names))
            labels = {}
            for pk, name, names in session.execute(
                statement.where(col(Entity.pk).in_([pk for pk, _ in missing]))
            ):
                assert pk
                labels[pk, self._lang] = _entity_label(name, names, self._lang)
            return labels

        keys = [(pk, self._lang) for pk in pks]
        known = version_cache(session, _LABELS).get_or_make_all(keys, read)
        return {pk: label for (pk, _), label in known.items()}

    def _tags(self, session: Session, pks: list[int]) -> dict[int, str]:
        return {
            row[0]: row[1]
            for row in session.execute(
                select(col(Tag.pk), col(Tag.name)).where(col(Tag.pk).in_(pks))
            )
        }

    def _publishers(self, session: Session, pks: list[int]) -> dict[int, str]:
        rows = session.execute(
            select(col(Publisher.pk), col(Publisher.name)).where(col(Publisher.pk).in_(pks))
        )
        return {row[0]: row[1] for row in rows}

    def _sources(self, session: Session, pks: list[int]) -> dict[int, str]:
        rows = session.execute(
            select(col(Source.pk), col(Source.id), col(Source.url), col(Source.arxiv_id)).where(
                col(Source.pk).in_(pks)
            )
        )
        return {
            row.pk: f"arXiv:{row.arxiv_id}" if row.arxiv_id else row.url or row.id for row in rows
        }
