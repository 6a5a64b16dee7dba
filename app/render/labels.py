"""Words of pages in the language of the reader: sections, types, levels and headings. Pure."""

from app.normalize.text.folding import simplified

_CHINESE = {
    "headlines": "今日焦點",
    "research": "研究",
    "tools": "工具與應用",
    "industry": "產業",
    "trends": "趨勢",
    "market": "市場",
    "editorial": "編輯觀點",
    "resources": "資源",
    "other": "其他",
    "org": "組織",
    "model": "模型",
    "product": "產品",
    "person": "人物",
    "method": "方法",
    "dataset": "資料集",
    "chip": "晶片",
    "place": "地點",
    "event": "事件",
    "concept": "概念",
    "high": "高",
    "medium_high": "中高",
    "medium": "中",
    "medium_low": "中低",
    "low": "低",
    "importance": "重要性",
    "section": "版塊",
    "type": "類型",
    "entities": "實體",
    "sources": "來源",
    "previous": "前一日",
    "next": "後一日",
    "briefing": "簡報",
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
}
_ENGLISH = {"org": "Organisation", "names": "Names", "previous": "Previous day", "next": "Next day"}


def label(word: str, lang: str | None) -> str:
    """Return the label of a word of a vocabulary; Traditional Chinese unless `lang` differs."""
    if lang == "en":
        return _ENGLISH.get(word) or word.replace("_", " ").capitalize()
    chinese = _CHINESE.get(word, word)
    return simplified(chinese) if lang == "zh-Hans" else chinese
