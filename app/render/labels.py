"""Words of pages in the language of the reader: sections, types, levels and headings. Pure."""

from functools import cache

from app.normalize.text.mainland import mainland
from app.query.listing.phrases import CHINESE_VALUES

_CHINESE = {
    "importance": "重要性",
    "type": "類型",
    "entities": "實體",
    "sources": "來源",
    "previous": "前一日",
    "next": "後一日",
    "maker": "製造者",
    "family": "家族",
    "names": "名稱",
    "items": "項目",
    "mentions": "提及次數",
    "first_seen": "首見",
    "last_seen": "末見",
    "related": "相關實體",
    "latest_items": "最新項目",
    "days": "其他日期",
    "technical": "技術細節",
    "applications": "應用場景",
    "takeaways": "重點啟示",
    "watch_added": "新增觀察",
    "watch_answered": "觀察有後續",
    "headlines_feed": "今日焦點",
    "items_feed": "所有項目",
    "briefings_feed": "每日簡報",
    "watchlist_feed": "觀察清單",
}
for _vocabulary in ("section", "importance", "entity_type", "status"):
    _CHINESE |= CHINESE_VALUES[_vocabulary]
_ENGLISH = {
    "org": "Organisation",
    "previous": "Previous day",
    "next": "Next day",
    "technical": "Technical details",
    "watch_added": "Watch",
    "watch_answered": "Answered",
    "headlines_feed": "Headlines",
    "items_feed": "All items",
    "briefings_feed": "Briefings",
    "watchlist_feed": "Watch list",
}


@cache
def label(word: str, lang: str | None) -> str:
    """Return the label of a word of a vocabulary; Traditional Chinese unless `lang` differs."""
    if lang == "en":
        words = word.replace("_", " ")
        return _ENGLISH.get(word) or words.capitalize()
    chinese = _CHINESE.get(word, word)
    if lang == "zh-Hans":
        return mainland(chinese)
    return chinese
