"""Phrases of filters, names of lists and Chinese words of closed vocabularies.

A test checks that every filter of a list has its phrase here, and every filter of numbers or days
its reader.
"""

from collections.abc import Callable
from typing import Any

from app.query.request.filter_syntax import day_range, number_range

FILTER_PHRASES: dict[str, tuple[str, str, str, str]] = {
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
    "updated_since": ("changed since {}", "not changed since {}", "{}以來有變動", "{}以來無變動"),
    "first_seen": ("first seen {}", "not first seen {}", "首見於{}", "非首見於{}"),
    "last_seen": ("last seen {}", "not last seen {}", "末見於{}", "非末見於{}"),
}
"""English phrase, English negated, Chinese, Chinese negated; `{}` stands for the values."""
RANGES: dict[str, Callable[[str], tuple[Any, Any]]] = {
    "mentions": number_range,
    "items": number_range,
    "briefings": number_range,
    "citations": number_range,
    "first_seen": day_range,
    "last_seen": day_range,
}
"""Readers of the filters whose values are ranges, by parameter."""
ROLLUP_PHRASES = {
    "family": ("families counted in", "含家族成員"),
    "maker": ("what they make counted in", "含其產品"),
    "all": ("families and what they make counted in", "含家族成員與其產品"),
}
"""English and Chinese phrases of roll-ups."""
LIST_NAMES = {
    "items": ("Items", "項目"),
    "briefings": ("Briefings", "簡報"),
    "entities": ("Entities", "實體"),
    "tags": ("Tags and keywords", "標籤與關鍵詞"),
    "search": ("Everything", "全部"),
    "threads": ("Stories", "故事"),
    "watchlist": ("Watch-list entries", "關注清單條目"),
    "quality": ("Quality of briefings", "簡報品質"),
    "sources": ("Sources", "來源"),
    "publishers": ("Publishers", "出處"),
}
"""English and Chinese names of lists."""
CHINESE_VALUES: dict[str, dict[str, str]] = {
    "type": {"items": "項目", "entities": "實體", "sources": "來源", "briefings": "簡報"},
    "section": {
        "headlines": "今日焦點", "research": "研究", "tools": "工具與應用", "industry": "產業", "trends": "趨勢",
        "market": "市場", "editorial": "編輯觀點", "resources": "資源", "other": "其他",
    },
    "importance": {
        "high": "高", "medium_high": "中高", "medium": "中", "medium_low": "中低", "low": "低",
        "unknown": "不明", "none": "無",
    },
    "kind": {
        "full": "完整", "bullet": "條列", "stub": "簡略", "tag": "標籤", "keyword": "關鍵詞",
    },
    "entity_type": {
        "org": "組織", "model": "模型", "product": "產品", "person": "人物", "method": "方法",
        "dataset": "資料集", "chip": "晶片", "place": "地點", "event": "事件", "concept": "概念",
        "other": "其他",
    },
    "status": {
        "ok": "網址", "arxiv": "arXiv", "inferred": "推得", "placeholder": "佔位", "opaque": "不透明",
        "suspicious": "可疑",
    },
    "mention": {
        "listed": "實體列", "title": "標題", "body": "內文", "keyword": "關鍵詞", "tag": "標籤",
        "watchlist": "關注清單", "insight": "洞察", "context": "上下文",
    },
    "has": {
        "summary": "摘要", "technical": "技術要點", "applications": "應用", "takeaways": "啟示",
        "importance": "重要性", "reason": "理由", "entities": "實體列", "mentions": "提及的實體",
        "sources": "來源", "publisher": "已知出處", "tags": "標籤", "keywords": "關鍵詞", "parent": "上層標題",
        "thread": "故事", "extra": "其他欄位", "description": "描述", "items": "項目", "insight": "洞察",
        "watchlist": "關注清單", "readings": "推薦閱讀", "background": "背景註解", "family": "家族",
        "maker": "製造者", "external_ids": "外部識別碼", "url": "網址", "arxiv_id": "arXiv 編號",
    },
    "language": {
        "zh-Hant": "繁體中文",
        "zh-Hans": "簡體中文",
        "en": "英文",
        "ja": "日文",
    },
    "certainty": {
        "guessed": "推測", "undisclosed": "未公開", "claimed": "宣稱", "none": "無",
    },
    "dimension": {
        "section": "版塊", "importance": "重要性", "kind": "形式", "entity": "實體", "entity_type": "實體類型",
        "tag": "標籤", "keyword": "關鍵詞", "publisher": "出處", "source_status": "來源狀態", "status": "狀態",
        "channel": "頻道", "day": "日", "week": "週", "month": "月", "date": "日期", "title": "標題",
        "position": "位置", "updated_at": "更新時間", "count": "數量", "key": "鍵", "name": "名稱",
        "mentions": "提及次數", "items": "項目數", "briefings": "簡報數", "citations": "引用次數",
        "sources": "來源數", "first_seen": "首見", "last_seen": "末見", "first_cited": "首次引用",
        "last_cited": "末次引用", "last": "末見", "first": "首見",
    },
}  # fmt: skip
"""Chinese words of the values of a parameter; in English the values are words already."""
CHINESE_VALUES["source_status"] = CHINESE_VALUES["status"]
